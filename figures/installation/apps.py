from django.apps import AppConfig


class InstallationFiguresConfig(AppConfig):
    """An app of its own, since its table stands in public and those of `figures` in each tenant's schema."""

    name = "figures.installation"
    label = "figures_installation"
    default_auto_field = "django.db.models.BigAutoField"
