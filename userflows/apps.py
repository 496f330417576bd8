from django.apps import AppConfig


class UserflowsConfig(AppConfig):
    name = "userflows"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every sign-in be noted, and administrators see their branding on these pages."""
        from userflows import sign_ins  # noqa: F401
        from userflows.samples import offer_samples

        offer_samples()
