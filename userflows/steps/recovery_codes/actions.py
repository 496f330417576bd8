import json

from accounts.errors import AccountRefused
from accounts.factors.services import newest_code
from common.crypto.encryption import seal, unseal
from userflows.factors.services import renew_codes
from userflows.journeys.browsers.browser import Visitor
from userflows.models import Journey
from userflows.state import NEWEST, RECOVERY_CODES


def begin(journey: Journey, _visitor: Visitor) -> None:
    """Make new codes for somebody who asked for them; not in the place of some that another tab has made since.

    Raises `AccountRefused`.
    """
    if journey.account is None:
        raise AccountRefused
    if newest_code(journey.account) > journey.step_data[RECOVERY_CODES].get(NEWEST, 0):
        note_seen(journey)
        return
    codes = renew_codes(journey, journey.account)
    journey.note(RECOVERY_CODES, sealed=seal(json.dumps(codes).encode(), context=_context(journey)))


def codes_of(journey: Journey) -> list[str]:
    """The codes that are to be shown."""
    sealed = journey.step_data[RECOVERY_CODES]["sealed"]
    codes: list[str] = json.loads(unseal(sealed, context=_context(journey)))
    return codes


def note_seen(journey: Journey) -> None:
    """The customer has them: nothing but hashes is left of them here."""
    journey.step_data[RECOVERY_CODES] = {}
    journey.note(RECOVERY_CODES, is_seen=True)


def _context(journey: Journey) -> str:
    return f"recovery codes {journey.pk}"
