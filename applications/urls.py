from django.urls import URLPattern, path

from applications.views import assignment, credentials, registration, tokens

APPLICATIONS = "tenants/<slug:slug>/applications/"
APPLICATION = f"{APPLICATIONS}<uuid:client_id>/"
USER_FLOW = "tenants/<slug:slug>/user-flows/<uuid:flow_id>/"

portal_urlpatterns: list[URLPattern] = [
    path(APPLICATIONS, registration.applications, name="applications"),
    path(f"{APPLICATIONS}new/", registration.register, name="application-register"),
    path(APPLICATION, registration.settings, name="application"),
    path(f"{APPLICATION}delete/", registration.delete, name="application-delete"),
    path(f"{APPLICATION}credentials/", credentials.credentials, name="application-credentials"),
    path(f"{APPLICATION}credentials/authentication/", credentials.authentication, name="application-authentication"),
    path(f"{APPLICATION}credentials/grants/", credentials.grants, name="application-grants"),
    path(f"{APPLICATION}credentials/<uuid:secret_id>/delete/", credentials.delete_secret, name="client-secret-delete"),
    path(f"{APPLICATION}tokens/", tokens.tokens, name="application-tokens"),
    path(f"{USER_FLOW}applications/", assignment.applications_of_flow, name="userflow-applications"),
]
