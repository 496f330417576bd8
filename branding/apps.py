from django.apps import AppConfig


class BrandingConfig(AppConfig):
    name = "branding"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let tenants say sentences in words of their own."""
        from common.text.spoken import ask_tenants_first

        ask_tenants_first()
