"""The pages and mails that customers read, as administrators name them, and from which files their sentences come.

A component stands on each page that includes it; what is in the frame of all pages, or in code that many of them share,
stands on a page of its own name. Read by `tools.translations`, and by whoever shows sentences.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from django.utils.functional import Promise

from common.text.translation import gettext_lazy as _

# Of the same catalogue, and read by administrators whom somebody invites, or by whoever was sent a draft.
NOT_TO_CUSTOMERS = (
    "portal_frame/roles.py",
    "portal/forms/invitation.py",
    "templates/customer/invitation*.html",
    "templates/emails/invitation.*",
    "templates/emails/invitation_lead.html",
)


@dataclass(frozen=True)
class Page:
    """A page or a few that belong together. `files` are patterns; `sample` is the preview that shows it, or ""."""

    key: str
    name: Promise
    files: tuple[str, ...]
    sample: str = ""


def _page(key: str, name: Promise, files: str, sample: str = "") -> Page:
    return Page(key, name, tuple(files.split()), sample)


_DEAD_ENDS = " ".join(
    f"templates/customer/{name}.html"
    for name in (
        "closed expired held_up leaving not_enough out_of_service refused_request try_again turned_away "
        "unknown_journey already_signed_in form_post"
    ).split()
)
_COMPONENTS = (
    "*/customer/base.html */customer/language.html */components/back.html */components/errors.html "
    "*/components/field.html"
)
_SHARED = (
    "userflows/forms/fields.py userflows/forms/pages.py */journeys/attempts/refusals.py common/text/* branding/look.py "
    "accounts/identity/values.py */uniqueness.py accounts/credentials/services/passwords.py"
)
_SECURITY = " ".join(
    f"*/emails/{name}*"
    for name in ("password_changed", "second_factor", "passkey", "phone", "protection", "provider", "secure")
)
_SIGN_UP = "*/steps/details* */steps/human* */customer/not_admitted.html"
_ACCOUNT = (
    "*/customer/account/* */steps/profile* */steps/keep_account* userflows/forms/own_account.py "
    "userflows/own_account/a*.py */customer/own_account/email.py"
)
PAGES = (
    _page("sign_in", _("Sign-in: address"), "*/steps/address*", "sign_in"),
    _page("password", _("Sign-in: password"), "*/steps/password*", "password"),
    _page("code", _("One-time code"), "*/steps/code* userflows/forms/codes.py", "code"),
    _page("sign_up", _("Sign-up"), f"{_SIGN_UP} userflows/forms/a*.py accounts/attributes.py", "sign_up"),
    _page("new_password", _("New password"), "*/steps/new_password* accounts/credentials/*", "new_password"),
    _page(
        "providers",
        _("Sign-in with a provider"),
        "*/steps/provider* */components/provider_buttons.html */customer/remove_provider.html",
        "providers",
    ),
    _page(
        "text_messages",
        _("Codes by text message"),
        "*/steps/sms* */steps/second_sms* */steps/phone* */forms/phones.py */journeys/messages/texts.py",
        "second_sms",
    ),
    _page(
        "second_factors", _("Second factors"), "*/steps/app_* */steps/recovery_code* */steps/second_mail*", "app_code"
    ),
    _page(
        "recovery",
        _("Recovery after a wait"),
        "*/steps/recover[/._]* */customer/recovery* */credentials/recovery.py */factors/recover*.py",
        "recover",
    ),
    _page(
        "passkeys",
        _("Passkeys"),
        "*/steps/passkey* */customer/passkeys.html */passkeys.py */passkey_pages.py",
        "passkey",
    ),
    _page(
        "links",
        _("Links from emails"),
        "*/customer/link*.html */customer/o*_link.html */customer/account_exists.html */owners_links.py",
        "link",
    ),
    _page(
        "consent",
        _("Consent and account choice"),
        "*/customer/consent.html */customer/continue.html */choose_account.html oidc/consents/*",
        "consent",
    ),
    _page("devices", _("Sign-in on a device"), "*/customer/device* oidc/devices/*", "device"),
    _page("account", _("My account"), _ACCOUNT, "account"),
    _page("copy", _("Copy of the data"), "userflows/own_account/copies.py templates/downloads/*"),
    _page(
        "sign_out", _("Sign-out"), "*/customer/*sign*out.html */customer/end_session.html oidc/sign_out/*", "signed_out"
    ),
    _page(
        "refusals",
        _("Errors and dead ends"),
        f"{_DEAD_ENDS} templates/errors/* */journeys/dead_ends.py oidc/wire/* oidc/authorization/*",
        "expired",
    ),
    _page("everywhere", _("On every page"), f"{_COMPONENTS} {_SHARED} templates/errors/_*.html", "sign_in"),
    _page("mail_code", _("Email: code or link"), "*/emails/*code* */emails/account_[es]* */emails/asked*", "mail"),
    _page("mail_welcome", _("Email: welcome"), "*/emails/welcome*", "mail_welcome"),
    _page("mail_links", _("Email: invitation, new password"), "*/emails/*_link*", "mail_invitation_link"),
    _page("mail_security", _("Email: what changed about signing in"), _SECURITY, "mail_password_changed"),
    _page("mail_address", _("Email: another address"), "*/emails/address_[cntu]*", "mail_address_undo"),
    _page("mail_recovery", _("Email: recovery after a wait"), "*/emails/recovery*", "mail_recovery"),
    _page("mail_account", _("Email: copy and deletion"), "*/emails/data_ready* */emails/deletion*", "mail_deletion"),
    _page("mail_frame", _("In every email"), "*/emails/base.html */emails/foot.txt", "mail"),
)


def pages_of(file: str) -> list[str]:
    """The keys of the pages that a file's sentences stand on; none where those that include it decide."""
    return [page.key for page in PAGES if any(fnmatchcase(file, pattern) for pattern in page.files)]


def is_for_customers(file: str) -> bool:
    """Whether customers of a tenant read what stands in this file of their catalogue."""
    return not any(fnmatchcase(file, pattern) for pattern in NOT_TO_CUSTOMERS)


def page_named(key: str) -> Page | None:
    """The page of that key."""
    return next((page for page in PAGES if page.key == key), None)
