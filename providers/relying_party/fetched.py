"""What is asked of providers' servers, and kept in the process of what they publish.

A document is fetched again after an hour, or where what is needed isn't in it, since providers change theirs; yet none
more than three times in three minutes, so that nobody makes us hammer somebody. While a provider is out of reach, what
is known of it counts for a day. Few threads may wait for providers, and no tenant's slow one gets the last of them.
"""

import json
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from django.conf import settings
from django.db import connection

from common.text.translation import gettext_noop as _
from common.web.outgoing import HttpAnswer, OutgoingError, Places, call
from providers.errors import ProviderFailed
from tenants.postgresql import current_schema

FRESH_FOR, KEPT_FOR = 3600.0, 24 * 3600.0
MAX_FETCHES, FETCHES_WITHIN = 3, 180.0
MOST_KEPT = 1000
OK = 200
SLOW_AFTER = 2.0

for_customers = Places(
    max(2, settings.CIAM_WEB_THREADS // 2), share=max(1, settings.CIAM_WEB_THREADS // 4), slow_after=SLOW_AFTER
)
"""For customers on their way to a provider or back, all of them together: half the threads of a process."""

Value = TypeVar("Value")


@dataclass
class _Kept(Generic[Value]):
    """What is known of one document: moments are those of the monotonic clock."""

    value: Value | None = None
    fetched_at: float = 0.0
    tries: deque[float] = field(default_factory=lambda: deque(maxlen=MAX_FETCHES))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def is_kept(self, seconds: float) -> bool:
        return self.value is not None and time.monotonic() - self.fetched_at < seconds

    def may_be_tried(self) -> bool:
        return len(self.tries) < MAX_FETCHES or time.monotonic() - self.tries[0] >= FETCHES_WITHIN


_kept: "OrderedDict[tuple[str, ...], _Kept[Any]]" = OrderedDict()
_guard = threading.Lock()


def called(*, url: str, **how: Any) -> HttpAnswer:
    """What another server answers, while somebody else may have our connection to the database.

    Raises `ProviderFailed`.
    """
    if not connection.in_atomic_block:
        connection.close()
    try:
        return call(url, **how)
    except OutgoingError as error:
        raise ProviderFailed(error.sentence) from error


def object_in(answer: HttpAnswer, place: str) -> dict[str, Any]:
    """The JSON object that was answered at this address. Raises `ProviderFailed`."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise ProviderFailed(_("What %(place)s answered with isn’t JSON."), place=place) from error
    if not isinstance(found, dict):
        raise ProviderFailed(_("What %(place)s answered with isn’t a JSON object."), place=place)
    return found


def fetched(address: str, *, max_bytes: int, accept: str = "application/json") -> HttpAnswer:
    """What stands at an address. Raises `ProviderFailed`, also if nothing does."""
    answer = called(url=address, max_bytes=max_bytes, accept=accept)
    if answer.status != OK:
        raise ProviderFailed(
            _("%(address)s answered with status %(status)s, not 200."), address=address, status=answer.status
        )
    return answer


def forget_documents() -> None:
    """Forget all documents, and when they were fetched."""
    with _guard:
        _kept.clear()


def fresh(
    key: tuple[str, ...], fetch: Callable[[], Value], *, will_do: Callable[[Value], bool] = lambda _: True
) -> Value:
    """What is kept, or fetched now: by one thread at a time, and with an old one where there is no newer.

    Raises `ProviderFailed`.
    """
    with _guard:
        kept = cast(_Kept[Value], _kept.setdefault((current_schema(), *key), _Kept()))
        _kept.move_to_end((current_schema(), *key))
        if len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    if (value := _good(kept, will_do)) is not None:
        return value
    with kept.lock:
        if (value := _good(kept, will_do)) is not None:
            return value
        if not kept.may_be_tried():
            raise ProviderFailed(_("It was asked several times just now, without a valid answer."))
        kept.tries.append(time.monotonic())
        try:
            kept.value, kept.fetched_at = fetch(), time.monotonic()
        except ProviderFailed:
            if not kept.is_kept(KEPT_FOR):
                raise
    assert kept.value is not None  # noqa: S101 - tells the type checker
    return kept.value


def _good(kept: _Kept[Value], will_do: Callable[[Value], bool]) -> Value | None:
    """What is kept, if nothing better can be had."""
    if kept.value is None or not kept.is_kept(KEPT_FOR):
        return None
    is_good = kept.is_kept(FRESH_FOR) and will_do(kept.value)
    return kept.value if is_good or not kept.may_be_tried() else None
