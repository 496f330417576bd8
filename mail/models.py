import uuid

from django.db import models
from django.db.models.functions import Now


class Message(models.Model):
    """One mail. The sealed body holds subject, text and HTML as JSON; it is emptied when the message has been sent."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting to be sent"
        SENT = "sent", "Sent"
        KEPT = "kept", "In the outbox"
        FAILED = "failed", "Not delivered"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    to = models.EmailField(max_length=254)
    kind = models.CharField(max_length=32)
    sealed_body = models.TextField(blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    attempts = models.SmallIntegerField(default=0)
    error = models.CharField(max_length=512, blank=True)
    created_at = models.DateTimeField(db_default=Now(), db_index=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"
