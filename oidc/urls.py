from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from applications.views.application_page import ABOUT, APPLICATION_TABS, CONNECT, has_customers
from oidc.authorization.views import account_choice, authorize, consent
from oidc.consents import views as consents
from oidc.devices import views as devices
from oidc.keys import views as signing_keys
from oidc.keys.attention import overdue_rotation
from oidc.quick_start import views as quick_start
from oidc.registration import views as registration
from oidc.runs import views as runs
from oidc.sign_out.views import customer as end_session
from oidc.sign_out.views import portal as sign_out
from portal_frame.access import Need
from portal_frame.attention import ATTENTION
from portal_frame.tabs import ISSUER, SETTINGS_TABS
from userflows.flows.views.flow_page import FLOW_TABS

APPLICATION_TABS.add(_("Quick start"), "application-quick-start", place=10, group=CONNECT)
APPLICATION_TABS.add(_("Endpoints"), "application-endpoints", place=30, group=CONNECT)
APPLICATION_TABS.add(_("Sign-out"), "application-sign-out", place=60, group=ABOUT, is_shown=has_customers)
FLOW_TABS.add(_("Run"), "userflow-run", place=50)
ATTENTION.add(overdue_rotation, needs=Need.SIGNING_KEYS_READ)
SETTINGS_TABS.add(_("Signing keys"), "signing-keys", place=30, group=ISSUER)
SETTINGS_TABS.add(_("Registration"), "registration", place=40, group=ISSUER)

APPLICATION = "tenants/<slug:slug>/applications/<uuid:client_id>/"
REGISTRATION = "tenants/<slug:slug>/settings/registration/"
SIGNING_KEYS = "tenants/<slug:slug>/settings/signing-keys/"
RUNS = "tenants/<slug:slug>/user-flows/runs/"

portal_urlpatterns: list[URLPattern] = [
    path(f"{APPLICATION}sign-out/", sign_out.sign_out, name="application-sign-out"),
    path(f"{APPLICATION}endpoints/", quick_start.endpoints, name="application-endpoints"),
    path(f"{APPLICATION}quick-start/", quick_start.quick_start, name="application-quick-start"),
    path(f"{APPLICATION}quick-start/<slug:framework>", quick_start.keep_framework, name="application-framework"),
    path(f"{APPLICATION}samples/<slug:folder>.zip", quick_start.sample, name="application-sample"),
    path(
        f"{APPLICATION}samples/<slug:folder>/with-secret",
        quick_start.sample_with_secret,
        name="application-sample-with-secret",
    ),
    path(
        f"{APPLICATION}samples/<slug:folder>/addresses", quick_start.add_addresses, name="application-sample-addresses"
    ),
    path("tenants/<slug:slug>/user-flows/<uuid:flow_id>/run/", runs.begin, name="userflow-run"),
    path(f"{RUNS}callback", runs.callback, name="flow-run-callback"),
    path(f"{RUNS}<uuid:run_id>/", runs.run, name="flow-run"),
    path(REGISTRATION, registration.registration, name="registration"),
    path(f"{REGISTRATION}switch", registration.switch, name="registration-switch"),
    path(f"{REGISTRATION}open", registration.let_anyone, name="registration-open"),
    path(f"{REGISTRATION}tokens/<uuid:token_id>/revoke", registration.revoke, name="registration-token-revoke"),
    path(SIGNING_KEYS, signing_keys.signing_keys, name="signing-keys"),
    path(f"{SIGNING_KEYS}rotate", signing_keys.rotate, name="signing-keys-rotate"),
    path(f"{SIGNING_KEYS}<uuid:key_id>/withdraw", signing_keys.withdraw, name="signing-key-withdraw"),
]
# What people type in by hand stands outside the issuer's path: short, with or without a slash at its end.
device_urlpatterns: list[URLPattern] = [
    path("device", devices.enter_code, name="enter-code"),
    path("device/", devices.enter_code),
    path("device/<uuid:journey_id>/", devices.decide, name="decide"),
]
# The endpoints for machines are answered by `oidc.middleware` before any of these is looked at.
protocol_urlpatterns: list[URLPattern] = [
    path("authorize", authorize.authorize, name="authorize"),
    path("authorize/<uuid:journey_id>/", authorize.resume, name="resume"),
    path("authorize/<uuid:journey_id>/account/", account_choice.choose_account, name="choose-account"),
    path("authorize/<uuid:journey_id>/consent/", consent.ask_for_consent, name="ask-for-consent"),
    path("applications/", consents.connected_applications, name="connected-applications"),
    path("logout", end_session.end_session, name="end-session"),
    path("logout/confirm", end_session.confirm_end_session, name="confirm-end-session"),
]
