"""Links that administrators had mailed to customers."""

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class MailLink(models.Model):
    """A link that an administrator had mailed to a customer: who opens it reads the mail of the account's address.

    Good once, until it expires, and only the last one mailed of its kind. The row has a digest of what stands in it;
    none while the mail waits to be written. It goes as soon as the account gets another address or is signed out.

    An invitation may bring a `message` in plain text, and lead to the application with this `client_id`.
    """

    class Kind(models.TextChoices):
        INVITATION = "invitation", "Invitation"
        PASSWORD = "password", "New password"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account_id = models.UUIDField()
    kind = models.CharField(max_length=16, choices=Kind)
    digest = models.CharField(max_length=64, blank=True, db_index=True)
    asked_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    by = models.CharField(max_length=320, blank=True)
    message = models.TextField(blank=True, default="", db_default="")
    client_id = models.CharField(max_length=100, blank=True, default="", db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "kind"], name="userflows_maillink_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id}"

    @property
    def is_good(self) -> bool:
        """Whether it still opens something."""
        return bool(self.digest) and self.expires_at > timezone.now()
