"""What may be chosen about second factors in a user flow, as pure functions."""

from collections.abc import Iterator, Sequence

from common.problems import Code, Problem
from common.text.translation import gettext as _
from userflows.state import (
    ALWAYS,
    BY_MAIL,
    FACTORS,
    MAIL,
    MOST_REMEMBER_DAYS,
    NEW_BROWSER,
    PASSKEY,
    SMS,
    WHO_HAS_ONE,
)


def factor_problems(
    *, second_factor: str, factors: Sequence[str], remember_days: int, methods: Sequence[str]
) -> list[Problem]:
    """All that is wrong with it: whoever is asked for a second factor has to be able to show one."""
    if second_factor not in {WHO_HAS_ONE, NEW_BROWSER, ALWAYS}:
        return [
            Problem(
                Code.INVALID,
                "second_factor",
                _("Choose %(choices)s, or nothing.") % {"choices": f"{NEW_BROWSER}, {ALWAYS}"},
            )
        ]
    found = list(which_problems(factors, methods=methods))
    if second_factor and not factors and PASSKEY not in methods:
        found.append(Problem(Code.REQUIRED, "factors", _("Choose at least one second factor that customers can show.")))
    if not 0 <= remember_days <= MOST_REMEMBER_DAYS:
        sentence = _("Choose 0 to %(most)d days.") % {"most": MOST_REMEMBER_DAYS}
        found.append(Problem(Code.OUT_OF_RANGE, "remember_days", sentence))
    elif second_factor == NEW_BROWSER and not remember_days:
        sentence = _("Where no browser is remembered, each one is new: choose “At each sign-in”, or a number of days.")
        found.append(Problem(Code.OUT_OF_RANGE, "remember_days", sentence))
    return found


def which_problems(factors: Sequence[str], *, methods: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with those that count where customers sign in by these methods."""
    unknown = [name for name in factors if name not in FACTORS]
    if unknown or len(set(factors)) < len(factors):
        sentence = _("Second factors are: %(factors)s.") % {"factors": ", ".join(FACTORS)}
        yield Problem(Code.UNKNOWN, "factors", sentence)
    elif tuple(factors) == (MAIL,) and set(BY_MAIL) & set(methods) and PASSKEY not in methods:
        sentence = _(
            "Customers who sign in with a code or a link by email can’t use another one as a second factor. Offer "
            "an authenticator app as well, or remove the code and the link from the sign-in methods."
        )
        yield Problem(Code.NOT_ALLOWED, "factors", sentence)
    elif tuple(factors) == (SMS,) and SMS in methods:
        sentence = _(
            "Customers who sign in by text message can’t use another one as a second factor. Offer another factor "
            "as well, or remove the text message from the sign-in methods."
        )
        yield Problem(Code.NOT_ALLOWED, "factors", sentence)
