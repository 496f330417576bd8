"""The client secrets of an application."""

import uuid
from typing import Self

from django.db import models
from django.db.models.functions import Now

from applications.models.application import Application


class ClientSecretQuerySet(models.QuerySet["ClientSecret"]):
    def usable(self) -> Self:
        """Those that have not expired."""
        return self.filter(expires_at__gt=Now())


class ClientSecret(models.Model):
    """A secret of a confidential application: a keyed digest, never the value. Several live side by side."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="secrets")
    description = models.CharField(max_length=128, blank=True)
    digest = models.CharField(max_length=64)
    hint = models.CharField(max_length=8)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    # The day (UTC) on which it last opened something; null if it never did.
    last_used_on = models.DateField(null=True, editable=False)

    objects = ClientSecretQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.description or f"{self.hint}…"
