"""When customers signed in last, how often, and to which application: noted from events, never by a sign-in.

Each event is noted by exactly one count: in the transaction that also says up to which it went.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from audit.models import Event
from figures.services.books import books_in_hand
from userflows.journeys.jobs import tell_of_new_browsers

SETTLES_FOR = timedelta(minutes=1)
"""So old is an event before which none can come any more: no request takes as long."""

EVENTS_AT_ONCE = 50_000
# Of several sign-ins the last one says to which application; whose account is gone has no activity. An administrator
# who runs a user flow is no customer.
NOTE = """
    INSERT INTO accounts_activity AS kept (account_id, last_sign_in_at, sign_ins, client_id)
    SELECT event.account_id, max(event.at), count(*), (array_agg(event.client_id ORDER BY event.id DESC))[1]
    FROM audit_event event JOIN accounts_account account ON account.id = event.account_id
    WHERE event.id > %s AND event.id <= %s AND event.action = 'customer.signed_in' AND event.result = 'success'
        AND NOT event.details ? 'trial_run'
    GROUP BY event.account_id
    ON CONFLICT (account_id) DO UPDATE SET
        last_sign_in_at = greatest(kept.last_sign_in_at, excluded.last_sign_in_at),
        sign_ins = kept.sign_ins + excluded.sign_ins,
        client_id = excluded.client_id
"""


def note_sign_ins(*, before: datetime | None = None) -> None:
    """Note all sign-ins that nobody has noted yet, some at a time; or those alone that were before this moment."""
    while _note_some(before):
        continue


@transaction.atomic
def _note_some(before: datetime | None) -> bool:
    """Note those of the next events. Returns whether there are more."""
    books, last = books_in_hand(), _last_settled(before)
    until = min(last, books.event_seen + EVENTS_AT_ONCE)
    if until <= books.event_seen:
        return False
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [books.event_seen, until])
    tell_of_new_browsers(after=books.event_seen, until=until)
    books.event_seen = until
    books.save(update_fields=["event_seen"])
    return until < last


def _last_settled(before: datetime | None) -> int:
    edge = timezone.now() - SETTLES_FOR
    settled = Event.objects.activity().filter(at__lt=min(before or edge, edge)).newest_first()
    return settled.values_list("id", flat=True).first() or 0
