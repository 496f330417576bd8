"""What is kept of an application that was deleted."""

from datetime import datetime, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from applications.models.application import Application

APPLICATION_RESTORABLE_FOR = timedelta(days=30)


class DeletedApplicationQuerySet(models.QuerySet["DeletedApplication"]):
    def restorable(self) -> Self:
        """Those that can still be restored, by what is told of them."""
        return self.filter(deleted_at__gte=Now() - APPLICATION_RESTORABLE_FOR).as_told()

    def as_told(self) -> Self:
        """The same without what was theirs: its secrets' digests, its picture, who may be a million."""
        return self.only("client_id", "name", "kind", "deleted_at")


class DeletedApplication(models.Model):
    """An application that was deleted: its rows, and all that it is given again, until that is forgotten.

    It stands apart from those there are, so that nothing that reads applications can take it for one. `rows` are
    `KeptRows`; `holders` are as long as each other: who had a role, an account or a group, and which; `hooks` are those
    that named it beside others.
    """

    # The application's, which it has again when it is restored.
    client_id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=16, choices=Application.Kind)
    rows = models.JSONField()
    holder_roles = ArrayField(models.UUIDField())
    holder_accounts = ArrayField(models.UUIDField(null=True))
    holder_groups = ArrayField(models.UUIDField(null=True))
    hooks = ArrayField(models.UUIDField())
    deleted_at = models.DateTimeField(db_default=Now())

    objects = DeletedApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["-deleted_at", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def restorable_until(self) -> datetime:
        """When it is forgotten."""
        return self.deleted_at + APPLICATION_RESTORABLE_FOR
