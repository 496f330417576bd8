from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from audit.models import Category


class LogSettings(models.Model):
    """For how many days events of this tenant are kept; null, or without a row: as long as the installation says."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    activity_days = models.PositiveSmallIntegerField(null=True)
    administration_days = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="logs_logsettings_one")]

    def __str__(self) -> str:
        return "log settings"


class LogCheck(models.Model):
    """The last check of this tenant's log by the worker, and whether another is asked for.

    `problem` is the sentence about what was wrong first, empty if all was right; `last_seal` is its number and hash.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    asked_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    verified_to = models.DateTimeField(null=True)
    entries = models.BigIntegerField(default=0)
    last_seal = models.CharField(max_length=96, blank=True)
    problem = models.CharField(max_length=512, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="logs_logcheck_one")]

    def __str__(self) -> str:
        return "log check"


class SealKind(models.TextChoices):
    """What a seal says: these events are there; these came late; these went, as their time was over; a key is new."""

    EVENTS = "events", "Events"
    LATE = "late", "Late events"
    PRUNED = "pruned", "Pruned"
    KEY = "key", "New key"


class Seal(models.Model):
    """One link of a tenant's chain, about events of one category; `logs.seals` tells how it is made and checked.

    All up to the signature is signed. `up_to` is the highest event ID that was looked at so far. Where events were
    pruned, `pruned_to` is the number of the last seal of the category whose events went; `event_ids` and `leaves` (32
    bytes an event) of those are emptied then. Only functions of the database's owner write here.
    """

    number = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=8, choices=SealKind)
    category = models.CharField(max_length=16, choices=Category, blank=True)
    up_to = models.BigIntegerField()
    pruned_to = models.BigIntegerField(default=0)
    count = models.IntegerField()
    newest_at = models.DateTimeField(null=True)
    root = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=64, blank=True)
    sealed_at = models.DateTimeField()
    key_id = models.CharField(max_length=64)
    signature = models.CharField(max_length=88)
    event_ids = ArrayField(models.BigIntegerField(), default=list)
    leaves = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["sealed_at"], name="logs_seal_sealed_at"),
            models.Index(fields=["category", "-number"], condition=Q(kind=SealKind.PRUNED), name="logs_seal_pruned"),
        ]

    def __str__(self) -> str:
        return f"seal {self.number}"
