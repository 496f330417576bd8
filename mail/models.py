import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.text.email_address import MAX_EMAIL
from common.text.translation import KeptSentence
from mail.policies import MAX_HOST, MAX_SENDER_NAME, MAX_USER, STARTTLS, TLS, UNENCRYPTED

MAX_PROBLEM = 512


class Message(models.Model):
    """One mail. The sealed body holds subject, text and HTML as JSON; it is emptied when the message has been sent."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting to be sent")
        SENT = "sent", _("Sent")
        KEPT = "kept", _("In the outbox")
        FAILED = "failed", _("Not delivered")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    to = models.EmailField(max_length=254)
    kind = models.CharField(max_length=32)
    sealed_body = models.TextField(blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    attempts = models.SmallIntegerField(default=0)
    error = models.CharField(max_length=MAX_PROBLEM, blank=True)
    created_at = models.DateTimeField(db_default=Now(), db_index=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"

    @property
    def problem(self) -> KeptSentence:
        """Why the last attempt to send it failed; nothing to say if it didn't."""
        return KeptSentence.read(self.error)

    def note_sent(self) -> None:
        """It has left, and nobody reads it here any more. Save it."""
        self.state, self.error, self.sent_at, self.sealed_body = self.State.SENT, "", timezone.now(), ""


class OwnServer(models.Model):
    """The mail server that a tenant has named for its mail; without a row, the installation's takes it.

    After `failures` in a row to reach it, the server isn't asked again until `rests_until`.
    """

    class Encryption(models.TextChoices):
        STARTTLS = STARTTLS, "STARTTLS"
        TLS = TLS, "TLS"
        UNENCRYPTED = UNENCRYPTED, pgettext_lazy("encryption", "None")

    id = models.SmallIntegerField(primary_key=True, default=1)
    host = models.CharField(max_length=MAX_HOST)
    port = models.PositiveIntegerField()
    encryption = models.CharField(max_length=16, choices=Encryption)
    user = models.CharField(max_length=MAX_USER, blank=True)
    sealed_password = models.TextField(blank=True)
    sender_address = models.CharField(max_length=MAX_EMAIL)
    sender_name = models.CharField(max_length=MAX_SENDER_NAME, blank=True)
    dkim_selector = models.CharField(max_length=63, blank=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)
    error = models.CharField(max_length=MAX_PROBLEM, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="mail_ownserver_one")]

    def __str__(self) -> str:
        return self.host

    @property
    def problem(self) -> KeptSentence:
        """Why it couldn't be reached last; nothing to say if it could."""
        return KeptSentence.read(self.error)
