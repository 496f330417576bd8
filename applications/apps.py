from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let customers be sent back to applications, and be told of their roles; let applications have themes."""
        from applications.lookup.listing import labels_with_customers
        from applications.lookup.own_accounts import name_at, roles_told
        from branding.themes.applications import tell_applications
        from userflows.own_account.copies import add_section
        from userflows.own_account.way_back import know_ways_back_by

        know_ways_back_by(name_at)
        add_section("roles", roles_told)
        tell_applications(labels_with_customers)
