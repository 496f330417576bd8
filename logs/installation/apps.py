from django.apps import AppConfig


class InstallationLogsConfig(AppConfig):
    """An app of its own, since its tables stand in public and those of `logs` in each tenant's schema."""

    name = "logs.installation"
    label = "logs_installation"
    default_auto_field = "django.db.models.BigAutoField"
