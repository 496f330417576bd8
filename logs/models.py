import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from audit.models import Category
from common.text.translation import KeptSentence

MAX_ADDRESS = 2048
MAX_ANSWER = MAX_PROBLEM = 512


class LogSettings(models.Model):
    """For how many days events of this tenant are kept; null, or without a row: as long as the installation says."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    activity_days = models.PositiveSmallIntegerField(null=True)
    administration_days = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="logs_logsettings_one")]

    def __str__(self) -> str:
        return "log settings"


class AbstractLogCheck(models.Model):
    """The last check of a log by the worker, and whether another is asked for.

    `problem` is what was wrong first as a written sentence, empty if all was right; `last_seal` is its number and hash.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    asked_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    verified_to = models.DateTimeField(null=True)
    entries = models.BigIntegerField(default=0)
    last_seal = models.CharField(max_length=96, blank=True)
    problem = models.CharField(max_length=MAX_PROBLEM, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return "log check"

    @property
    def found_wrong(self) -> KeptSentence:
        """What was wrong first; nothing to say if all was right."""
        return KeptSentence.read(self.problem)


class LogCheck(AbstractLogCheck):
    """That of this tenant's log."""

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="logs_logcheck_one")]


class SealKind(models.TextChoices):
    """What a seal says: these events are there; these came late; these went, as their time was over; a key is new."""

    EVENTS = "events", "Events"
    LATE = "late", "Late events"
    PRUNED = "pruned", "Pruned"
    KEY = "key", "New key"


class AbstractSeal(models.Model):
    """One link of a log's chain, about events of one category; `logs.seals` tells how it is made and checked.

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
        abstract = True

    def __str__(self) -> str:
        return f"seal {self.number}"


class Seal(AbstractSeal):
    """A link of this tenant's chain."""

    class Meta:
        indexes = [
            models.Index(fields=["sealed_at"], name="logs_seal_sealed_at"),
            models.Index(fields=["up_to", "number"], name="logs_seal_up_to"),
            models.Index(fields=["category", "-number"], condition=Q(kind=SealKind.PRUNED), name="logs_seal_pruned"),
        ]


class Destination(models.Model):
    """Where the worker sends what happened in this tenant: a web-hook by its https address, or syslog by host:port.

    `cursor` is the number of the last seal whose events have arrived, `installation_cursor` the ID of the last event of
    the installation, at a destination of the home tenant. `failures` in a row, since `failing_since`, put
    the next try off to `next_try_at`. The worker that has it in hand holds it until `held_until`. While the secret of a
    web-hook is exchanged, the one before is good until `old_secret_until`.
    """

    class Kind(models.TextChoices):
        WEB_HOOK = "web-hook", _("Web-hook")
        SYSLOG = "syslog", _("Syslog")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, choices=Kind)
    address = models.CharField(max_length=MAX_ADDRESS)
    is_suspended = models.BooleanField(default=False)
    suspended_because = models.CharField(max_length=MAX_ANSWER, blank=True)
    cursor = models.BigIntegerField()
    installation_cursor = models.BigIntegerField(default=0)
    sealed_secret = models.TextField(blank=True)
    sealed_old_secret = models.TextField(blank=True)
    old_secret_until = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name

    @property
    def why_suspended(self) -> KeptSentence:
        """Why nothing is sent any longer, for who reads it; nothing to say if it didn't fail for too long."""
        return KeptSentence.read(self.suspended_because)


class Delivery(models.Model):
    """One call of a destination, and what came of it: `status` is that of HTTP, 0 for none; `took` in milliseconds."""

    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, db_index=False, related_name="deliveries")
    at = models.DateTimeField(db_default=Now())
    is_test = models.BooleanField(default=False)
    events = models.IntegerField()
    has_arrived = models.BooleanField()
    status = models.SmallIntegerField(default=0)
    answer = models.CharField(max_length=MAX_ANSWER, blank=True)
    took = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["destination", "-id"], name="logs_delivery_newest")]

    def __str__(self) -> str:
        return f"delivery {self.pk}"

    @property
    def said(self) -> KeptSentence:
        """What the other side said, or why nothing arrived, for who reads it."""
        return KeptSentence.read(self.answer)
