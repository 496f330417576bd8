"""Where accounts are signed in, and for how long they stay so."""

import uuid
from typing import Self

from django.db import models
from django.db.models.functions import Now


class SessionQuerySet(models.QuerySet["Session"]):
    def of_account(self, account_id: uuid.UUID) -> Self:
        """The signed-in browsers of an account."""
        return self.filter(account_id=account_id)

    def alive(self) -> Self:
        """Those that still sign somebody in."""
        return self.filter(expires_at__gt=Now())

    def expired(self) -> Self:
        """Those that no longer sign anybody in."""
        return self.filter(expires_at__lt=Now())


class Session(models.Model):
    """A browser known to the tenant. The row holds a digest of the cookie's value, so a read leaks no session.

    `sid` is the session's public name, "" where nobody is signed in; `client_ids` are those of the applications that
    customers went to in it, `used_last_by` those of them that went with it last, of a browser's several sessions. It
    ends at `expires_at`, which every use moves on, and at `ends_at` at the latest.
    """

    key_digest = models.CharField(max_length=64, primary_key=True)
    account_id = models.UUIDField(null=True, db_index=True)
    sid = models.CharField(max_length=64, blank=True, db_default="")
    client_ids = models.JSONField(db_default=models.Value([], models.JSONField()))
    used_last_by = models.JSONField(db_default=models.Value([], models.JSONField()))
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField(null=True)

    objects = SessionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"session of {self.account_id or 'nobody'}"


class SessionSettings(models.Model):
    """How long sessions of this tenant last; without a row, as long as `accounts.sessions.rules` says."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    offers_stay = models.BooleanField()
    idle_minutes = models.PositiveIntegerField()
    lifetime_minutes = models.PositiveIntegerField()
    stay_days = models.PositiveIntegerField()
    offers_several = models.BooleanField(db_default=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="accounts_sessionsettings_one")]

    def __str__(self) -> str:
        return "session settings"
