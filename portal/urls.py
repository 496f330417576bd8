"""The portal's pages about tenants themselves."""

from django.urls import path
from django.views.generic import RedirectView

from frame.tabs import LOG_TABS, SETTINGS_TABS
from portal.attention import add_checks
from portal.views import (
    administrators,
    documentation,
    domains,
    figures,
    groups,
    installation,
    installation_logs,
    invitation,
    jobs,
    logs,
    look,
    overview,
    profile,
    session_settings,
    tenant_settings,
    tenants,
    time_zone,
)

SETTINGS_TABS.add("General", "tenant-settings", place=10)
SETTINGS_TABS.add("Domains", "tenant-domains", place=12, is_shown=lambda tenant: not tenant.is_home)
SETTINGS_TABS.add("Sessions", "tenant-sessions", place=20)
SETTINGS_TABS.add("Time zone", "tenant-time-zone", place=80)
add_checks()

ADMINISTRATORS = "tenants/<slug:slug>/administrators/"
INVITATION = f"{ADMINISTRATORS}invitations/<uuid:invitation_id>/"
LOG_TABS.add("Sign-ins", "logs", place=10)
LOG_TABS.add("Audit", "logs-audit", place=20)

portal_urlpatterns = [
    path("", RedirectView.as_view(pattern_name="portal:tenants"), name="start"),
    path("me/", profile.profile, name="profile"),
    path("me/sessions/end", profile.end_session, name="profile-end-session"),
    path("me/sessions/end-others", profile.end_other_sessions, name="profile-end-other-sessions"),
    path("me/look", look.choose_look, name="look"),
    path("documentation/", documentation.documentation, name="documentation"),
    path("documentation/images/<str:file_name>", documentation.image, name="documentation-image"),
    path("documentation/<path:key>/", documentation.page, name="documentation-page"),
    path("installation/", installation.installation, name="installation"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/retry", jobs.retry_all, name="jobs-retry"),
    path("jobs/<uuid:job_id>/retry", jobs.retry, name="job-retry"),
    path("logs/", installation_logs.events, name="installation-logs"),
    path("logs/<int:installation_event_id>/", installation_logs.event, name="installation-log-event"),
    path("tenants/", tenants.tenant_list, name="tenants"),
    path("tenants/new/", tenants.create, name="tenant-create"),
    path("tenants/new/domain", tenants.domain_check, name="tenant-domain-check"),
    path("tenants/<slug:slug>/", overview.overview, name="tenant"),
    path("tenants/<slug:slug>/figures/", figures.figures, name="figures"),
    path("tenants/<slug:slug>/figures/<slug:breakdown>.csv", figures.figures_file, name="figures-file"),
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
    path("tenants/<slug:slug>/logs/", logs.activity, name="logs"),
    path("tenants/<slug:slug>/logs/audit/", logs.administration, name="logs-audit"),
    path("tenants/<slug:slug>/logs/<int:event_id>/", logs.event, name="log-event"),
    path("tenants/<slug:slug>/logs/export", logs.export_activity, name="logs-export"),
    path("tenants/<slug:slug>/logs/audit/export", logs.export_administration, name="logs-audit-export"),
    path("tenants/<slug:slug>/settings/", tenant_settings.general, name="tenant-settings"),
    path("tenants/<slug:slug>/settings/domains/", domains.domains, name="tenant-domains"),
    path("tenants/<slug:slug>/settings/domains/default/issuer/", domains.default_issuer, name="tenant-default-issuer"),
    path("tenants/<slug:slug>/settings/domains/<str:name>/", domains.domain, name="tenant-domain"),
    path("tenants/<slug:slug>/settings/domains/<str:name>/check", domains.check, name="tenant-domain-check-now"),
    path("tenants/<slug:slug>/settings/domains/<str:name>/issuer/", domains.issuer, name="tenant-domain-issuer"),
    path("tenants/<slug:slug>/settings/domains/<str:name>/remove/", domains.remove, name="tenant-domain-remove"),
    path("tenants/<slug:slug>/settings/sessions/", session_settings.sessions, name="tenant-sessions"),
    path("tenants/<slug:slug>/settings/time-zone/", time_zone.time_zone, name="tenant-time-zone"),
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
