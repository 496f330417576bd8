"""The portal's pages about tenants themselves."""

from django.urls import path
from django.views.generic import RedirectView

from frame.tabs import SETTINGS_TABS
from portal.views import groups, jobs, overview, profile, session_settings, tenant_settings, tenants
from portal.views.customers import changes, listing, saved, tabs
from portal.views.customers.frame import CUSTOMER_TABS

SETTINGS_TABS.add("General", "tenant-settings", place=10)
SETTINGS_TABS.add("Sessions", "tenant-sessions", place=20)
CUSTOMER_TABS.add("Profile", "customer", place=10)
CUSTOMER_TABS.add("Sign-in", "customer-sign-in", place=20)
CUSTOMER_TABS.add("Applications", "customer-applications", place=30)
CUSTOMER_TABS.add("Groups and roles", "customer-groups", place=40)
CUSTOMER_TABS.add("Activity", "customer-activity", place=50)

CUSTOMERS = "tenants/<slug:slug>/customers/"
CUSTOMER = f"{CUSTOMERS}<uuid:account_id>/"

portal_urlpatterns = [
    path("", RedirectView.as_view(pattern_name="portal:tenants"), name="start"),
    path("me/", profile.profile, name="profile"),
    path("me/sessions/end", profile.end_session, name="profile-end-session"),
    path("me/sessions/end-others", profile.end_other_sessions, name="profile-end-other-sessions"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/retry", jobs.retry_all, name="jobs-retry"),
    path("jobs/<uuid:job_id>/retry", jobs.retry, name="job-retry"),
    path("tenants/", tenants.tenant_list, name="tenants"),
    path("tenants/new/", tenants.create, name="tenant-create"),
    path("tenants/new/domain", tenants.domain_check, name="tenant-domain-check"),
    path("tenants/<slug:slug>/", overview.overview, name="tenant"),
    path(CUSTOMERS, listing.customers, name="customers"),
    path(f"{CUSTOMERS}columns", listing.choose, name="customer-columns"),
    path(f"{CUSTOMERS}views/", saved.save, name="customer-views"),
    path(f"{CUSTOMERS}views/<uuid:view_id>/delete", saved.delete, name="customer-view-delete"),
    path(f"{CUSTOMERS}new/", changes.create, name="customer-create"),
    path(f"{CUSTOMERS}invite/", changes.invite, name="customer-invite"),
    path(CUSTOMER, tabs.profile, name="customer"),
    path(f"{CUSTOMER}sign-in/", tabs.sign_in, name="customer-sign-in"),
    path(f"{CUSTOMER}applications/", tabs.applications, name="customer-applications"),
    path(f"{CUSTOMER}groups/", tabs.groups, name="customer-groups"),
    path(f"{CUSTOMER}activity/", tabs.activity, name="customer-activity"),
    path(f"{CUSTOMER}sign-in/end", tabs.end_session, name="customer-end-session"),
    path(f"{CUSTOMER}applications/<uuid:client_id>/end", tabs.end_consent, name="customer-end-consent"),
    path(f"{CUSTOMER}groups/add", tabs.add_group, name="customer-add-group"),
    path(f"{CUSTOMER}groups/<uuid:group_id>/leave", tabs.leave_group, name="customer-leave-group"),
    path(f"{CUSTOMER}roles/add", tabs.add_role, name="customer-add-role"),
    path(f"{CUSTOMER}roles/<uuid:assignment_id>/take", tabs.take_role, name="customer-take-role"),
    path(f"{CUSTOMER}email/", changes.email, name="customer-email"),
    path(f"{CUSTOMER}block/", changes.block, name="customer-block"),
    path(f"{CUSTOMER}unblock/", changes.unblock, name="customer-unblock"),
    path(f"{CUSTOMER}unlock/", changes.unlock, name="customer-unlock"),
    path(f"{CUSTOMER}password/link/", changes.password_link, name="customer-password-link"),
    path(f"{CUSTOMER}password/remove/", changes.password_remove, name="customer-password-remove"),
    path(f"{CUSTOMER}password/require/", changes.password_require, name="customer-password-require"),
    path(f"{CUSTOMER}sign-in/end-all/", changes.end_sessions, name="customer-end-sessions"),
    path(f"{CUSTOMER}invitation/again/", changes.invite_again, name="customer-invite-again"),
    path(f"{CUSTOMER}invitation/withdraw/", changes.uninvite, name="customer-uninvite"),
    path(f"{CUSTOMER}delete/", changes.delete, name="customer-delete"),
    path(f"{CUSTOMER}restore/", changes.restore, name="customer-restore"),
    path(f"{CUSTOMER}purge/", changes.purge, name="customer-purge"),
    path("tenants/<slug:slug>/groups/", groups.groups, name="groups"),
    path("tenants/<slug:slug>/groups/<uuid:group_id>/", groups.group, name="group"),
    path("tenants/<slug:slug>/groups/<uuid:group_id>/add", groups.add_member, name="group-add-member"),
    path(
        "tenants/<slug:slug>/groups/<uuid:group_id>/remove/<uuid:account_id>",
        groups.remove_member,
        name="group-remove-member",
    ),
    path("tenants/<slug:slug>/groups/<uuid:group_id>/delete/", groups.delete, name="group-delete"),
    path("tenants/<slug:slug>/settings/", tenant_settings.general, name="tenant-settings"),
    path("tenants/<slug:slug>/settings/sessions/", session_settings.sessions, name="tenant-sessions"),
    path("tenants/<slug:slug>/settings/suspend", tenant_settings.suspend, name="tenant-suspend"),
    path("tenants/<slug:slug>/settings/resume", tenant_settings.resume, name="tenant-resume"),
    path("tenants/<slug:slug>/settings/delete", tenant_settings.delete, name="tenant-delete"),
    path("tenants/<slug:slug>/settings/restore", tenant_settings.restore, name="tenant-restore"),
]
