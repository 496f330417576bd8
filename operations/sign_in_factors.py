"""What stands between a customer's first factor and their being signed in, for the check of a sign-in."""

from dataclasses import dataclass

from accounts.factors.services import codes_left
from accounts.models import Account
from applications.models import Application
from userflows.models import UserFlow
from userflows.state import ALWAYS, APP, MAIL


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
        return None
    if MAIL in flow.factors:
        return FactorAsked("A second factor is asked for", f"A code by email, {when}.")
    if APP in flow.factors:
        return FactorAsked("An authenticator app has to be set up", f"They have none yet, and one is asked for {when}.")
    return FactorAsked(
        "The user flow has no second factor",
        f"{application.name if application else 'The user flow'} asks for one.",
        "Offer one in the user flow.",
        is_closed=True,
    )
