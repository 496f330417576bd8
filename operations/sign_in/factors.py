"""What stands between a customer's first factor and their being signed in, for the check of a sign-in."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from accounts.factors.services import codes_left
from accounts.models import Account
from applications.models import Application
from userflows.flows.forms.second_factor import WHICH
from userflows.models import UserFlow
from userflows.state import ALWAYS, APP, MAIL, PASSKEY, SMS, WHO_HAS_ONE, FlowRules


@dataclass(frozen=True)
class FactorAsked:
    """What is asked for: a title, sentences, what helps; `is_closed` if nobody could show it,
    `is_mailed` if it comes by email at each sign-in.
    """

    title: str
    text: str
    remedy: str = ""
    is_closed: bool = False
    is_mailed: bool = False


def factor_asked(account: Account, flow: UserFlow | None, application: Application | None) -> FactorAsked | None:
    """The second factor that this account is asked for by a flow and an application, and by whose rule; None where
    nobody asks.
    """
    if flow is None:
        return None
    rules = flow.rules
    if application:
        rules = rules.asking(application.second_factor, application.counted_factors)
    asked = WHO_HAS_ONE if rules.spares else rules.second_factor
    found = _to_show(account, rules, asked)
    if found is None and asked != rules.second_factor and application:
        names = {"flow": flow.name, "application": application.name}
        words = _("The user flow %(flow)s would ask for one, and %(application)s never does. Others ask all the same.")
        return FactorAsked(_("No second factor is asked for"), words % names)
    if found is None:
        return None
    return replace(found, text=" ".join([found.text, *_whose_rule(flow, application, asked)]))


def _to_show(account: Account, rules: FlowRules, asked: str) -> FactorAsked | None:
    """What the account has to show, or to set up, where this is asked."""
    title = _("A second factor is asked for")
    when = _("At each sign-in.") if asked == ALWAYS else _("In each browser that isn’t remembered.")
    if account.has_app and not (asked and rules.takes_passkeys_alone):
        words = _("The code of the authenticator app, or one of %(count)d recovery codes.")
        helps = _("You can help customers who have lost both: remove the app, once you’re sure who they are.")
        return FactorAsked(title, f"{words % {'count': codes_left(account)}} {when}", helps)
    if not asked:
        return _phone_asked(account, rules, is_due=False)
    if account.passkeys_at:
        words = _("A passkey, unless they sign in with one. Theirs work at %(hosts)s.")
        helps = _("You can help customers who have lost it: remove it, once you’re sure who they are.")
        return FactorAsked(title, words % {"hosts": ", ".join(account.passkeys_at)}, helps)
    if phone := _phone_asked(account, rules, is_due=True):
        return phone
    if MAIL in rules.factors:
        return FactorAsked(title, f"{_('A code by email.')} {when}", is_mailed=asked == ALWAYS)
    return _to_set_up(rules)


def _to_set_up(rules: FlowRules) -> FactorAsked:
    """What whoever has nothing to show sets up before they come in."""
    if rules.has_passkeys:
        return FactorAsked(
            _("A passkey has to be created"), _("They have none yet, and create one before they get in.")
        )
    if APP in rules.factors:
        return FactorAsked(
            _("An authenticator app has to be set up"), _("They have none yet, and set one up before they get in.")
        )
    if SMS in rules.factors:
        return FactorAsked(
            _("A phone number has to be confirmed"), _("They have none yet, and confirm one before they get in.")
        )
    return FactorAsked(
        _("The user flow has no second factor"),
        _("So no one can use one."),
        _("Offer one in the user flow."),
        is_closed=True,
    )


def _whose_rule(flow: UserFlow, application: Application | None, asked: str) -> list[str]:
    """Who asks for it, and who says which factors count."""
    by_application = application is not None and asked != flow.second_factor and bool(asked)
    names = {"flow": flow.name, "application": application.name if application else ""}
    if by_application:
        said = [_("The application %(application)s asks for it.") % names]
    elif asked:
        said = [_("The user flow %(flow)s asks for it.") % names]
    else:
        said = [_("They have set it up, so it is asked for everywhere.")]
    if application and application.factors and asked:
        chosen = ", ".join(str(WHICH[name][0]) for name in application.counted_factors)
        said.append(_("Of second factors %(application)s counts: %(factors)s.") % {**names, "factors": chosen})
    return said


def _phone_asked(account: Account, rules: FlowRules, *, is_due: bool) -> FactorAsked | None:
    """The phone, where the flow has phones; and where it asks nobody for more than they have, by any flow that does."""
    is_by_another = not is_due and rules.counts_phones and SMS not in rules.factors
    if not account.phone_number or not (SMS in rules.factors or is_by_another):
        return None
    text = _("A code by text message to the number ending in %(number)s.") % {"number": account.phone_number[-2:]}
    by_another = _("Another user flow uses phones as second factors, so this one asks for the phone, too.")
    return FactorAsked(_("A second factor is asked for"), text, by_another if is_by_another else "")


def passkey_lacking(account: Account, flow: UserFlow | None) -> FactorAsked | None:
    """What whoever has no passkey does where a flow has them; None for who has one, or where it has none."""
    if flow is None or PASSKEY not in flow.methods or account.passkeys_at:
        return None
    title = _("The account has no passkey")
    if flow.rules.rests_on_passkeys:
        return FactorAsked(title, _("They sign in once with a code by email, and create one then."))
    return FactorAsked(title, _("They sign in another way, and create one then or on their profile."), is_closed=True)
