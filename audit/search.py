"""What a list of events is narrowed to, and how that is asked for so that an index answers.

A list never reads `details`: they are of any size, and would be read before the page is cut off.
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from audit.models import TOGETHER, USUAL, AbstractEvent, Event, Result
from audit.sentences import is_about_provider
from common.database.rows import columns_of
from common.web.current_request import reference_of

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Found = TypeVar("Found", bound=AbstractEvent)
UUID_DIGITS = 32
# The part of a request ID that pages show to be read aloud, and the least that is looked for.
REFERENCE = re.compile(r"[0-9a-f]{8,32}")
# One after another from the index, which has few of them: each is looked for behind the one before.
UNUSUAL_METHODS = """
    WITH RECURSIVE told AS (
        SELECT (SELECT min(method) FROM audit_event
            WHERE method <> '' AND method <> 'password' AND method <> 'code') AS method
        UNION ALL
        SELECT (SELECT min(method) FROM audit_event
            WHERE method <> '' AND method <> 'password' AND method <> 'code' AND method > told.method)
        FROM told WHERE told.method IS NOT NULL
    )
    SELECT method FROM told WHERE method IS NOT NULL
"""
OF_AN_ADMINISTRATOR, OF_A_CUSTOMER = "administrator", "customer"


@dataclass(frozen=True)
class Requests:
    """All request IDs that begin with some digits: one alone, if they are all of them."""

    digits: str

    @classmethod
    def read(cls, text: str) -> "Requests | None":
        """The reference of an error page, or a whole ID, in whatever spelling; None if it can be neither."""
        digits = text.strip().lower().replace("-", "").replace(" ", "")
        return cls(digits) if REFERENCE.fullmatch(digits) else None

    @property
    def first(self) -> UUID:
        return UUID(self.digits.ljust(UUID_DIGITS, "0"))

    @property
    def last(self) -> UUID:
        return UUID(self.digits.ljust(UUID_DIGITS, "f"))

    def __str__(self) -> str:
        return str(self.first) if len(self.digits) == UUID_DIGITS else reference_of(self.first)


def read_network(text: str) -> Network | None:
    """One address, or a network such as 192.0.2.0/24; None if it is neither."""
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


# Asked by their IDs for those looked at, the database would sort all changes there are.
_NEWEST_CHANGES = f"""
    SELECT {columns_of(Event)} FROM (
        SELECT * FROM audit_event
        WHERE category = 'administration' AND actor_kind IN ('administrator', 'command') AND at <= %s
        ORDER BY at DESC, id DESC LIMIT %s
    ) newest
    WHERE NOT details ? 'import' ORDER BY at DESC, id DESC LIMIT %s
"""  # noqa: S608 - names of our own


def newest_changes(until: datetime, *, among: int, number: int) -> Sequence[Event]:
    """What administrators and commands changed last by then, the newest first.

    Those of an import are left out of the events looked at, `among` so many: it is one change, told by its beginning
    and its end.
    """
    return list(Event.objects.raw(_NEWEST_CHANGES, [until, among, number]))


def tell_details(events: Sequence[AbstractEvent]) -> None:
    """Let these events of a list, which has left their details out, tell what a sentence needs of them.

    That is which fields were changed, and the name of an identity provider; in one question, if any has either.
    """
    about = {event.pk: event for event in events if event.action.endswith("changed") or is_about_provider(event)}
    if not about:
        return
    told = type(events[0])._default_manager.filter(pk__in=about)  # noqa: SLF001 - Django's public name
    for pk, fields_changed, provider in told.values_list("pk", "details__fields", "details__provider"):
        about[pk].details = {"fields": fields_changed, "provider": provider}


@dataclass(frozen=True)
class Sought:
    """What events are looked for. Whatever is empty doesn't narrow them.

    `name` is an address without an account, as somebody typed it; `administrator` the ID of one, or the name.
    """

    since: datetime | None = None
    until: datetime | None = None
    account_id: UUID | None = None
    name: str = ""
    administrator: str = ""
    client_id: str = ""
    user_flow: str = ""
    step: str = ""
    method: str = ""
    action: str = ""
    result: str = ""
    reason: str = ""
    network: Network | None = None
    requests: Requests | None = None
    journey_id: UUID | None = None

    @property
    def is_found_by_index(self) -> bool:
        """Whether few events are left, which an index leads to: then no window of time is needed."""
        is_one_address = self.network is not None and self.network.num_addresses == 1
        return bool(self.account_id or self.name or self.requests or is_one_address)

    @property
    def is_everything(self) -> bool:
        """Whether nothing narrows the list but time."""
        return all(not getattr(self, each.name) for each in fields(self) if each.name not in {"since", "until"})

    @property
    def is_of_nothing(self) -> bool:
        """Whether no event can be meant: of an action that never ends like that."""
        return bool(self.result) and USUAL.get(self.action, self.result) != self.result

    def among(self, events: QuerySet[Found]) -> QuerySet[Found]:
        """Those of these events, without their details."""
        if self.is_of_nothing:
            return events.none()
        return events.filter(self._conditions()).defer("details")

    def _conditions(self) -> Q:
        wanted = {
            "at__gte": self.since,
            "at__lt": self.until,
            "account_id": self.account_id,
            "client_id": self.client_id,
            "user_flow": self.user_flow,
            "step": self.step,
            "method__in": _methods_with(self.method) if self.method else (),
            "action": self.action,
            "result": self.result,
            "reason": self.reason,
            "journey_id": self.journey_id,
        }
        conditions = Q(**{column: value for column, value in wanted.items() if value})
        if self.reason:
            # Nothing else has one, and only failures have the index.
            conditions &= Q(result=Result.FAILURE)
        if self.name:
            # As its index says it.
            conditions &= Q(account_id=None, actor_kind=OF_A_CUSTOMER, actor_name__iexact=self.name)
        if self.administrator:
            column = "actor_name__iexact" if "@" in self.administrator else "actor_id"
            conditions &= Q(actor_kind=OF_AN_ADMINISTRATOR, **{column: self.administrator})
        if self.network is not None:
            conditions &= Q(ip__gte=str(self.network[0]), ip__lte=str(self.network[-1]))
        if self.requests is not None:
            conditions &= Q(request_id__gte=self.requests.first, request_id__lte=self.requests.last)
        return conditions


def _methods_with(method: str) -> list[str]:
    """The method as events have it: by itself, and in all that was used together with it."""
    with connection.cursor() as cursor:
        cursor.execute(UNUSUAL_METHODS)
        told = [together for (together,) in cursor.fetchall()]
    return [method, *(together for together in told if method in together.split(TOGETHER) and together != method)]
