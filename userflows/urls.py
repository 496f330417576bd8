from django.urls import URLPattern, path, re_path
from django.utils.translation import gettext_lazy as _

from portal_frame.access import Need
from portal_frame.attention import ATTENTION
from userflows.flows.attention import overdue_layouts
from userflows.flows.views import attributes, flows, second_factor, sign_up, terms, words
from userflows.flows.views import deletion as flow_deletion
from userflows.flows.views.flow_page import FLOW_TABS
from userflows.journeys import dispatch
from userflows.steps.code.opened import open_link
from userflows.steps.provider.callback import callback
from userflows.views.customer import accounts, languages, links, owners_links, start, switch
from userflows.views.customer.credentials import factors, passkeys, providers, recovery
from userflows.views.customer.own_account import activity, data, deletion, email, preferences, profile, sessions
from userflows.views.layouts import drafts, history, shared

FLOW_TABS.add(_("Method"), "userflow", place=10)
FLOW_TABS.add(_("Sign-up"), "userflow-sign-up", place=12)
FLOW_TABS.add(_("Second factor"), "userflow-second-factor", place=15)
FLOW_TABS.add(_("Attributes"), "userflow-attributes", place=20)
FLOW_TABS.add(_("Page layout"), "userflow-layout", place=30)
FLOW_TABS.add(_("Terms of use"), "userflow-terms", place=35)

ATTENTION.add(overdue_layouts, needs=Need.FLOWS_READ)

USER_FLOWS = "tenants/<slug:slug>/user-flows/"
USER_FLOW = f"{USER_FLOWS}<uuid:flow_id>/"
LAYOUT = f"{USER_FLOW}page-layout/"
DELETED = f"{USER_FLOWS}deleted/<uuid:deleted_flow_id>/"
CUSTOM_ATTRIBUTES = f"{USER_FLOWS}custom-attributes/"

portal_urlpatterns: list[URLPattern] = [
    path(USER_FLOWS, flows.user_flows, name="userflows"),
    path(f"{USER_FLOWS}new/", flows.create, name="userflow-create"),
    path(USER_FLOW, flows.method, name="userflow"),
    path(f"{USER_FLOW}default", flows.make_default, name="userflow-make-default"),
    path(f"{USER_FLOW}sign-up/", sign_up.sign_up, name="userflow-sign-up"),
    path(f"{USER_FLOW}second-factor/", second_factor.second_factor, name="userflow-second-factor"),
    path(f"{USER_FLOW}attributes/", attributes.collected, name="userflow-attributes"),
    path(f"{USER_FLOW}terms/", terms.terms, name="userflow-terms"),
    path(LAYOUT, attributes.page_layout, name="userflow-layout"),
    path(f"{LAYOUT}publish/", drafts.review, name="userflow-layout-publish"),
    path(f"{LAYOUT}discard", drafts.discard_draft, name="userflow-layout-discard"),
    path(f"{LAYOUT}take-back", drafts.take_back, name="userflow-layout-take-back"),
    path(f"{LAYOUT}preview", drafts.preview, name="userflow-layout-preview"),
    path(f"{LAYOUT}share/", shared.share, name="userflow-layout-share"),
    path(
        f"{LAYOUT}links/<uuid:layout_link_id>/take-back", shared.take_back_link, name="userflow-layout-link-take-back"
    ),
    path(f"{LAYOUT}history/", history.history, name="userflow-layout-history"),
    path(f"{LAYOUT}history/<int:version_number>/", history.version, name="userflow-layout-version"),
    path(f"{LAYOUT}history/<int:version_number>/restore", history.restore_version, name="userflow-layout-restore"),
    path(f"{LAYOUT}<str:language>/", words.layout_words, name="userflow-layout-words"),
    path(f"{USER_FLOW}duplicate/", flows.duplicate, name="userflow-duplicate"),
    path(f"{USER_FLOW}delete/", flow_deletion.delete, name="userflow-delete"),
    path(f"{DELETED}restore", flow_deletion.restore, name="userflow-restore"),
    path(f"{DELETED}delete/", flow_deletion.purge, name="userflow-purge"),
    path(CUSTOM_ATTRIBUTES, attributes.custom_attributes, name="custom-attributes"),
    path(f"{CUSTOM_ATTRIBUTES}<uuid:attribute_id>/", attributes.custom_attribute, name="custom-attribute"),
    path(
        f"{CUSTOM_ATTRIBUTES}<uuid:attribute_id>/delete/", attributes.delete_attribute, name="custom-attribute-delete"
    ),
]

