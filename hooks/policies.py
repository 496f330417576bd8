"""At which moments hooks are asked, and when one isn't asked for a while, as pure functions. Times are in seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.text.translation import gettext_lazy as _

# The spelling of Microsoft's custom authentication extensions; the third is ours.
START, SUBMIT, ACCOUNT = "attributeCollectionStart", "attributeCollectionSubmit", "beforeAccountCreation"
TOKEN = "tokenIssuanceStart"  # noqa: S105 - a name
MAIL, TEXT = "emailOtpSend", "smsOtpSend"
PASSWORD = "passwordSubmit"  # noqa: S105 - a name
FLOWS, APPLICATIONS, TENANT = "flows", "applications", "the whole tenant"
# Their requests hold what nobody may read afterwards, so none is kept.
SECRET_MOMENTS = frozenset({MAIL, TEXT, PASSWORD})

FAILURES_IN_A_ROW = 5
LOOKED_AT, LOOKED_BACK_SECONDS = 20, 60
FIRST_REST_SECONDS, LONGEST_REST_SECONDS = 30, 300
RETRIED_STATUSES = (502, 503, 504)
# Below this nobody could answer any more.
LEAST_SECONDS = 0.2
LEAST_MILLISECONDS, USUAL_MILLISECONDS, MOST_MILLISECONDS = 500, 2000, 5000


@dataclass(frozen=True)
class MomentInWords:
    """What administrators read of a moment: its name, when it is, what a hook may answer; all lazy.

    `by` is what a hook is chosen by: user flows, all unless some are named; applications, of which each is named; or
    nothing, where it is the whole tenant's.
    `on_failure` is what usually happens without an answer.
    """

    label: Any
    hint: Any
    by: str
    on_failure: str


MOMENTS: Mapping[str, MomentInWords] = {
    START: MomentInWords(
        _("Before the sign-up form is shown"),
        _("Fills the form in, or turns the customer away."),
        FLOWS,
        "continue",
    ),
    SUBMIT: MomentInWords(
        _("After the sign-up form was sent"),
        _("Changes what was entered, says what is wrong with it, or turns the customer away."),
        FLOWS,
        "stop",
    ),
    ACCOUNT: MomentInWords(
        _("Before an account is created"),
        _("Says yes, or turns the customer away. It is asked at every sign-up, with or without a form."),
        FLOWS,
        "stop",
    ),
    TOKEN: MomentInWords(
        _("Before tokens are issued"),
        _("Adds claims to the ID token and the access token of the applications that you choose."),
        APPLICATIONS,
        "continue",
    ),
    MAIL: MomentInWords(
        _("Instead of an email with a code"),
        _("Sends one-time codes instead of us, by your own email or in another way. We send all other email."),
        TENANT,
        "continue",
    ),
    TEXT: MomentInWords(
        _("Instead of a text message with a code"),
        _("Sends one-time codes to phones instead of us. The countries and limits in the settings still apply."),
        TENANT,
        "continue",
    ),
    PASSWORD: MomentInWords(
        _("When a password is kept elsewhere"),
        _("Checks a password that isn’t kept here yet. Once it was correct, it’s kept here."),
        FLOWS,
        "stop",
    ),
}


def rest_after(rests: int) -> int:
    """For how long a hook isn't asked that has to rest for so many times in a row: twice as long each time."""
    return LONGEST_REST_SECONDS if rests > 5 else min(FIRST_REST_SECONDS * 2 ** (rests - 1), LONGEST_REST_SECONDS)


def has_to_rest(failures: int, lately: Sequence[bool]) -> bool:
    """Whether a hook isn't asked for a while: after so many failures in a row, or half of the last 20 within a minute.

    `lately` tells of each call of the last minute whether it failed.
    """
    return failures >= FAILURES_IN_A_ROW or (len(lately) >= LOOKED_AT and sum(lately) * 2 >= len(lately))
