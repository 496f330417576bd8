"""Where journeys end: counted once each, as soon as their time is over, and before they are swept. Whoever had proved
who they are and left leaves an event here, too: nothing else comes by when a page is left.

The rows are gone a day later. So here sums grow, in the transaction that also notes up to when journeys were counted:
a journey is counted by exactly one.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import Account, Activity, AuthenticatorApp, Passkey
from figures.lookup.days import day_of
from figures.models import Books
from figures.policies import (
    FINISHED,
    JOURNEY_SECONDS,
    JOURNEYS,
    STEP_SECONDS,
    WHOLE_DAY,
    WHOLE_MONTH,
    bucket_of,
    month_of,
)
from figures.services.books import books_in_hand
from userflows.journeys.events import record_left
from userflows.journeys.next_step import FINISH, next_step
from userflows.journeys.registry import table
from userflows.models import Journey, UserFlow

SOME_HOST = "host"
"""Nobody knows any more at which host a journey was: it is taken for one at which passkeys work."""
SETTLES_FOR = timedelta(minutes=1)
ADD = """
    INSERT INTO figures_sum (day, hour, metric, dimension, value, n)
    SELECT * FROM unnest(%s::date[], %s::smallint[], %s::text[], %s::text[], %s::text[], %s::bigint[])
    ON CONFLICT (day, hour, metric, dimension, value) DO UPDATE SET n = figures_sum.n + excluded.n
"""
Key = tuple[date, str, str, str]


@transaction.atomic
def count_journeys() -> int:
    """Count the journeys whose time is over and that weren't counted yet. Returns how many there were."""
    books, until = books_in_hand(), timezone.now() - SETTLES_FOR
    over = Journey.objects.filter(expires_at__lt=until)
    if books.journeys_counted_to:
        over = over.filter(expires_at__gte=books.journeys_counted_to)
    # An administrator who runs a user flow is no customer.
    counts = _counted(over.exclude(redirect_origins__contains=[settings.CIAM_BASE_URL]), day_of(books))
    _add(counts, books)
    books.journeys_counted_to = until
    books.save(update_fields=["journeys_counted_to"])
    return sum(n for (_, metric, _, _), n in counts.items() if metric == JOURNEYS)


def _counted(journeys: "QuerySet[Journey]", day: Callable[[datetime], date]) -> Counter[Key]:
    counts: Counter[Key] = Counter()
    finished = journeys.exclude(finished_at=None).values_list(
        "user_flow_id", "purpose", "flow_number", "times", "created_at", "finished_at"
    )
    for flow_id, purpose, number, times, begun, ended in finished.iterator():
        flow, on = str(flow_id), day(begun)
        seconds = bucket_of((cast(datetime, ended) - begun).total_seconds())
        counts[on, JOURNEYS, flow, f"{purpose}:{FINISHED}:{number}"] += 1
        counts[on, JOURNEY_SECONDS, flow, f"{purpose}:{seconds}:{number}"] += 1
        counts.update((on, STEP_SECONDS, flow, value) for value in _times(purpose, times))
    flows: dict[UUID, UserFlow] = {}
    has_app = Exists(AuthenticatorApp.objects.filter(account_id=OuterRef("account_id")))
    has_passkey = Exists(Passkey.objects.filter(account_id=OuterRef("account_id")))
    account = Account.objects.filter(pk=OuterRef("account_id"))
    activity = Activity.objects.filter(pk=OuterRef("account_id"))
    left = journeys.filter(finished_at=None).annotate(
        has_app=has_app,
        has_passkey=has_passkey,
        phone=account.values("phone_number"),
        closes_at=account.values("closes_at"),
        sign_ins=activity.values("sign_ins"),
    )
    for journey in left.select_related("user_flow").iterator():
        flow, on = str(journey.user_flow_id), day(journey.created_at)
        step = _last_step(journey, flows)
        counts[on, JOURNEYS, flow, f"{journey.purpose}:{step}:{journey.flow_number}"] += 1
        counts.update((on, STEP_SECONDS, flow, value) for value in _times(journey.purpose, journey.times))
        if journey.proofs:
            record_left(journey, step=step)
    return counts


def _times(purpose: str, times: Mapping[str, float]) -> Iterator[str]:
    """How long each step took that was done, as values of sums."""
    return (f"{purpose}:{step}:{bucket_of(seconds)}" for step, seconds in times.items())


def _last_step(journey: Journey, flows: dict[UUID, UserFlow]) -> str:
    """The step at whose page the journey was left, as its flow is now."""
    # One for all of its journeys, which reads its rules once.
    journey.user_flow = flows.setdefault(journey.user_flow_id, journey.user_flow)
    if journey.account_id:
        # All of the account that matters here, so that none has to be read.
        has_app, has_passkey = journey.has_app, journey.has_passkey  # type: ignore[attr-defined]
        phone, closes_at = journey.phone or "", journey.closes_at  # type: ignore[attr-defined]
        hosts = [SOME_HOST] if has_passkey else []
        journey.host = lambda: SOME_HOST
        journey.known_account = Account(
            pk=journey.account_id, has_app=has_app, passkeys_at=hosts, phone_number=phone, closes_at=closes_at
        )
        journey.known_account.known_sign_ins = journey.sign_ins or 0  # type: ignore[attr-defined]
    asked = journey.user_flow.rules.narrowed_to(journey.ways).asking(journey.second_factor, journey.factors)
    step = next_step(journey.state, asked, table())
    # All was done but the end itself.
    return table()[-1].name if step is FINISH else step.name


def _add(counts: Mapping[Key, int], books: Books) -> None:
    """To the days in which they began, and to the months that were summed before."""
    if not counts:
        return
    rows = [(day, WHOLE_DAY, metric, flow, value, n) for (day, metric, flow, value), n in sorted(counts.items())]
    of_months: Counter[Key] = Counter()
    for (day, metric, flow, value), n in counts.items():
        if books.journey_months_to and day < books.journey_months_to:
            of_months[month_of(day), metric, flow, value] += n
    rows += [(day, WHOLE_MONTH, metric, flow, value, n) for (day, metric, flow, value), n in sorted(of_months.items())]
    with connection.cursor() as cursor:
        cursor.execute(ADD, [list(column) for column in zip(*rows, strict=True)])
