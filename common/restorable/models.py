"""What is kept of something that was deleted."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

RESTORABLE_FOR = timedelta(days=30)


class RestorableQuerySet(models.QuerySet[Any]):
    """What was deleted, the latest first."""

    def restorable(self) -> Self:
        """Those that can still be restored, by what is told of them."""
        return self.filter(deleted_at__gte=Now() - RESTORABLE_FOR).as_told()

    def as_told(self) -> Self:
        """The same without what was theirs, which may be much, or secret."""
        return self.defer(*self.model.KEPT)

    def hold(self, pk: Any) -> Any:
        """What is kept under this key, which nobody else restores or forgets until this transaction ends; None if there
        is nothing, or its time is over.
        """
        found = self.select_for_update().filter(pk=pk).first()
        return found if found and found.restorable_until >= timezone.now() else None

    def beyond(self, newest: int) -> Iterator[Any]:
        """Those that are older than so many, each held."""
        for pk in self.values_list("pk", flat=True)[newest:]:
            # One that somebody else restores or forgets at this moment makes room by itself.
            held = self.as_told().select_for_update(skip_locked=True).filter(pk=pk).first()
            if held:
                yield held

    def over(self) -> Self:
        """Those whose time to be restored is over."""
        return self.filter(deleted_at__lt=Now() - RESTORABLE_FOR)


class Restorable(models.Model):
    """Something that was deleted: its rows, and all that it is given again, until that is forgotten.

    It stands apart from those there are, so that nothing that reads them can take it for one. `rows` are `KeptRows`,
    its own first; `hooks` are those that named it beside others.
    """

    KEPT: ClassVar[tuple[str, ...]] = ("rows", "hooks")
    """The columns that aren't told."""

    name = models.CharField(max_length=255)
    rows = models.JSONField()
    hooks = ArrayField(models.UUIDField())
    deleted_at = models.DateTimeField(db_default=Now())

    objects = RestorableQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-deleted_at", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def restorable_until(self) -> datetime:
        """When it is forgotten."""
        return self.deleted_at + RESTORABLE_FOR

    @property
    def own_row(self) -> dict[str, Any]:
        """What was in its row, by the names of columns; a change of it is restored likewise."""
        own: dict[str, Any] = self.rows[0][1][0]
        return own
