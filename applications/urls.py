from django.urls import URLPattern, path, re_path
from django.utils.translation import gettext_lazy as _

from applications.attention import expiring_secrets
from applications.views import (
    apis,
    appearance,
    claims,
    credentials,
    deletion,
    fapi,
    grants,
    permissions,
    registration,
    roles,
    tokens,
    user_flow,
)
from applications.views.application_page import ABOUT, ACCESS, APPLICATION_TABS, CONNECT, has_customers
from portal_frame.access import Need
from portal_frame.attention import ATTENTION
from userflows.flows.views.flow_page import FLOW_TABS

APPLICATION_TABS.add(_("Credentials"), "application-credentials", place=20, group=CONNECT)
APPLICATION_TABS.add(_("Settings"), "application", place=40, group=ABOUT)
APPLICATION_TABS.add(_("Appearance"), "application-appearance", place=50, group=ABOUT, is_shown=has_customers)
APPLICATION_TABS.add(_("Tokens"), "application-tokens", place=70, group=ACCESS)
APPLICATION_TABS.add(_("Claims"), "application-claims", place=80, group=ACCESS)
APPLICATION_TABS.add(_("Permissions"), "application-permissions", place=90, group=ACCESS)
APPLICATION_TABS.add(_("API"), "application-api", place=100, group=ACCESS)
APPLICATION_TABS.add(_("Roles"), "application-roles", place=110, group=ACCESS)
ATTENTION.add(expiring_secrets, needs=Need.APPLICATIONS_READ)
FLOW_TABS.add(_("Applications"), "userflow-applications", place=40)

APPLICATIONS = "tenants/<slug:slug>/applications/"
APPLICATION = f"{APPLICATIONS}<uuid:client_id>/"
DELETED = f"{APPLICATIONS}deleted/<uuid:deleted_client_id>/"
USER_FLOW = "tenants/<slug:slug>/user-flows/<uuid:flow_id>/"

portal_urlpatterns: list[URLPattern] = [
    path(APPLICATIONS, registration.applications, name="applications"),
    path(f"{APPLICATIONS}new/", registration.register, name="application-register"),
    path(f"{DELETED}restore", deletion.restore, name="application-restore"),
    path(f"{DELETED}delete/", deletion.purge, name="application-purge"),
    path(APPLICATION, registration.settings, name="application"),
    path(f"{APPLICATION}appearance/", appearance.appearance, name="application-appearance"),
    re_path(
        r"^tenants/(?P<slug>[a-z0-9]+)/applications/logos/(?P<digest>[0-9a-f]{64})$",
        appearance.portal_logo,
        name="application-logo",
    ),
    path(f"{APPLICATION}fapi/", fapi.fapi, name="application-fapi"),
    path(f"{APPLICATION}delete/", deletion.delete, name="application-delete"),
    path(f"{APPLICATION}credentials/", credentials.credentials, name="application-credentials"),
    path(f"{APPLICATION}credentials/authentication/", credentials.authentication, name="application-authentication"),
    path(f"{APPLICATION}credentials/grants/", grants.grants, name="application-grants"),
    path(f"{APPLICATION}credentials/<uuid:secret_id>/delete/", credentials.delete_secret, name="client-secret-delete"),
    path(f"{APPLICATION}tokens/", tokens.tokens, name="application-tokens"),
    path(f"{APPLICATION}claims/", claims.claims, name="application-claims"),
    path(f"{APPLICATION}claims/new/", claims.add_claim, name="claim-add"),
    path(f"{APPLICATION}claims/<uuid:rule_id>/", claims.claim, name="claim"),
    path(f"{APPLICATION}claims/<uuid:rule_id>/forget", claims.forget, name="claim-forget"),
    path(f"{APPLICATION}permissions/", permissions.permissions, name="application-permissions"),
    path(f"{APPLICATION}permissions/consent", permissions.consent, name="application-consent"),
    path(f"{APPLICATION}permissions/grant/", permissions.grant, name="application-grant-for-all"),
    path(f"{APPLICATION}api/", apis.api, name="application-api"),
    path(f"{APPLICATION}api/scopes/new/", apis.add_scope, name="api-scope-add"),
    path(f"{APPLICATION}api/scopes/<uuid:scope_id>/", apis.scope, name="api-scope"),
    path(f"{APPLICATION}api/scopes/<uuid:scope_id>/words/<slug:language>/", apis.scope_words, name="api-scope-words"),
    path(f"{APPLICATION}api/scopes/<uuid:scope_id>/delete/", apis.delete_scope, name="api-scope-delete"),
    path(f"{APPLICATION}roles/", roles.roles, name="application-roles"),
    path(f"{APPLICATION}roles/new/", roles.add_role, name="application-role-add"),
    path(f"{APPLICATION}roles/<uuid:role_id>/", roles.role, name="application-role"),
    path(f"{APPLICATION}roles/<uuid:role_id>/assign", roles.assign, name="application-role-assign"),
    path(
        f"{APPLICATION}roles/<uuid:role_id>/assignments/<uuid:assignment_id>/withdraw",
        roles.withdraw,
        name="application-role-withdraw",
    ),
    path(f"{APPLICATION}roles/<uuid:role_id>/delete/", roles.delete, name="application-role-delete"),
    path(f"{USER_FLOW}applications/", user_flow.applications_of_flow, name="userflow-applications"),
    path(f"{USER_FLOW}instead/", user_flow.instead, name="userflow-instead"),
    path(f"{USER_FLOW}instead-of/<uuid:other_flow_id>/", user_flow.instead_of, name="userflow-instead-of"),
]
customer_urlpatterns: list[URLPattern] = [
    re_path(r"^logos/(?P<digest>[0-9a-f]{64})$", appearance.logo, name="logo"),
]
