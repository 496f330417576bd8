from collections.abc import Mapping
from typing import Any

from accounts.errors import AccountRefused
from accounts.identity.services.accounts import actor_of, update_profile
from accounts.identity.services.terms import accept_terms, note_asked
from accounts.models import Account
from userflows.journeys.events import circumstances_of
from userflows.journeys.progress import hold_journey
from userflows.models import Journey


def answer(journey: Journey, *, attributes: Mapping[str, Any], accepts_terms: bool) -> None:
    """Keep what the journey's account was asked for. Call it within the change that goes on with it.

    Raises `AccountRefused`, `JourneyMovedOn`, or `Refused` for names of attributes.
    """
    account = _held_account(journey)
    if attributes:
        update_profile(account, attributes=attributes, actor=actor_of(account))
        note_asked(account)
    if accepts_terms:
        version = journey.rules.terms_version
        accept_terms(account, version=version, circumstances=circumstances_of(journey))


def leave_for_later(journey: Journey) -> None:
    """Note that its owner doesn't want to be asked now. Raises `AccountRefused` or `JourneyMovedOn`."""
    note_asked(_held_account(journey))


def _held_account(journey: Journey) -> Account:
    hold_journey(journey)
    if journey.account is None:
        raise AccountRefused
    return journey.account
