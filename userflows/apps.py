from django.apps import AppConfig


class UserflowsConfig(AppConfig):
    name = "userflows"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the steps known to journeys, and the pages and names to those who brand and change words."""
        from branding.words.flows import tell_flows
        from portal_frame.pages import ask_before_admission
        from userflows.journeys.registry import offer_steps
        from userflows.journeys.securing import receivers  # noqa: F401 - connects them
        from userflows.links import receivers as _link_receivers  # noqa: F401 - likewise
        from userflows.models import UserFlow
        from userflows.sessions.signed_in import lacks_second_factor_for_portal
        from userflows.step_table import STEPS
        from userflows.views.samples import offer_samples

        offer_steps(STEPS)
        ask_before_admission(lacks_second_factor_for_portal)
        offer_samples()
        tell_flows(lambda: {str(flow): name for flow, name in UserFlow.objects.values_list("pk", "name")})
