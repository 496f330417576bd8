"""Ways back for whoever has lost what their account is protected with: rows beside the account."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models.functions import Now

USUAL_WAIT_HOURS, LEAST_WAIT_HOURS, MOST_WAIT_HOURS = 72, 24, 336
FACTORS_KEPT_FOR = timedelta(days=14)
"""How long factors that were lost may be given back once they count no more."""
CLOSED_AFTER_RECOVERY_FOR = timedelta(days=7)
"""How long after it an account can't be moved to another address, copied or deleted by whoever is in it."""


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    def with_factors(self) -> Self:
        """Those that are over, and have factors that may be given back."""
        return self.filter(kept_until__gt=Now())

    def with_passkey(self, credential_id: str) -> Self:
        """Those that have put this passkey aside, by the ID it has in base64url."""
        return self.with_factors().filter(rows__contains=f'"{credential_id}"')

    def over(self) -> Self:
        """Those of which nothing is left to be done."""
        return self.filter(kept_until__lte=Now())


class Recovery(models.Model):
    """A wait that began at `asked_at`, at the end of which an account's factors count no more; when that is, stands in
    the account's row.

    From then on it has the factors that were put aside, until `kept_until`: `rows` as Django writes them in JSON, but
    for the secret of the authenticator app, which stays sealed.
    """

    account_id = models.UUIDField(primary_key=True)
    asked_at = models.DateTimeField()
    from_where = models.CharField(max_length=120, blank=True)
    kept_until = models.DateTimeField(null=True)
    rows = models.TextField(blank=True)
    sealed_secret = models.TextField(blank=True)
    phone_number = models.CharField(max_length=16, blank=True)

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["kept_until"], condition=~models.Q(kept_until=None), name="accounts_recovery_kept_until"
            )
        ]

    def __str__(self) -> str:
        return f"recovery of {self.account_id}"


class RecoverySettings(models.Model):
    """How many hours such a wait takes, 0 where there is none; without a row, 72, but none at the home tenant."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    wait_hours = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="accounts_recoverysettings_one")]

    def __str__(self) -> str:
        return "recovery settings"