JOURNEY = "go/<uuid:journey_id>/"

customer_urlpatterns: list[URLPattern] = [
    # What is asked for most comes first.
    path(JOURNEY, dispatch.dispatch, name="journey"),
    path(f"{JOURNEY}open/<str:token>/", open_link, name="open-link"),
    path(f"{JOURNEY}switch/", switch.switch, name="switch"),
    path(f"{JOURNEY}ask-link/", owners_links.ask, name="ask-link"),
    path(f"{JOURNEY}again/", dispatch.again, name="again"),
    # Each step of the table, and the buttons of its pages.
    path(f"{JOURNEY}<slug:name>/", dispatch.step_page, name="step"),
    path("", start.home, name="home"),
    path("sign-in/", start.sign_in, name="sign-in"),
    path("sign-in/more/", start.prove_more, name="sign-in-more"),
    path("sign-in/again/", start.sign_in_again, name="sign-in-again"),
    path("sign-up/", start.sign_up, name="sign-up"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("reset/", start.reset, name="reset"),
    path("language/", languages.language, name="language"),
    path("link/<str:token>/", links.link, name="link"),
    path("owner/<str:token>/", owners_links.owners_link, name="owners-link"),
    path("recovery/<str:token>/", recovery.recovery, name="recovery"),
    path("recovery/<str:token>/stop/", recovery.stop_by_link, name="recovery-stop"),
    path("profile/recovery/stop/", recovery.stop_here, name="recovery-stop-here"),
    path("profile/", profile.profile, name="profile"),
    path("profile/password/", start.change_password, name="change-password"),
    path("profile/email/", email.email, name="email"),
    path("profile/email/code/", email.code, name="email-code"),
    path("profile/email/send/", email.send, name="email-send"),
    path("profile/email/cancel/", email.cancel, name="email-cancel"),
    path("profile/email/undo/<str:token>/", email.undo, name="undo-email"),
    path("profile/activity/", activity.activity, name="activity"),
    path("profile/preferences/", preferences.preferences, name="preferences"),
    path("profile/data/", data.data, name="data"),
    path("profile/data/<slug:kind>", data.download, name="data-download"),
    path("profile/delete/", deletion.delete, name="delete-account"),
    path("profile/delete/<str:token>/", deletion.closing, name="account-closing"),
    path("profile/app/set-up/", factors.set_up, name="app-set-up"),
    path("profile/app/remove/", factors.remove, name="app-remove"),
    path("profile/phone/set-up/", factors.set_phone, name="phone-set-up"),
    path("profile/phone/remove/", factors.remove_phone, name="phone-remove"),
    path("profile/app/codes/", factors.renew_codes, name="app-codes"),
    path("profile/passkeys/", passkeys.listed, name="passkeys"),
    path("profile/passkeys/add/", passkeys.add, name="passkey-add"),
    path("profile/passkeys/<uuid:passkey_id>/rename/", passkeys.rename, name="passkey-rename"),
    path("profile/passkeys/<uuid:passkey_id>/remove/", passkeys.remove, name="passkey-remove"),
    path(".well-known/webauthn", passkeys.related, name="related-origins"),
    path(".well-known/change-password", start.well_known_change_password, name="well-known-change-password"),
    path("profile/sessions/end/", sessions.end, name="end-session"),
    path("profile/sessions/end-others/", sessions.end_others, name="end-other-sessions"),
    path("profile/providers/connect/", providers.connect, name="connect-provider"),
    path("profile/providers/<uuid:identity_id>/remove/", providers.remove, name="remove-provider"),
    path("sign-out/", profile.leave, name="sign-out"),
    path("signed-out/", profile.signed_out, name="signed-out"),
    re_path(r"^layouts/(?P<token>[\w-]{1,100})/$", shared.layout_draft, name="layout-draft"),
    re_path(r"^layouts/(?P<token>[\w-]{1,100})/page$", shared.layout_draft_page, name="layout-draft-page"),
    path("providers/<slug:provider_id>/keys", providers.keys, name="provider-keys"),
    path("providers/<slug:provider_id>/metadata", providers.metadata, name="provider-metadata"),
    path("providers/<slug:provider_id>/callback", callback, name="provider-callback"),
]
