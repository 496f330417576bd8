"""The portal's pages about tenants themselves."""

from django.urls import path
from django.views.generic import RedirectView

from frame.tabs import SETTINGS_TABS
from portal.views import (
    documentation,
    find,
    groups,
    jobs,
    look,
    overview,
    profile,
    session_settings,
    start,
    tenant_settings,
    tenants,
)

SETTINGS_TABS.add("General", "tenant-settings", place=10)
SETTINGS_TABS.add("Sessions", "tenant-sessions", place=20)

portal_urlpatterns = [
    path("", RedirectView.as_view(pattern_name="portal:tenants"), name="start"),
    path("me/", profile.profile, name="profile"),
    path("me/sessions/end", profile.end_session, name="profile-end-session"),
    path("me/sessions/end-others", profile.end_other_sessions, name="profile-end-other-sessions"),
    path("me/look", look.choose_look, name="look"),
    path("find/", find.find, name="find"),
    path("tenants/<slug:slug>/find/", find.find_in_tenant, name="tenant-find"),
    path("documentation/", documentation.documentation, name="documentation"),
    path("documentation/images/<str:name>", documentation.image, name="documentation-image"),
    path("documentation/<path:key>/", documentation.page, name="documentation-page"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/retry", jobs.retry_all, name="jobs-retry"),
    path("jobs/<uuid:job_id>/retry", jobs.retry, name="job-retry"),
    path("tenants/", tenants.tenant_list, name="tenants"),
    path("tenants/new/", tenants.create, name="tenant-create"),
    path("tenants/new/domain", tenants.domain_check, name="tenant-domain-check"),
    path("tenants/<slug:slug>/", overview.overview, name="tenant"),
    path("tenants/<slug:slug>/start/", start.start, name="tenant-start"),
    path("tenants/<slug:slug>/start/method", start.choose_method, name="tenant-start-method"),
    path("tenants/<slug:slug>/start/look", start.choose_look, name="tenant-start-look"),
    path("tenants/<slug:slug>/start/application", start.register_sample, name="tenant-start-application"),
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
