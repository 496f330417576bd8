from django.urls import URLPattern, path

from oidc.views import authorize, end_session, portal

APPLICATION = "tenants/<slug:slug>/applications/<uuid:client_id>/"

portal_urlpatterns: list[URLPattern] = [
    path(f"{APPLICATION}endpoints/", portal.endpoints, name="application-endpoints"),
    path(f"{APPLICATION}quick-start/", portal.quick_start, name="application-quick-start"),
]
# The endpoints for machines are answered by `oidc.middleware` before any of these is looked at.
protocol_urlpatterns: list[URLPattern] = [
    path("authorize", authorize.authorize, name="authorize"),
    path("authorize/<uuid:journey_id>/", authorize.resume, name="resume"),
    path("authorize/<uuid:journey_id>/account/", authorize.choose_account, name="choose-account"),
    path("logout", end_session.end_session, name="end-session"),
    path("logout/confirm", end_session.confirm_end_session, name="confirm-end-session"),
]
