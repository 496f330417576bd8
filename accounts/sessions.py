"""Signed-in browsers, kept in the tenant's schema: Django's session interface over `accounts.Session`.

The cookie holds 256 random bits, the row a digest of them. Signing in changes the key and drops the old row in the same
statement. A session deleted elsewhere (signed out in another tab, revoked) isn't brought back by a late save.
"""

import hashlib
import json
import secrets
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Session

KEY_BYTES = 32
ACCOUNT_KEY = "_auth_user_id"


def digest_of(key: str) -> str:
    """What stands in the row for a key."""
    return hashlib.sha256(key.encode()).hexdigest()


class SessionStore(SessionBase):
    """One browser's session."""

    def load(self) -> dict[str, Any]:
        """The stored data; an unknown or expired key becomes a new empty session."""
        data = (
            Session.objects.filter(key_digest=digest_of(self.session_key or ""), expires_at__gt=Now())
            .values_list("data", flat=True)
            .first()
        )
        if data is None:
            self._session_key = None
            return {}
        return dict(data)

    def exists(self, session_key: str) -> bool:
        """Whether the key is known. Keys are too long to be hit by chance, so nothing here asks."""
        return Session.objects.filter(key_digest=digest_of(session_key)).exists()

    def create(self) -> None:
        """Begin an empty session under a new key."""
        self._session_key = secrets.token_urlsafe(KEY_BYTES)
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        """Write the data. Raises `UpdateError` if the session was deleted meanwhile."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        row = {"data": data, "account_id": data.get(ACCOUNT_KEY), "expires_at": self._expires_at()}
        digest = digest_of(self.session_key)
        if must_create:
            _, is_new = Session.objects.get_or_create(key_digest=digest, defaults=row)
            if not is_new:
                raise CreateError
        elif not Session.objects.filter(key_digest=digest).update(**row):
            raise UpdateError

    def cycle_key(self) -> None:
        """Go on under a new key; the old one is worth nothing from here on (session fixation)."""
        data = dict(self._session)  # type: ignore[attr-defined]
        old_digest = digest_of(self.session_key) if self.session_key else ""
        self._session_key = secrets.token_urlsafe(KEY_BYTES)
        self._session_cache = data
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH old AS (DELETE FROM accounts_session WHERE key_digest = %s) "
                "INSERT INTO accounts_session (key_digest, account_id, data, expires_at) VALUES (%s, %s, %s, %s)",
                [
                    old_digest,
                    digest_of(self._session_key),
                    data.get(ACCOUNT_KEY),
                    json.dumps(data, cls=DjangoJSONEncoder),
                    self._expires_at(),
                ],
            )
        self.modified = True

    def delete(self, session_key: str | None = None) -> None:
        """Sign this browser out."""
        key = session_key or self.session_key
        if key:
            Session.objects.filter(key_digest=digest_of(key)).delete()

    def _expires_at(self) -> Any:
        return timezone.now() + timedelta(seconds=self.get_expiry_age())

    @classmethod
    def clear_expired(cls) -> None:
        """Drop what signs nobody in any more, in this tenant."""
        Session.objects.expired().delete()
