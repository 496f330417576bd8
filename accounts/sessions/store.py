"""Signed-in browsers, kept in the tenant's schema: Django's session interface over `accounts.Session`.

The cookie holds 256 random bits, the row a digest of them. Signing in changes the key; the save that follows writes the
new row and drops the old one in one statement. A session deleted elsewhere (signed out in another tab, revoked) isn't
brought back by a late save. The row alone decides how long a session lasts; the cookie goes when the browser closes,
unless its owner asked to stay.
"""

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Session
from accounts.sessions.rules import session_rules
from common.crypto.digests import digest_of
from common.database.rows import Statement, ask, columns_of, read_one
from common.web.proof import AUTH_TIME

KEY_BYTES = 32
# What stands in a session's data beside when the sign-in was: whose it is, its public name, which browser, whether it
# stays.
ACCOUNT_KEY = "_auth_user_id"
SESSION_ID, BROWSER, STAYS = "sid", "browser", "stays"
# A use is noted at most this often, so that reading pages hardly ever costs a write.
NOTED_EVERY = timedelta(minutes=1)

ALIVE = f"""
    SELECT {columns_of(Session)} FROM accounts_session WHERE key_digest = %s AND expires_at > statement_timestamp()
"""  # noqa: S608 - names of our own
# What is written besides, if anything is, stands between the two.
DROP_OLD = "WITH old AS (DELETE FROM accounts_session WHERE key_digest = %s RETURNING client_ids, used_last_by)"
WRITE_NEW = """
    INSERT INTO accounts_session (key_digest, account_id, sid, data, expires_at, ends_at, client_ids, used_last_by)
    VALUES (%s, %s, %s, %s, %s, %s, coalesce((SELECT client_ids FROM old), '[]'),
        coalesce((SELECT used_last_by FROM old), '[]'))
"""
LAST_USED = """
    UPDATE accounts_session SET used_last_by = CASE WHEN key_digest = %(key)s
        THEN (used_last_by - %(client)s::text) || to_jsonb(%(client)s::text) ELSE used_last_by - %(client)s::text END
    WHERE key_digest = ANY(%(keys)s)
"""


class SessionStore(SessionBase):
    """One browser's session."""

    # The digest of the key whose row the next save replaces, "" if there is no such row; None: the key is the same.
    _replaced: str | None = None
    # What was written last, as text.
    _written = ""

    def load(self) -> dict[str, Any]:
        """The stored data; an unknown or expired key becomes a new empty session."""
        digest = digest_of(self.session_key or "")
        row = read_one(Session, ALIVE, [digest])
        if row is None:
            self._session_key = None
            return {}
        if row.ends_at is not None and timezone.now() - row.seen_at > NOTED_EVERY:
            _note_use(digest, row.data, ends_at=row.ends_at)
        return dict(row.data)

    def exists(self, session_key: str) -> bool:
        """Whether the key is known. Keys are too long to be hit by chance, so nothing here asks."""
        return Session.objects.filter(key_digest=digest_of(session_key)).exists()

    def create(self) -> None:
        """Begin an empty session under a new key."""
        self._session_key = secrets.token_urlsafe(KEY_BYTES)
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False, *, besides: Statement | None = None) -> None:
        """Write the data, unless that has been done; and what `besides` writes, at once where that can be.

        Raises `UpdateError` if the session was deleted meanwhile.
        """
        if besides and self._replaced is None:
            ask(*besides)
            besides = None
        if self.session_key is None:
            self.create()
            return
        digest = digest_of(self.session_key)
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        written = json.dumps(data, cls=DjangoJSONEncoder)
        if self._replaced is not None:
            self._replace(digest, data, written, besides)
        elif must_create:
            self._insert(digest, data)
        elif written != self._written:
            self._update(digest, data)
        self._written = written

    def _insert(self, digest: str, data: dict[str, Any]) -> None:
        _, is_new = Session.objects.get_or_create(key_digest=digest, defaults=_row_of(data))
        if not is_new:
            raise CreateError

    def _update(self, digest: str, data: dict[str, Any]) -> None:
        if not Session.objects.filter(key_digest=digest).update(**_row_of(data)):
            raise UpdateError

    def _replace(self, digest: str, data: dict[str, Any], written: str, besides: Statement | None) -> None:
        also, parameters = (f", besides AS ({besides[0]})", besides[1]) if besides else ("", ())
        values = (digest, data.get(ACCOUNT_KEY), data.get(SESSION_ID, ""), written, *_ends_of(data))
        ask(f"{DROP_OLD}{also}{WRITE_NEW}", [self._replaced, *parameters, *values])
        self._replaced = None

    def cycle_key(self) -> None:
        """Go on under a new key. The old one is worth nothing from the next save on (session fixation)."""
        self._session_cache = dict(self._session)  # type: ignore[attr-defined]
        if self._replaced is None:
            self._replaced = digest_of(self.session_key) if self.session_key else ""
        self._session_key = secrets.token_urlsafe(KEY_BYTES)
        self.modified = True

    def delete(self, session_key: str | None = None) -> None:
        """Sign this browser out."""
        key = session_key or self.session_key
        digests = {digest_of(key)} if key else set()
        if not session_key:
            digests |= {self._replaced} if self._replaced else set()
            self._replaced, self._written = None, ""
        if digests:
            Session.objects.filter(key_digest__in=digests).delete()

    def get_expiry_age(self, **_kwargs: Any) -> int:
        """For how many seconds the browser keeps the cookie; what it is worth is decided by the row."""
        _, ends_at = _ends_of(self._session)  # type: ignore[attr-defined]
        return max(0, int((ends_at - timezone.now()).total_seconds())) if ends_at else settings.SESSION_COOKIE_AGE

    def get_expire_at_browser_close(self) -> bool:
        """Whether the cookie goes when the browser closes."""
        return not self.get(STAYS, False)


def note_last_use(client_id: str, *, key: str, others: Sequence[str]) -> None:
    """Remember that an application went with the session of this key last, and not with these others."""
    digests = [digest_of(each) for each in (key, *others)]
    with connection.cursor() as cursor:
        cursor.execute(LAST_USED, {"client": client_id, "key": digests[0], "keys": digests})


def _row_of(data: dict[str, Any]) -> dict[str, Any]:
    """The columns that follow from the data."""
    expires_at, ends_at = _ends_of(data)
    return {
        "data": data,
        "account_id": data.get(ACCOUNT_KEY),
        "sid": data.get(SESSION_ID, ""),
        "seen_at": Now(),
        "expires_at": expires_at,
        "ends_at": ends_at,
    }


def _ends_of(data: dict[str, Any]) -> tuple[datetime, datetime | None]:
    """When a session with this data ends unless it is used, and at the latest. Anonymous ones have one end only."""
    now = timezone.now()
    if AUTH_TIME not in data or ACCOUNT_KEY not in data:
        return now + timedelta(seconds=settings.SESSION_COOKIE_AGE), None
    rules, stays = session_rules(), bool(data.get(STAYS))
    ends_at = datetime.fromtimestamp(data[AUTH_TIME], UTC) + rules.lasts(stays=stays)
    return min(ends_at, now + rules.waits(stays=stays)), ends_at


def _note_use(digest: str, data: dict[str, Any], *, ends_at: datetime) -> None:
    """Let the session wait anew."""
    waits = session_rules().waits(stays=bool(data.get(STAYS)))
    Session.objects.filter(key_digest=digest).update(seen_at=Now(), expires_at=min(ends_at, timezone.now() + waits))
