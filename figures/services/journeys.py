"""Where journeys end: counted once each, as soon as their time is over, and before they are swept. Whoever had proved
who they are and left leaves an event, too, once this transaction is over: customers wait for none of its locks.

The rows are gone a day later. So here sums grow, in the transaction that also notes up to when journeys were counted:
a journey is counted by exactly one.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import cast
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Account, Activity
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
from userflows.journeys.left import Notes, WayLeft, left_out_of, ways_of, without_those_who_came
from userflows.journeys.next_step import FINISH, next_step
from userflows.journeys.registry import table
from userflows.models import Journey, UserFlow
from userflows.state import LEFT

SOME_HOST = "host"
"""Nobody knows any more at which host a journey was: it is taken for one at which passkeys work."""
SETTLES_FOR = timedelta(minutes=1)
ADD = """
    INSERT INTO figures_sum (day, hour, metric, dimension, value, n)
    SELECT * FROM unnest(%s::date[], %s::smallint[], %s::text[], %s::text[], %s::text[], %s::bigint[])
    ON CONFLICT (day, hour, metric, dimension, value) DO UPDATE SET n = figures_sum.n + excluded.n
"""
AT_ONCE = 1000
Key = tuple[date, str, str, str]


@transaction.atomic
def count_journeys() -> int:
    """Count the journeys whose time is over and that weren't counted yet. Returns how many there were."""
    books, until = books_in_hand(), timezone.now() - SETTLES_FOR
    over = Journey.objects.filter(expires_at__lt=until)
    if books.journeys_counted_to:
        over = over.filter(expires_at__gte=books.journeys_counted_to)
    notes = Notes()
    # An administrator who runs a user flow is no customer.
    counts = _counted(over.exclude(redirect_origins__contains=[settings.CIAM_BASE_URL]), day_of(books), notes)
    _add(counts, books)
    books.journeys_counted_to = until
    books.save(update_fields=["journeys_counted_to"])
    transaction.on_commit(notes.write)
    return sum(n for (_, metric, _, _), n in counts.items() if metric == JOURNEYS)


def _counted(journeys: "QuerySet[Journey]", day: Callable[[datetime], date], notes: Notes) -> Counter[Key]:
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
    # Finished as somebody else than whoever left it before, too.
    left = journeys.filter(Q(finished_at=None) | Q(step_data__has_key=LEFT)).select_related("user_flow").iterator()
    while batch := list(islice(left, AT_ONCE)):
        accounts = _accounts_of(batch)
        ways: list[WayLeft] = []
        for journey in batch:
            # One for all of its journeys, which reads its rules once.
            journey.user_flow = flows.setdefault(journey.user_flow_id, journey.user_flow)
            if journey.finished_at is None:
                flow, on = str(journey.user_flow_id), day(journey.created_at)
                step = _last_step(journey, accounts)
                counts[on, JOURNEYS, flow, f"{journey.purpose}:{step}:{journey.flow_number}"] += 1
                counts.update((on, STEP_SECONDS, flow, value) for value in _times(journey.purpose, journey.times))
            ways += _ways_left(journey, accounts)
        for way in without_those_who_came(ways):
            notes.add(way)
    return counts


def _accounts_of(journeys: Sequence[Journey]) -> dict[UUID, Account]:
    """The accounts that these journeys were known to be of, with all that matters here, so that none has to be read."""
    ids = {stood.account_id for journey in journeys for stood in (journey, *ways_of(journey)) if stood.account_id}
    sign_ins = Activity.objects.filter(pk=OuterRef("pk")).values("sign_ins")
    accounts = {account.pk: account for account in Account.objects.filter(pk__in=ids).annotate(came=Subquery(sign_ins))}
    for account in accounts.values():
        account.passkeys_at, account.known_sign_ins = [SOME_HOST] if account.passkeys_at else [], account.came or 0
    return accounts


def _ways_left(journey: Journey, accounts: Mapping[UUID, Account]) -> list[WayLeft]:
    """Those on which somebody had proved who they are, but for accounts that are gone."""
    known = [stood for stood in ways_of(journey) if stood.account_id is None or stood.account_id in accounts]
    ways = [
        WayLeft(stood, _last_step(stood, accounts), accounts[stood.account_id] if stood.account_id else None)
        for stood in known
    ]
    return [*ways[:-1], ways[-1]._replace(left_out=left_out_of(journey))] if ways else []


def _times(purpose: str, times: Mapping[str, float]) -> Iterator[str]:
    """How long each step took that was done, as values of sums."""
    return (f"{purpose}:{step}:{bucket_of(seconds)}" for step, seconds in times.items())


def _last_step(journey: Journey, accounts: Mapping[UUID, Account]) -> str:
    """The step at whose page the journey was left, as its flow is now."""
    if journey.account_id:
        journey.host = lambda: SOME_HOST
        journey.known_account = accounts.get(journey.account_id) or _gone(journey.account_id)
    asked = journey.user_flow.rules.narrowed_to(journey.ways).asking(journey.second_factor, journey.factors)
    step = next_step(journey.state, asked, table())
    # All was done but the end itself.
    return table()[-1].name if step is FINISH else step.name


def _gone(account_id: UUID) -> Account:
    account = Account(pk=account_id)
    account.known_sign_ins = 0
    return account


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
