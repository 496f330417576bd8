"""The portal's pages about tenants themselves."""

from django.urls import path
from django.views.generic import RedirectView

from frame.tabs import LOG_TABS, SETTINGS_TABS
from portal.views import (
    groups,
    installation_logs,
    jobs,
    logs,
    overview,
    profile,
    session_settings,
    sign_in_check,
    tenant_settings,
    tenants,
)

SETTINGS_TABS.add("General", "tenant-settings", place=10)
SETTINGS_TABS.add("Sessions", "tenant-sessions", place=20)
LOG_TABS.add("Sign-ins", "logs", place=10)
LOG_TABS.add("Audit", "logs-audit", place=20)

portal_urlpatterns = [
    path("", RedirectView.as_view(pattern_name="portal:tenants"), name="start"),
    path("me/", profile.profile, name="profile"),
    path("me/sessions/end", profile.end_session, name="profile-end-session"),
    path("me/sessions/end-others", profile.end_other_sessions, name="profile-end-other-sessions"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/retry", jobs.retry_all, name="jobs-retry"),
    path("jobs/<uuid:job_id>/retry", jobs.retry, name="job-retry"),
    path("logs/", installation_logs.events, name="installation-logs"),
    path("logs/<int:installation_event_id>/", installation_logs.event, name="installation-log-event"),
    path("tenants/", tenants.tenant_list, name="tenants"),
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
    path(
        "tenants/<slug:slug>/customers/<uuid:account_id>/sign-in-check/",
        sign_in_check.sign_in_check,
        name="customer-sign-in-check",
    ),
    path("tenants/<slug:slug>/logs/", logs.activity, name="logs"),
    path("tenants/<slug:slug>/logs/audit/", logs.administration, name="logs-audit"),
    path("tenants/<slug:slug>/logs/<int:event_id>/", logs.event, name="log-event"),
    path("tenants/<slug:slug>/logs/export", logs.export_activity, name="logs-export"),
    path("tenants/<slug:slug>/logs/audit/export", logs.export_administration, name="logs-audit-export"),
    path("tenants/<slug:slug>/settings/", tenant_settings.general, name="tenant-settings"),
    path("tenants/<slug:slug>/settings/sessions/", session_settings.sessions, name="tenant-sessions"),
    path("tenants/<slug:slug>/settings/suspend", tenant_settings.suspend, name="tenant-suspend"),
    path("tenants/<slug:slug>/settings/resume", tenant_settings.resume, name="tenant-resume"),
    path("tenants/<slug:slug>/settings/delete", tenant_settings.delete, name="tenant-delete"),
    path("tenants/<slug:slug>/settings/restore", tenant_settings.restore, name="tenant-restore"),
]
