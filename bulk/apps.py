from django.apps import AppConfig


class BulkConfig(AppConfig):
    name = "bulk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Each says which steps of an operation are its own.
        from bulk.actions import steps as action_steps  # noqa: F401
        from bulk.imports import steps as import_steps  # noqa: F401
        from bulk.services import sweep_operations
        from operations.signals import tenant_tidied

        tenant_tidied.connect(lambda **_: sweep_operations(), weak=False, dispatch_uid="bulk")
