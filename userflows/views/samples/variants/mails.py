"""Mails about what samples don't tell of, and as plain text."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from branding.look import Look
from userflows.state import RESET, SIGN_UP
from userflows.views.samples import mails
from userflows.views.samples.cast import SAMPLE_CODE, later
from userflows.views.samples.variants.telling import WITHOUT_PASSWORD, varied

PLAIN_TEXT = _("Plain text")


def _from_application(look: Look) -> dict[str, Any]:
    supported = replace(look, support_url="mailto:help@shop.example")
    return {"look": supported, "application_name": look.tenant_name, "purpose": SIGN_UP}


def _plain(mail: str) -> dict[str, Any]:
    return {"template": "emails/_plain.html", "plain": f"emails/{mail}.txt", "subject": f"emails/{mail}.subject.txt"}


LINK = {"link": "https://shop.example/", "code": ""}
BOTH = LINK | {"code": SAMPLE_CODE}
_of = varied(mails.SAMPLES)
VARIANTS = (
    _of("mail", "application", _("Use it to create your account."), _from_application),
    _of("mail", "reset", _("Use it to reset your password."), purpose=RESET),
    _of("mail", "link", _("Your link"), **LINK),
    _of("mail", "both", _("Or open this link:"), **BOTH),
    _of("mail", "plain", PLAIN_TEXT, **BOTH, **_plain("code")),
    _of("mail_account_exists", "link", _("Your link"), **LINK),
    _of("mail_account_exists", "plain", PLAIN_TEXT, **LINK, **_plain("account_exists")),
    _of("mail_account_shut", "deleted", _("Your account was deleted"), deleted_at=later(0)),
    _of("mail_second_factor", "added", _("An authenticator app was set up"), what="added"),
    _of("mail_second_factor", "removed", _("Your authenticator app was removed"), what="removed"),
    _of("mail_second_factor", "renewed", _("New recovery codes were created"), what="codes_renewed"),
    _of("mail_second_factor", "last", _("It was the last one: create new codes in your profile."), left=0),
    _of("mail_passkey", "removed", _("A passkey was removed"), what="passkey_removed"),
    _of("mail_passkey", "copied", _("A passkey may have been copied"), what="passkey_copied"),
    _of("mail_phone", "removed", _("Your phone number was removed"), what="phone_removed"),
    _of("mail_protection", "go_on", _("Continue signing in"), what="go_on"),
    _of("mail_protection", "guessed", _("Someone may know your password"), what="guessing_factor"),
    _of("mail_protection", "breached", _("Choose another password"), what="breached"),
    _of("mail_protection", "without_password", WITHOUT_PASSWORD, has_password=False),
    _of("mail_protection", "guessed_code", _("Many attempts to sign in"), what="guessing_factor", has_password=False),
    _of("mail_guessing", "without_password", WITHOUT_PASSWORD, has_password=False),
    _of("mail_recovery", "link", _("Start the wait"), what="link"),
    _of("mail_recovery", "done", _("Sign in"), what="done", link=""),
    _of("mail_recovery", "stopped", _("Recovery stopped"), what="stopped", link=""),
    _of("mail_recovery", "returned", _("Second factors restored"), what="returned", link=""),
    _of("mail_recovery", "without_password", WITHOUT_PASSWORD, what="link", has_password=False),
    _of("mail_deletion", "without_password", WITHOUT_PASSWORD, has_password=False),
)
