"""The portal's pages about tenants themselves."""

from django.urls import path
from django.views.generic import RedirectView

from frame.tabs import SETTINGS_TABS
from portal.views import (
    administrators,
    groups,
    invitation,
    jobs,
    overview,
    people,
    profile,
    session_settings,
    tenant_settings,
    tenants,
)

SETTINGS_TABS.add("General", "tenant-settings", place=10)
SETTINGS_TABS.add("Sessions", "tenant-sessions", place=20)
profile.OWN_TABS.add("Profile", "profile", place=10)
profile.OWN_TABS.add("Password", "profile-password", place=20, is_shown=profile.has_passwords)
profile.OWN_TABS.add("Sessions", "profile-sessions", place=30)
profile.OWN_TABS.add("Roles", "profile-roles", place=40)

ADMINISTRATORS = "tenants/<slug:slug>/administrators/"
INVITATION = f"{ADMINISTRATORS}invitations/<uuid:invitation_id>/"

portal_urlpatterns = [
    path("", RedirectView.as_view(pattern_name="portal:tenants"), name="start"),
    path("me/", profile.profile, name="profile"),
    path("me/password/", profile.password, name="profile-password"),
    path("me/sessions/", profile.sessions, name="profile-sessions"),
    path("me/roles/", profile.memberships, name="profile-roles"),
    path("me/sessions/end", profile.end_session, name="profile-end-session"),
    path("me/sessions/end-others", profile.end_other_sessions, name="profile-end-other-sessions"),
    path("administrators/", people.people, name="people"),
    path("administrators/<uuid:person_id>/", people.person, name="person"),
    path("administrators/<uuid:person_id>/remove/", people.remove, name="person-remove"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/retry", jobs.retry_all, name="jobs-retry"),
    path("jobs/<uuid:job_id>/retry", jobs.retry, name="job-retry"),
    path("tenants/", tenants.tenant_list, name="tenants"),
    path("tenants/switcher", tenants.switcher, name="tenants-switcher"),
    path("tenants/new/", tenants.create, name="tenant-create"),
    path("tenants/new/domain", tenants.domain_check, name="tenant-domain-check"),
    path("tenants/<slug:slug>/", overview.overview, name="tenant"),
    path("tenants/<slug:slug>/groups/", groups.groups, name="groups"),
    path("tenants/<slug:slug>/groups/<uuid:group_id>/", groups.group, name="group"),
    path("tenants/<slug:slug>/groups/<uuid:group_id>/add", groups.add_member, name="group-add-member"),
    path(
        "tenants/<slug:slug>/groups/<uuid:group_id>/remove/<uuid:account_id>",
        groups.remove_member,
        name="group-remove-member",
    ),
    path("tenants/<slug:slug>/groups/<uuid:group_id>/delete/", groups.delete, name="group-delete"),
    path(ADMINISTRATORS, administrators.administrators, name="administrators"),
    path(f"{ADMINISTRATORS}invite/", administrators.invite, name="administrator-invite"),
    path(f"{ADMINISTRATORS}leave/", administrators.leave, name="administrators-leave"),
    path(f"{ADMINISTRATORS}<uuid:membership_id>/", administrators.administrator, name="administrator"),
    path(f"{ADMINISTRATORS}<uuid:membership_id>/suspend", administrators.suspend, name="administrator-suspend"),
    path(f"{ADMINISTRATORS}<uuid:membership_id>/resume", administrators.resume, name="administrator-resume"),
    path(f"{ADMINISTRATORS}<uuid:membership_id>/remove/", administrators.remove, name="administrator-remove"),
    path(f"{INVITATION}resend", administrators.resend_invitation, name="invitation-resend"),
    path(f"{INVITATION}withdraw", administrators.withdraw_invitation, name="invitation-withdraw"),
    path("tenants/<slug:slug>/settings/", tenant_settings.general, name="tenant-settings"),
    path("tenants/<slug:slug>/settings/sessions/", session_settings.sessions, name="tenant-sessions"),
    path("tenants/<slug:slug>/settings/suspend", tenant_settings.suspend, name="tenant-suspend"),
    path("tenants/<slug:slug>/settings/resume", tenant_settings.resume, name="tenant-resume"),
    path("tenants/<slug:slug>/settings/delete", tenant_settings.delete, name="tenant-delete"),
    path("tenants/<slug:slug>/settings/restore", tenant_settings.restore, name="tenant-restore"),
]

# For whoever has nothing to do with the portal yet.
invitation_urlpatterns = [
    path("invitation/", invitation.invitation, name="invitation"),
    path("invitation/<str:token>/", invitation.link, name="link"),
]
