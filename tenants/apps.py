from django.apps import AppConfig
from django.db.models.signals import post_delete


class TenantsConfig(AppConfig):
    name = "tenants"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django_tasks_db.models import DBTaskResult
        from django_tenants.signals import tenant_delete_callback

        # django-tenants connects this receiver without a sender, which makes every bulk delete of every model
        # read its rows first. Our schemas are dropped by a service, so nothing needs it.
        post_delete.disconnect(tenant_delete_callback)

        # The one table of jobs stands in public, which is on no tenant's search_path.
        DBTaskResult._meta.db_table = '"public"."django_tasks_database_dbtaskresult"'
