from django.db import models
from django.db.models.functions import Now


class AbstractEvent(models.Model):
    """One recorded fact in the past tense, such as `customer.signed_in`."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    action = models.CharField(max_length=64)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_name = models.CharField(max_length=320, blank=True)
    target_kind = models.CharField(max_length=32, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    target_name = models.CharField(max_length=320, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.action} {self.target_name}"


class Event(AbstractEvent):
    """An event in one tenant."""

    class Meta:
        indexes = [models.Index(fields=["-at"], name="audit_event_at")]
