from django.apps import AppConfig


class OidcConfig(AppConfig):
    name = "oidc"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear of sign-outs, answer where journeys end, tell customers which applications have access, let invitations
        lead to one, keep how one manages its registration when it is deleted, and let pages be tried on.
        """
        from applications.services.deletion import keep_as_well
        from oidc import samples
        from oidc.authorization.invited import destination_of
        from oidc.authorization.views.authorize import answer_at_once
        from oidc.consents.own_copy import access_told
        from oidc.registration.services import registration_of
        from oidc.sign_out import receivers  # noqa: F401 - connects them
        from userflows.journeys.arrival import answer_arrivals
        from userflows.links.destinations import find_destinations_by
        from userflows.own_account.copies import add_section

        answer_arrivals(answer_at_once)
        find_destinations_by(destination_of)
        add_section("apps", access_told)
        keep_as_well(registration_of)
        samples.offer()
