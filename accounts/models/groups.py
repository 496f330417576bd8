"""Groups of customers."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now

from accounts.models.accounts import Account

GROUP_RESTORABLE_FOR = timedelta(days=30)


class Group(models.Model):
    """Customers who belong together. Its name may stand in the claim `groups`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="accounts_group_name")]

    def __str__(self) -> str:
        return self.name


class DeletedGroupQuerySet(models.QuerySet["DeletedGroup"]):
    def restorable(self) -> Self:
        """Those that can still be restored, without who was in them."""
        return self.filter(deleted_at__gte=Now() - GROUP_RESTORABLE_FOR).without_members()

    def without_members(self) -> Self:
        """The same without who was in them, who may be a million."""
        return self.defer("members", "since")


class DeletedGroup(models.Model):
    """A group that was deleted: what it was, who was in it since when, and which roles it had, until that is forgotten.

    It stands apart from those there are, so that whoever reads groups can't take it for one, and its name is free.
    `members` and `since` are as long as each other; `roles` are IDs of roles of applications.
    """

    # The group's, which it has again when it is restored.
    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    members = ArrayField(models.UUIDField())
    since = ArrayField(models.DateTimeField())
    roles = ArrayField(models.UUIDField())
    deleted_at = models.DateTimeField(db_default=Now())

    objects = DeletedGroupQuerySet.as_manager()

    class Meta:
        ordering = ["-deleted_at", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def restorable_until(self) -> datetime:
        """When it is forgotten."""
        return self.deleted_at + GROUP_RESTORABLE_FOR


class GroupMember(models.Model):
    """An account in a group. Not checked by the database: purging an account deletes these rows before."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="members")
    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "group"], name="accounts_groupmember_once")]

    def __str__(self) -> str:
        return str(self.account)
