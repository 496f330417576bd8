import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sms.policies import (
    FORM,
    GET,
    HTTP,
    JSON,
    MAX_BODY,
    MAX_HEADERS,
    MAX_URL,
    OUTBOX,
    USUAL_PER_COUNTRY,
    USUAL_PER_DAY,
    USUAL_PER_HOUR,
)

MAX_NUMBER = 16
"""Characters of a number in E.164: a plus and 15 digits."""


class TextMessage(models.Model):
    """One text message, and what became of it. The sealed text is emptied when it has been sent."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to be sent")
        SENT = "sent", _("Sent")
        KEPT = "kept", _("Kept here")
        FAILED = "failed", _("Not delivered")
        REFUSED = "refused", _("Not sent")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    to = models.CharField(max_length=MAX_NUMBER)
    country = models.CharField(max_length=2, blank=True)
    kind = models.CharField(max_length=32)
    sealed_text = models.TextField(blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    attempts = models.SmallIntegerField(default=0)
    error = models.CharField(max_length=512, blank=True)
    created_at = models.DateTimeField(db_default=Now(), db_index=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"

    def note_sent(self) -> None:
        """It has left, and nobody reads it here any more. Save it."""
        self.state, self.error, self.sent_at, self.sealed_text = self.State.SENT, "", timezone.now(), ""


class TextSettings(models.Model):
    """How the tenant sends text messages; without a row it sends none."""

    class Sender(models.TextChoices):
        OUTBOX = OUTBOX, _("Kept in the portal")
        HTTP = HTTP, _("An SMS provider, over HTTP")

    class Request(models.TextChoices):
        JSON = JSON, _("POST, JSON")
        FORM = FORM, _("POST, form")
        GET = GET, _("GET")

    id = models.SmallIntegerField(primary_key=True, default=1)
    sender = models.CharField(max_length=16, choices=Sender, blank=True)
    request = models.CharField(max_length=8, choices=Request, default=JSON)
    url = models.CharField(max_length=MAX_URL, blank=True)
    headers = models.CharField(max_length=MAX_HEADERS, blank=True)
    body = models.CharField(max_length=MAX_BODY, blank=True)
    sealed_secret = models.TextField(blank=True)
    # By the two letters of ISO 3166-1.
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    per_hour = models.PositiveIntegerField(default=USUAL_PER_HOUR)
    per_day = models.PositiveIntegerField(default=USUAL_PER_DAY)
    per_country = models.PositiveIntegerField(default=USUAL_PER_COUNTRY, db_default=USUAL_PER_COUNTRY)
    # Of countries with a number of their own, by their letters.
    country_limits = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="sms_textsettings_one")]

    def __str__(self) -> str:
        return self.sender
