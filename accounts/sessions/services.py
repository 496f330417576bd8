"""Ending sessions, and for how long they last. Whoever ends one tells the floors above, in the same transaction."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Account, Session, SessionSettings
from accounts.sessions.rules import SessionRules, describe, problems_of
from accounts.sessions.signals import EndedSession, sessions_ended, sessions_expired, signed_out_everywhere
from accounts.sessions.store import STAYS
from audit.services import Actor, record
from common.database.locks import locked_settings
from common.problems import refuse_if_any, refuse_if_changed
from common.versions import differences
from common.web.proof import AUTH_TIME
from tenants.postgresql import announce_change

# So many sessions are read at once whose time is over.
EXPIRED_AT_ONCE = 1_000
# Sessions that were begun by longer times end by the shorter ones; none is made longer than it was promised.
SHORTEN = f"""
    UPDATE accounts_session SET
        ends_at = least(ends_at, to_timestamp((data->>'{AUTH_TIME}')::float) + %(lasts)s),
        expires_at = least(expires_at, seen_at + %(waits)s, to_timestamp((data->>'{AUTH_TIME}')::float) + %(lasts)s)
    WHERE ends_at IS NOT NULL AND coalesce((data->>'{STAYS}')::boolean, false) = %(stays)s
"""  # noqa: S608 - names of our own


def end_sessions(account: Account) -> int:
    """Sign the account out of every browser, and remember none of them. Returns of how many.

    Call it within the change that asks for it.
    """
    with transaction.atomic():
        account.browsers_forgotten_at = timezone.now()
        Account.objects.filter(pk=account.pk).update(browsers_forgotten_at=account.browsers_forgotten_at)
        ended = _delete(Session.objects.of_account(account.pk))
        signed_out_everywhere.send(Account, account=account, sessions=ended)
    return len(ended)


def end_session(account_id: UUID, sid: str) -> list[str]:
    """Sign one browser out, within the change that asks for it.

    Returns what that browser shall load now, if it is the one at hand: addresses the floors above have named.
    """
    with transaction.atomic():
        return _tell(_delete(Session.objects.of_account(account_id).filter(sid=sid)))


def sign_out_browser(account: Account, *, sid: str, actor: Actor) -> bool:
    """Sign the account out of one browser among several. Returns whether it was signed in there."""
    with transaction.atomic():
        ended = _delete(Session.objects.of_account(account.pk).filter(sid=sid))
        if ended:
            _tell(ended)
            record("customer.session_ended", actor=actor, target=account)
    return bool(ended)


def sign_out_other_browsers(account: Account, *, sid: str, actor: Actor) -> int:
    """Sign the account out of every browser but the one with this session. Returns of how many."""
    with transaction.atomic():
        ended = _delete(Session.objects.of_account(account.pk).exclude(sid=sid))
        _tell(ended)
        record("customer.other_sessions_ended", actor=actor, target=account, details={"sessions": len(ended)})
    return len(ended)


def sign_out_everywhere(account: Account, *, actor: Actor, reason: str = "") -> int:
    """Sign the account out of every browser and application. Returns of how many browsers."""
    with transaction.atomic():
        ended = end_sessions(account)
        details = {"sessions": ended, **({"reason": reason} if reason else {})}
        record("customer.sessions_revoked", actor=actor, target=account, details=details)
    return ended


def end_expired_sessions() -> None:
    """Forget the sessions whose time is over, in this tenant, and tell of each that led to an application.

    Whoever deletes its row tells of it, so of each it is told once. Housekeeping calls this.
    """
    with transaction.atomic():
        expired = Session.objects.expired()
        expired.filter(Q(account_id=None) | Q(client_ids=[])).delete()
        while ended := _delete(expired.filter(pk__in=list(expired.values_list("pk", flat=True)[:EXPIRED_AT_ONCE]))):
            sessions_expired.send(Session, sessions=ended)


def apply(rules: SessionRules, *, expected_version: str = "", actor: Actor) -> None:
    """Set how long sessions last; shorter times count at once. Where nothing differs, nothing is noted.

    `expected_version` is that of the rules somebody has seen; if it is another by now, nothing is done. Raises
    `Refused`.
    """
    _change(lambda _: rules, expected_version=expected_version, actor=actor)


def change_session_rules(*, actor: Actor, **values: Any) -> None:
    """As `apply`, for these of the rules alone, by their names."""
    _change(lambda now: replace(now, **values), expected_version="", actor=actor)


def _change(how: Callable[[SessionRules], SessionRules], *, expected_version: str, actor: Actor) -> None:
    with transaction.atomic():
        locked_settings(SessionSettings)
        before = describe()
        refuse_if_changed(expected_version, before.version)
        after = how(before)
        refuse_if_any(problems_of(after))
        now = differences(before, after)
        if not now:
            return
        SessionSettings.objects.update_or_create(pk=1, defaults=vars(after))
        _shorten(after)
        record("sessions.rules_changed", actor=actor, details={"fields": list(now), "now": now})
        announce_change()


def _delete(sessions: QuerySet[Session]) -> list[EndedSession]:
    """Drop the rows and say whose they were. Locked in one order, so that two who sign out at once don't block."""
    rows = list(
        sessions.select_for_update().order_by("key_digest").values_list("key_digest", "account_id", "sid", "client_ids")
    )
    Session.objects.filter(pk__in=[row[0] for row in rows]).delete()
    return [EndedSession(account_id, sid, tuple(client_ids)) for _, account_id, sid, client_ids in rows if account_id]


def _tell(ended: list[EndedSession]) -> list[str]:
    answers = sessions_ended.send(Session, sessions=ended) if ended else []
    return [address for _, addresses in answers for address in addresses or ()]


def _shorten(rules: SessionRules) -> None:
    with connection.cursor() as cursor:
        for stays in (True, False):
            times: dict[str, Any] = {"lasts": rules.lasts(stays=stays), "waits": rules.waits(stays=stays)}
            cursor.execute(SHORTEN, {**times, "stays": stays})
