import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from oidc.lifetimes import DEFAULT_ROTATION_DAYS, PUBLISHED_AFTER_SIGNING


class SigningKeyQuerySet(models.QuerySet["SigningKey"]):
    def next(self) -> Self:
        """Those published ahead of time, which sign nothing yet."""
        return self.filter(state=SigningKey.State.NEXT)

    def active(self) -> Self:
        """Those that sign, one for each algorithm."""
        return self.filter(state=SigningKey.State.ACTIVE)

    def gone(self, *, now: datetime) -> Self:
        """Those by which nothing was signed that could still be good."""
        return self.filter(state=SigningKey.State.RETIRING, since__lte=now - PUBLISHED_AFTER_SIGNING)


class SigningKey(models.Model):
    """A key of the tenant's issuer. The private part is encrypted under a key from outside the database.

    Every row is published. `since` says since when the key is in its state: published, signing, or no longer signing.
    """

    class State(models.TextChoices):
        NEXT = "next", _("Next")
        ACTIVE = "active", _("Active")
        RETIRING = "retiring", _("Retiring")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kid = models.CharField(max_length=64)
    algorithm = models.CharField(max_length=8)
    state = models.CharField(max_length=16, choices=State)
    since = models.DateTimeField(db_default=Now())
    public_jwk = models.JSONField()
    sealed_private_key = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    objects = SigningKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kid"], name="oidc_signingkey_kid"),
            models.UniqueConstraint(
                fields=["algorithm"], condition=models.Q(state="active"), name="oidc_signingkey_one_active"
            ),
            models.UniqueConstraint(
                fields=["algorithm"], condition=models.Q(state="next"), name="oidc_signingkey_one_next"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.algorithm} {self.kid}"


# Clients that know no key IDs take the first key that fits: the one that signs.
PUBLISHED_IN_ORDER = [SigningKey.State.ACTIVE, SigningKey.State.NEXT, SigningKey.State.RETIRING]


class RotationSchedule(models.Model):
    """How often the signing keys rotate, in days; None: only by hand. One row, or none while it is the usual one."""

    ONLY_ROW = 1

    id = models.SmallIntegerField(primary_key=True, default=ONLY_ROW)
    every_days = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="oidc_rotationschedule_one_row")]

    def __str__(self) -> str:
        return f"every {self.every_days} days" if self.every_days else "off"

    @classmethod
    def days(cls) -> int | None:
        """How often the keys of the tenant being served rotate."""
        schedule = cls.objects.first()
        return schedule.every_days if schedule else DEFAULT_ROTATION_DAYS


class SubjectKey(models.Model):
    """The secret by which the tenant makes IDs of customers for sectors of applications. One row, once it is needed.

    With another one, no such application would recognise a customer: it is never replaced, only sealed anew.
    """

    ONLY_ROW = 1

    id = models.SmallIntegerField(primary_key=True, default=ONLY_ROW)
    sealed = models.TextField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="oidc_subjectkey_one_row")]

    def __str__(self) -> str:
        return "subject key"
