import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.text.translation import KeptSentence
from hooks.policies import USUAL_MILLISECONDS

MAX_NAME, MAX_URL, MAX_PROBLEM, MAX_HEADER = 64, 2048, 512, 64


class Hook(models.Model):
    """A server that is asked at a moment (`hooks.policies.MOMENTS`). `description` says what may be chosen about it.

    After `failures` in a row, since `failing_since`, it isn't asked until `rests_until`, for the `rests`th time in a
    row. `error` is what was wrong last, for administrators. While the secret is exchanged, the one before signs as
    well until `old_secret_until`.
    """

    class OnFailure(models.TextChoices):
        GO_ON = "continue", _("Go on without it")
        STOP = "stop", _("Stop")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=MAX_NAME)
    moment = models.CharField(max_length=32)
    url = models.CharField(max_length=MAX_URL)
    # To which passwords are encrypted, as PEM or a JSON Web Key; only where any are sent.
    public_key = models.TextField(blank=True, default="", db_default="")
    # A header that is sent beside the signatures, such as Authorization, and its value.
    header = models.CharField(max_length=MAX_HEADER, blank=True, default="", db_default="")
    sealed_header = models.TextField(blank=True, default="", db_default="")
    # IDs of user flows or client IDs, as the moment has it.
    serves = models.JSONField(default=list)
    timeout_ms = models.PositiveSmallIntegerField(default=USUAL_MILLISECONDS)
    on_failure = models.CharField(max_length=8, choices=OnFailure)
    is_on = models.BooleanField(default=True)
    sealed_secret = models.TextField()
    sealed_old_secret = models.TextField(blank=True)
    old_secret_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    rests = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True)
    error = models.CharField(max_length=MAX_PROBLEM, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint("name", name="hooks_hook_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def fault(self) -> KeptSentence:
        """What was wrong last, for who reads it."""
        return KeptSentence.read(self.error)


class Delivery(models.Model):
    """One request to a hook, whatever came of it: `judgement` is the action it answered with, "" if it was no good.

    `status` is that of HTTP, 0 for none; `took` in milliseconds, all tries together. `left_out` are values of a good
    answer that came to nothing, by their names, each with why as a `KeptSentence` is stored. The request is kept
    sealed, as it tells of a customer; one that holds a password or a code isn't kept at all.
    """

    class Kind(models.TextChoices):
        LIVE = "live", _("Asked")
        TEST = "test", _("Test")
        REPLAY = "replay", _("Replay")

    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, db_index=False, related_name="deliveries")
    kind = models.CharField(max_length=8, choices=Kind)
    message_id = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    request_id = models.UUIDField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    status = models.SmallIntegerField(default=0)
    took = models.IntegerField(default=0)
    judgement = models.CharField(max_length=64, blank=True)
    problem = models.CharField(max_length=MAX_PROBLEM, blank=True)
    left_out = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    sealed_request = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["hook", "-id"], name="hooks_delivery_newest")]

    def __str__(self) -> str:
        return self.message_id

    @property
    def fault(self) -> KeptSentence:
        """Why the answer was no good, for who reads it; nothing to say if it was."""
        return KeptSentence.read(self.problem)

    @property
    def omissions(self) -> list[tuple[str, KeptSentence]]:
        """Which values of the answer were left out, and why, for who reads it."""
        return [(name, KeptSentence.of(why)) for name, why in self.left_out]
