"""Values that are published: each is kept under a number, the newest is in force, and one may wait for its time."""

import uuid
from datetime import timedelta
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

KEPT_NEWEST = 50
KEPT_FOR = timedelta(days=365)
OVERDUE_AFTER = timedelta(minutes=5)
"""So late a worker may be."""


class PublishedValue(models.Model):
    """A value as it was published, by whom and when; one without a number isn't yet, or waits until it is due.

    `changes` name what differs from the one before, `restores` is the number of the one that it is again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(null=True)
    content = models.JSONField()
    changes = ArrayField(models.CharField(max_length=64), default=list)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_name = models.CharField(max_length=320, blank=True)
    due_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    restores = models.PositiveIntegerField(null=True)

    class Meta:
        abstract = True
        ordering = ["-number"]

    @property
    def number_of_changes(self) -> int:
        return len(self.changes)

    @property
    def is_overdue(self) -> bool:
        """Whether it should be published by now, and isn't."""
        return self.number is None and self.due_at is not None and self.due_at < timezone.now() - OVERDUE_AFTER

    def follow(self, newest: Self | None) -> None:
        """Let it be the one that comes next, from now on."""
        self.number = (newest.number or 0) + 1 if newest else 1
        self.published_at = timezone.now()


def overdue(versions: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Of these those that should be published by now, and aren't: no worker came, or something is in the way."""
    return versions.filter(number=None, due_at__lt=timezone.now() - OVERDUE_AFTER).defer("content")


def no_longer_kept(versions: models.QuerySet[Any], *, of: str) -> models.QuerySet[Any]:
    """Of these published ones those that are neither among the newest nor of the last year; `of` is the column that
    says whose they are.
    """
    by_age = Window(RowNumber(), partition_by=F(of), order_by=F("number").desc())
    # By itself: what else a filter says beside a window is done first, and the place were one among the old alone.
    beyond = versions.annotate(place=by_age).filter(place__gt=KEPT_NEWEST).values("pk")
    return versions.filter(pk__in=beyond, published_at__lt=timezone.now() - KEPT_FOR)
