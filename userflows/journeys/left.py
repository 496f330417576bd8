"""Ways that were left by somebody who had proved who they are: whoever knows a password and has no second factor, or
doesn't like what a page asks. Nothing comes by when a page is left, so they are noted once a journey's time is over.

A journey that is begun anew keeps by what it had proved somebody (`userflows.state.leaving`), so that no way of leaving
a page hides it. Of what somebody leaves again and again few are noted, each time housekeeping comes by, and the last of
them says how many aren't (`left_out`).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from accounts.models import Account
from audit.models import Event
from audit.reasons import Reason
from audit.services import Actor, Failure, record_failures
from common.web.http import network_of
from userflows.journeys.entry import LIFETIME
from userflows.journeys.events import FAILED, circumstances_of
from userflows.models import Journey
from userflows.state import LEFT, left_by_others

MOST_OF_ONE = 5
"""So many are noted at a time of one account, or of one network where there is no account."""
MOST_OF_ALL = 10_000
"""So many are noted at a time of a tenant: 6 MB."""
# These say that somebody came back to a journey, not what kept them from going on.
OF_COMING_BACK = (Reason.JOURNEY_EXPIRED, Reason.JOURNEY_UNKNOWN)
Times = defaultdict[tuple[UUID | str, UUID | str], list[datetime]]


class WayLeft(NamedTuple):
    """A journey as it stood when somebody left it, at the page of this step. `left_out` are other ways of its browser
    that it kept no more.
    """

    journey: Journey
    step: str
    account: Account | None
    left_out: int = 0

    @property
    def proved_at(self) -> datetime:
        """When they last proved who they are."""
        return datetime.fromisoformat(self.journey.proofs[-1]["at"])

    @property
    def subject(self) -> str:
        """Who is meant, so that theirs are counted together."""
        return str(self.account.pk) if self.account else network_of(self.journey.client_ip)


class Notes:
    """What the log is to be told of ways that were left: gathered while they are counted, written once that is done."""

    def __init__(self) -> None:
        self._failures: list[Failure] = []
        self._of: defaultdict[str, list[Failure]] = defaultdict(list)

    def add(self, way: WayLeft) -> None:
        """Take one more, or count it with those that are left out."""
        of_subject, left_out = self._of[way.subject], way.left_out
        if len(of_subject) < MOST_OF_ONE and len(self._failures) < MOST_OF_ALL:
            of_subject.append(_failure_of(way))
            self._failures.append(of_subject[-1])
        else:
            left_out += 1
        if left_out:
            details = (of_subject or self._failures)[-1].details
            details["left_out"] = details.get("left_out", 0) + left_out

    def write(self) -> None:
        """Write them. Call it when no lock is held that customers wait for."""
        record_failures(self._failures)


def ways_of(journey: Journey) -> Iterator[Journey]:
    """The journey as it stood each time when somebody left it who had proved who they are; if they went on with it as
    somebody else or another way, it was over for them then (`finished_at`).
    """
    others: Mapping[str, Any] = journey.step_data
    if journey.finished_at is None and journey.proofs:
        yield journey
        others = left_by_others(others, email=journey.email, account_id=journey.account_id)
    for way in others.get(LEFT, {}).get("ways", ()):
        stood = copy(journey)
        stood.purpose, stood.email, stood.proofs, stood.step_data = way["purpose"], way["email"], way["proofs"], {}
        stood.account_id, stood.known_account = UUID(way["account_id"]) if way["account_id"] else None, None
        stood.finished_at = datetime.fromisoformat(way["left_at"])
        yield stood


def left_out_of(journey: Journey) -> int:
    """How many ways were left on it that it has kept no more."""
    return int(journey.step_data.get(LEFT, {}).get("left_out", 0))


def without_those_who_came(ways: Sequence[WayLeft]) -> list[WayLeft]:
    """Those of them of which nothing is known yet: nobody came to the end in the same browser as the same account, and
    the log doesn't tell what kept them from going on. Two statements, however many they are.
    """
    if not ways:
        return []
    known = (_came(ways), _kept_back(ways))
    return [way for way in ways if way.left_out or not _is_known(way, *known)]


def _is_known(way: WayLeft, came: Times, kept_back: Times) -> bool:
    left_at = way.journey.finished_at
    return any(at >= way.proved_at for at in came[_at_browser(way)]) or any(
        at >= way.proved_at and (left_at is None or at <= left_at) for at in kept_back[_named(way)]
    )


def _came(ways: Sequence[WayLeft]) -> Times:
    """When journeys of these browsers ended, by browser, and by account as well as by address."""
    since, browsers = min(way.proved_at for way in ways), {way.journey.browser_digest for way in ways}
    # What has ended since then was begun an hour before at most: there is an index by when its time was over.
    ended = Journey.objects.filter(expires_at__gte=since - LIFETIME, finished_at__gte=since)
    ended = ended.filter(browser_digest__in=browsers)
    found: Times = defaultdict(list)
    for browser, account_id, email, at in ended.values_list("browser_digest", "account_id", "email", "finished_at"):
        found[browser, cast(UUID, account_id)].append(cast(datetime, at))
        found[browser, email].append(cast(datetime, at))
    return found


def _at_browser(way: WayLeft) -> tuple[str, UUID | str]:
    return way.journey.browser_digest, way.journey.account_id or way.journey.email


def _kept_back(ways: Sequence[WayLeft]) -> Times:
    """When the log tells that somebody was kept from going on, by journey, and by account or, without one, by name."""
    told = Event.objects.failures().filter(journey_id__in={way.journey.pk for way in ways})
    told = told.exclude(reason__in=OF_COMING_BACK)
    found: Times = defaultdict(list)
    for journey_id, account_id, name, at in told.values_list("journey_id", "account_id", "actor_name", "at"):
        found[cast(UUID, journey_id), account_id or name].append(at)
    return found


def _named(way: WayLeft) -> tuple[UUID, UUID | str]:
    return way.journey.pk, way.account.pk if way.account else way.journey.email


def _failure_of(way: WayLeft) -> Failure:
    journey, account = way.journey, way.account
    about = circumstances_of(journey, journey.proofs[-1]["method"], step=way.step)
    return Failure(
        FAILED[journey.purpose],
        actor=Actor("customer", str(account.pk), account.email) if account else Actor("customer", "", journey.email),
        target=account,
        circumstances=replace(about, ip=journey.client_ip, browser=journey.client_name),
        reason=Reason.JOURNEY_LEFT,
    )
