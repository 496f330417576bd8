"""What stands between a customer's first factor and their being signed in, for the check of a sign-in."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.factors.services import codes_left
from accounts.models import Account
from applications.models import Application
from userflows.models import UserFlow
from userflows.state import ALWAYS, APP, MAIL, PASSKEY, SMS


@dataclass(frozen=True)
class FactorAsked:
    """What is asked for: a title, sentences, what helps; `is_closed` if nobody could show it."""

    title: str
    text: str
    remedy: str = ""
    is_closed: bool = False


def factor_asked(account: Account, flow: UserFlow | None, application: Application | None) -> FactorAsked | None:
    """The second factor that this account is asked for by a flow and an application; None where none is."""
    if flow is None:
        return None
    asked = flow.rules.strictest(application.second_factor if application else "")
    when = "at each sign-in" if asked == ALWAYS else "in each browser that isn’t remembered"
    if account.has_app:
        return FactorAsked(
            "A second factor is asked for",
            f"The code of the authenticator app, {when}, or one of {codes_left(account)} recovery codes.",
            "Who has lost both can be helped: remove the app, once you are sure who they are.",
        )
    if not asked:
        return _phone_asked(account, flow, is_due=False)
    if account.passkeys_at:
        hosts = ", ".join(account.passkeys_at)
        return FactorAsked(
            _("A second factor is asked for"),
            _("A passkey, unless they sign in with one. Theirs work at %(hosts)s.") % {"hosts": hosts},
            _("Who has lost it can be helped: remove it, once you are sure who they are."),
        )
    if phone := _phone_asked(account, flow, is_due=True):
        return phone
    if MAIL in flow.factors:
        return FactorAsked("A second factor is asked for", f"A code by email, {when}.")
    if flow.rules.has_passkeys:
        title, text = _("A passkey has to be made"), _("They have none yet, and make one before they come in.")
        return FactorAsked(title, text)
    if APP in flow.factors:
        return FactorAsked("An authenticator app has to be set up", f"They have none yet, and one is asked for {when}.")
    if SMS in flow.factors:
        title, text = (
            _("A phone number has to be confirmed"),
            _("They have none yet, and confirm one before they come in."),
        )
        return FactorAsked(title, text)
    return FactorAsked(
        "The user flow has no second factor",
        f"{application.name if application else 'The user flow'} asks for one.",
        "Offer one in the user flow.",
        is_closed=True,
    )


def _phone_asked(account: Account, flow: UserFlow, *, is_due: bool) -> FactorAsked | None:
    """The phone, where the flow has phones; and where it asks nobody for more than they have, by any flow that does."""
    is_by_another = not is_due and flow.rules.counts_phones and SMS not in flow.factors
    if not account.phone_number or not (SMS in flow.factors or is_by_another):
        return None
    text = _("A code by text message to the number ending in %(number)s.") % {"number": account.phone_number[-2:]}
    by_another = _("Another user flow has phones as second factors, so this one gives none away.")
    return FactorAsked(_("A second factor is asked for"), text, by_another if is_by_another else "")


def passkey_lacking(account: Account, flow: UserFlow | None) -> FactorAsked | None:
    """What whoever has no passkey does where a flow has them; None for who has one, or where it has none."""
    if flow is None or PASSKEY not in flow.methods or account.passkeys_at:
        return None
    title = _("The account has no passkey")
    if flow.rules.rests_on_passkeys:
        return FactorAsked(title, _("They come in by a code by mail once, and make one then."))
    return FactorAsked(title, _("They come another way, and make one then or on their profile."), is_closed=True)
