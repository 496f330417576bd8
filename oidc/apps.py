from django.apps import AppConfig


class OidcConfig(AppConfig):
    name = "oidc"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from oidc.sign_out import receivers  # noqa: F401 - connects them
