"""What a customer reads whom a limit refuses: what is closed, until when, and by what they can go on.

An address without an account is refused in the same words.
"""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.errors import CodeRefused
from common.text.languages import gap_in
from common.text.spoken import spoken_language
from common.web.limits import TooManyAttempts
from sms.limits import TO_COUNTRIES
from userflows.forms.pages import too_many_attempts, when_to_try_again
from userflows.journeys.attempts.limits import (
    OF_CODES,
    OF_FACTORS,
    OF_MAIL,
    OF_PASSWORDS,
    PASSWORDS_FROM_HERE,
    SECOND_CODES_SENT,
)
from userflows.journeys.browsers.browser import Visitor
from userflows.journeys.browsers.known_browsers import Familiarity

# For so many seconds a page says in minutes what else there is.
SOON = 90 * 60
WRONG_CODES = _("Too many wrong codes were entered for this address.")
SPENT = _("This code has expired. Request a new one.")
NOT_TO_THIS_NUMBER = _("We can't send text messages to this number. Use another number or another way.")
NO_MORE_CODES = _("We've emailed this address as many codes as we can for now.")
# By the names of limits that keep somebody out of one account.
CLOSED = {
    PASSWORDS_FROM_HERE.name: _("Too many wrong passwords were entered for this address from your network."),
    **{limit.name: _("Too many wrong passwords were entered for this address.") for limit in OF_PASSWORDS},
    **{limit.name: WRONG_CODES for limit in (*OF_CODES, *OF_FACTORS)},
    **{limit.name: NO_MORE_CODES for limit in (*OF_MAIL, SECOND_CODES_SENT)},
}


def told(refusal: TooManyAttempts) -> str:
    """What is closed, and until when."""
    closed = NOT_TO_THIS_NUMBER if refusal.limit in TO_COUNTRIES else CLOSED.get(_name(refusal))
    seconds = refusal.retry_after
    return f"{closed}{gap_in(spoken_language())}{when_to_try_again(seconds)}" if closed else too_many_attempts(seconds)


def about_code(refused: CodeRefused, *, wrong: str | Promise) -> str:
    """Why a code that was sent isn't taken: `wrong` is the sentence for one that may be tried again."""
    if refused.is_spent:
        return str(WRONG_CODES if refused.is_worn_out else SPENT)
    return str(wrong)


def offers_link(refusal: TooManyAttempts, visitor: Visitor, email: str) -> bool:
    """Whether a link from a mail to this address would let this browser go on: not if its mail is read here already."""
    return _name(refusal) in CLOSED and visitor.familiarity_with(email) is not Familiarity.READS_MAIL


def refusal_context(refusal: TooManyAttempts, visitor: Visitor, email: str) -> dict[str, Any]:
    """What the page is told that shows it."""
    return {"refusal": told(refusal), "offers_link": offers_link(refusal, visitor, email)}


def _name(refusal: TooManyAttempts) -> str:
    return refusal.limit.partition(", whole site")[0]
