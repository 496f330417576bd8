"""Groups of customers."""

import uuid

from django.db import models
from django.db.models.functions import Lower, Now

from accounts.models.accounts import Account


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


class GroupMember(models.Model):
    """An account in a group. Not checked by the database: purging an account deletes these rows before."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="members")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "group"], name="accounts_groupmember_once")]

    def __str__(self) -> str:
        return str(self.account)
