import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from applications.models import Application


class SignOutNotification(models.Model):
    """An application is told that a session has ended: once, or again until it has understood. Holds no token.

    Without a `sid` all sessions of the account have ended.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Not delivered")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    account_id = models.UUIDField()
    sid = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    attempts = models.SmallIntegerField(default=0)
    problem = models.CharField(max_length=256, blank=True)
    created_at = models.DateTimeField(db_default=Now(), db_index=True)
    tried_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.sid or self.account_id}"
