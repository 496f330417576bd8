from django.urls import URLPattern, path

from bulk.views import imports, operations

IMPORTS = "tenants/<slug:slug>/imports/"
IMPORT = f"{IMPORTS}<uuid:import_id>/"
OPERATIONS = "tenants/<slug:slug>/operations/"
OPERATION = f"{OPERATIONS}<uuid:operation_id>/"

portal_urlpatterns: list[URLPattern] = [
    path(IMPORTS, imports.imports, name="imports"),
    path(f"{IMPORTS}begin", imports.begin, name="import-begin"),
    path(f"{IMPORTS}sample.csv", imports.sample_csv, name="import-sample-csv"),
    path(f"{IMPORTS}sample.jsonl", imports.sample_json, name="import-sample-json"),
    path(IMPORT, imports.one, name="import"),
    path(f"{IMPORT}pieces/<int:number>", imports.piece, name="import-piece"),
    path(f"{IMPORT}start", imports.start, name="import-start"),
    path(f"{IMPORT}columns", imports.map_columns_anew, name="import-columns"),
    path(f"{IMPORT}refused.csv", imports.refused, name="import-refused"),
    path(OPERATIONS, operations.operations, name="operations"),
    path(OPERATION, operations.one, name="operation"),
    path(f"{OPERATION}start", operations.start, name="operation-start"),
    path(f"{OPERATION}cancel", operations.cancel_it, name="operation-cancel"),
    path(f"{OPERATION}continue", operations.continue_it, name="operation-continue"),
    path(f"{OPERATION}undo", operations.undo_it, name="operation-undo"),
    path(f"{OPERATION}failed.csv", operations.failed, name="operation-failed"),
]
