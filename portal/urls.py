"""The portal's pages about tenants themselves."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branding.views.drafts import BRANDING_TABS, THEME_TABS
from portal.attention import add_checks
from portal.views import (
    administrators,
    branding_mails,
    documentation,
    figures,
    find,
    groups,
    hooks,
    identity_providers,
    invitation,
    overview,
    sign_in_check,
    start,
)
from portal.views.customers import changes, exports, factors, listing, new, saved, selection, tabs
from portal.views.customers.customer_page import CUSTOMER_TABS
from portal.views.logs import installation_logs, logs
from portal.views.operators import installation, installation_settings, jobs, people, tenants
from portal.views.own_account import color_scheme, own_factors, profile
from portal.views.settings import (
    deletion_settings,
    domains,
    password_settings,
    recovery_settings,
    session_settings,
    tenant_settings,
)
from portal.views.words import editor as words_editor
from portal.views.words import files as words_files
from portal.views.words import preview as words_preview
from portal_frame.tabs import LOG_TABS, SECURITY, SETTINGS_TABS, TENANT

SETTINGS_TABS.add(_("General"), "tenant-settings", place=10, group=TENANT)
SETTINGS_TABS.add(_("Domains"), "tenant-domains", place=12, group=TENANT, is_shown=lambda tenant: not tenant.is_home)
SETTINGS_TABS.add(_("Sessions"), "tenant-sessions", place=20, group=SECURITY)
SETTINGS_TABS.add(_("Passwords"), "tenant-passwords", place=22, group=SECURITY)
SETTINGS_TABS.add(pgettext_lazy("portal", "Recovery"), "tenant-recovery", place=24, group=SECURITY)
SETTINGS_TABS.add(
    _("Deletion"), "tenant-deletion", place=25, group=SECURITY, is_shown=lambda tenant: not tenant.is_home
)
SETTINGS_TABS.add(_("Danger zone"), "tenant-danger", place=90, is_shown=lambda tenant: not tenant.is_home)
profile.OWN_TABS.add(_("Profile"), "profile", place=10)
profile.OWN_TABS.add(_("Password"), "profile-password", place=20, is_shown=profile.has_passwords)
profile.OWN_TABS.add(pgettext_lazy("portal", "Second factor"), "profile-second-factor", place=25)
profile.OWN_TABS.add(_("Sessions"), "profile-sessions", place=30)
profile.OWN_TABS.add(_("Roles"), "profile-roles", place=40)
LOG_TABS.add(_("Sign-ins"), "logs", place=10)
LOG_TABS.add(_("Audit"), "logs-audit", place=20)
CUSTOMER_TABS.add(_("Profile"), "customer", place=10)
CUSTOMER_TABS.add(_("Sign-in"), "customer-sign-in", place=20)
CUSTOMER_TABS.add(_("Applications"), "customer-applications", place=30)
CUSTOMER_TABS.add(_("Groups and roles"), "customer-groups", place=40)
CUSTOMER_TABS.add(_("Activity"), "customer-activity", place=50)
BRANDING_TABS.add(_("Emails"), "branding-mails", place=28)
THEME_TABS.add(_("Emails"), "theme-mails", place=28)
add_checks()

ADMINISTRATORS = "tenants/<slug:slug>/administrators/"
INVITATION = f"{ADMINISTRATORS}invitations/<uuid:invitation_id>/"

HOOKS = "tenants/<slug:slug>/hooks/"
HOOK = f"{HOOKS}<uuid:hook_id>/"
PROVIDERS = "tenants/<slug:slug>/identity-providers/"
PROVIDER = f"{PROVIDERS}<slug:provider_id>/"
CUSTOMERS = "tenants/<slug:slug>/customers/"
WORDS = "tenants/<slug:slug>/words/"
BRANDING = "tenants/<slug:slug>/branding/"
CUSTOMER = f"{CUSTOMERS}<uuid:account_id>/"

portal_urlpatterns = [
    path("", tenants.first_page, name="start"),
    path("me/", profile.profile, name="profile"),
    path("me/password/", profile.password, name="profile-password"),
    path("me/second-factor/", own_factors.second_factor, name="profile-second-factor"),
    path("me/sessions/", profile.sessions, name="profile-sessions"),
    path("me/roles/", profile.memberships, name="profile-roles"),
    path("me/sessions/end", profile.end_session, name="profile-end-session"),
    path("me/sessions/end-others", profile.end_other_sessions, name="profile-end-other-sessions"),
    path("administrators/", people.people, name="people"),
    path("administrators/<uuid:person_id>/", people.person, name="person"),
    path("administrators/<uuid:person_id>/remove/", people.remove, name="person-remove"),
    path("administrators/<uuid:person_id>/remove-factors/", people.remove_factors, name="person-remove-factors"),
    path("me/look", color_scheme.choose_color_scheme, name="look"),
    path("find/", find.find, name="find"),
    path("tenants/<slug:slug>/find/", find.find_in_tenant, name="tenant-find"),
    path("documentation/", documentation.documentation, name="documentation"),
    path("documentation/images/<str:file_name>", documentation.image, name="documentation-image"),
    path("documentation/<path:key>/", documentation.page, name="documentation-page"),
    path("installation/", installation.installation, name="installation"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/retry", jobs.retry_all, name="jobs-retry"),
    path("jobs/<uuid:job_id>/retry", jobs.retry, name="job-retry"),
    path("logs/", installation_logs.events, name="installation-logs"),
    path("logs/<int:installation_event_id>/", installation_logs.event, name="installation-log-event"),
    path("logs/export", installation_logs.export_events, name="installation-logs-export"),
    path("logs/check", installation_logs.check, name="installation-log-check"),
    path("installation/settings/", installation_settings.installation_settings, name="installation-settings"),
    path("installation/mail/test", installation_settings.test_mail, name="installation-test-mail"),
    path("installation/limits/find", installation_settings.find_tenant, name="installation-find-tenant"),
    path(
        "installation/limits/<uuid:tenant_id>/", installation_settings.tenant_limits, name="installation-tenant-limits"
    ),
    path("tenants/", tenants.tenant_list, name="tenants"),
    path("tenants/switcher", tenants.switcher, name="tenants-switcher"),
    path("tenants/new/", tenants.create, name="tenant-create"),
    path("tenants/new/domain", tenants.domain_check, name="tenant-domain-check"),
    path("tenants/<slug:slug>/", overview.overview, name="tenant"),
    path("tenants/<slug:slug>/exports/", exports.export, name="export"),
    path(f"{CUSTOMERS}selection", selection.choose_action, name="customer-selection"),
    path("tenants/<slug:slug>/start/", start.start, name="tenant-start"),
    path("tenants/<slug:slug>/start/put-away", start.put_away, name="tenant-start-put-away"),
    path("tenants/<slug:slug>/start/method", start.choose_method, name="tenant-start-method"),
    path("tenants/<slug:slug>/start/look", start.choose_look, name="tenant-start-look"),
    path("tenants/<slug:slug>/start/application", start.register_sample, name="tenant-start-application"),
    path("tenants/<slug:slug>/figures/", figures.figures, name="figures"),
    path("tenants/<slug:slug>/figures/<slug:breakdown>.csv", figures.figures_file, name="figures-file"),
    path(HOOKS, hooks.hooks, name="hooks"),
    path(f"{HOOKS}new/", hooks.create, name="hook-create"),
    path(HOOK, hooks.hook, name="hook"),
    path(f"{HOOK}test", hooks.test, name="hook-test"),
    path(f"{HOOK}secret", hooks.secret, name="hook-secret"),
    path(f"{HOOK}deliveries/<int:delivery_id>/", hooks.delivery, name="hook-delivery"),
    path(f"{HOOK}deliveries/<int:delivery_id>/replay", hooks.replay, name="hook-replay"),
    path(f"{HOOK}delete/", hooks.delete, name="hook-delete"),
    path(PROVIDERS, identity_providers.identity_providers, name="identity-providers"),
    path(f"{PROVIDERS}new/", identity_providers.create, name="identity-provider-create"),
    path(PROVIDER, identity_providers.identity_provider, name="identity-provider"),
    path(f"{PROVIDER}test", identity_providers.test, name="identity-provider-test"),
    path(f"{PROVIDER}delete/", identity_providers.delete, name="identity-provider-delete"),
    path(f"{BRANDING}emails/", branding_mails.mails, name="branding-mails"),
    path(f"{BRANDING}themes/<uuid:theme_id>/emails/", branding_mails.mails, name="theme-mails"),
    path(WORDS, words_editor.words, name="words"),
    path(f"{WORDS}preview", words_preview.preview, name="words-preview"),
    path(f"{WORDS}samples", words_preview.samples, name="words-samples"),
    path(f"{WORDS}file", words_files.export, name="words-export"),
    path(f"{WORDS}import", words_files.take, name="words-import"),
    path(CUSTOMERS, listing.customers, name="customers"),
    path(f"{CUSTOMERS}columns", listing.choose, name="customer-columns"),
    path(f"{CUSTOMERS}views/", saved.save, name="customer-views"),
    path(f"{CUSTOMERS}views/<uuid:view_id>/delete", saved.delete, name="customer-view-delete"),
    path(f"{CUSTOMERS}new/", new.create, name="customer-create"),
    path(f"{CUSTOMERS}invite/", new.invite, name="customer-invite"),
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
    path(f"{CUSTOMER}lost-phone/", factors.lost_phone, name="customer-lost-phone"),
    path(f"{CUSTOMER}second-factor/remove/", factors.remove, name="customer-factor-remove"),
    path(f"{CUSTOMER}recovery/stop/", factors.recovery_stop, name="customer-recovery-stop"),
    path(f"{CUSTOMER}recovery/hasten/", factors.recovery_hasten, name="customer-recovery-hasten"),
    path(f"{CUSTOMER}recovery/give-back/", factors.factors_return, name="customer-factors-return"),
    path(f"{CUSTOMER}phone/remove/", factors.remove_phone, name="customer-phone-remove"),
    path(f"{CUSTOMER}passkeys/<uuid:passkey_id>/remove/", factors.remove_passkey, name="customer-passkey-remove"),
    path(f"{CUSTOMER}providers/<uuid:identity_id>/unlink/", changes.unlink_provider, name="customer-unlink"),
    path(f"{CUSTOMER}sign-in/end-all/", changes.end_sessions, name="customer-end-sessions"),
    path(f"{CUSTOMER}invitation/again/", changes.invite_again, name="customer-invite-again"),
    path(f"{CUSTOMER}invitation/withdraw/", changes.uninvite, name="customer-uninvite"),
    path(f"{CUSTOMER}delete/", changes.delete, name="customer-delete"),
    path(f"{CUSTOMER}restore/", changes.restore, name="customer-restore"),
    path(f"{CUSTOMER}keep/", changes.keep, name="customer-keep"),
    path(f"{CUSTOMER}purge/", changes.purge, name="customer-purge"),
    path("tenants/<slug:slug>/groups/", groups.groups, name="groups"),
    path("tenants/<slug:slug>/groups/<uuid:group_id>/", groups.group, name="group"),
    path("tenants/<slug:slug>/groups/<uuid:group_id>/add", groups.add_member, name="group-add-member"),
    path("tenants/<slug:slug>/groups/<uuid:group_id>/add-many", groups.add_many, name="group-add-many"),
    path(
        "tenants/<slug:slug>/groups/<uuid:group_id>/remove/<uuid:account_id>",
        groups.remove_member,
        name="group-remove-member",
    ),
    path("tenants/<slug:slug>/groups/<uuid:group_id>/delete/", groups.delete, name="group-delete"),
    path("tenants/<slug:slug>/groups/deleted/<uuid:deleted_group_id>/restore", groups.restore, name="group-restore"),
    path(ADMINISTRATORS, administrators.administrators, name="administrators"),
    path(f"{ADMINISTRATORS}invite/", administrators.invite, name="administrator-invite"),
    path(f"{ADMINISTRATORS}leave/", administrators.leave, name="administrators-leave"),
    path(f"{ADMINISTRATORS}<uuid:membership_id>/", administrators.administrator, name="administrator"),
    path(f"{ADMINISTRATORS}<uuid:membership_id>/suspend", administrators.suspend, name="administrator-suspend"),
    path(f"{ADMINISTRATORS}<uuid:membership_id>/resume", administrators.resume, name="administrator-resume"),
    path(f"{ADMINISTRATORS}<uuid:membership_id>/remove/", administrators.remove, name="administrator-remove"),
    path(f"{INVITATION}resend", administrators.resend_invitation, name="invitation-resend"),
    path(f"{INVITATION}withdraw", administrators.withdraw_invitation, name="invitation-withdraw"),
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
    path("tenants/<slug:slug>/settings/domains/", domains.domains, name="tenant-domains"),
    path("tenants/<slug:slug>/settings/domains/default/issuer/", domains.default_issuer, name="tenant-default-issuer"),
    path("tenants/<slug:slug>/settings/domains/<str:name>/", domains.domain, name="tenant-domain"),
    path("tenants/<slug:slug>/settings/domains/<str:name>/check", domains.check, name="tenant-domain-check-now"),
    path("tenants/<slug:slug>/settings/domains/<str:name>/issuer/", domains.issuer, name="tenant-domain-issuer"),
    path("tenants/<slug:slug>/settings/domains/<str:name>/remove/", domains.remove, name="tenant-domain-remove"),
    path("tenants/<slug:slug>/settings/sessions/", session_settings.sessions, name="tenant-sessions"),
    path("tenants/<slug:slug>/settings/passwords/", password_settings.passwords, name="tenant-passwords"),
    path("tenants/<slug:slug>/settings/recovery/", recovery_settings.recovery, name="tenant-recovery"),
    path("tenants/<slug:slug>/settings/deletion/", deletion_settings.deletion, name="tenant-deletion"),
    path("tenants/<slug:slug>/settings/danger/", tenant_settings.danger, name="tenant-danger"),
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
