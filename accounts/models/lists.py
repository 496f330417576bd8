"""The list of customers: what it is searched by, and how administrators have set it up."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower, Now

from accounts.models.accounts import Account, Standing


class CustomerEntry(models.Model):
    """By what an account is found among a million: a narrow row beside it, written in the same statement.

    `keys` are hashes of each three characters in a row of `haystack`, of how its words begin, and of `facts` such as a
    country (`accounts.finding.policies`). One index answers for all of them together, and needs no extension; both
    texts are here to look again, so that no statement has to read the accounts' rows of all whom it finds.
    `updated_at` is the account's when the entry was made: housekeeping finds by it what another release has written.
    """

    account = models.OneToOneField(
        Account, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="entry"
    )
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    standing = models.CharField(max_length=8, choices=Standing, default=Standing.ACTIVE)
    haystack = models.TextField()
    facts = models.TextField()
    keys = ArrayField(models.IntegerField())

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-account"], name="accounts_entry_newest"),
            models.Index(
                fields=["standing", "-created_at", "-account"],
                condition=~models.Q(standing="active"),
                name="accounts_entry_standing",
            ),
            GinIndex(fields=["keys"], name="accounts_entry_keys"),
        ]

    def __str__(self) -> str:
        return f"entry of {self.account_id}"


class CustomerView(models.Model):
    """A saved view of the customers' list, for one administrator or for all who manage the tenant."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    administrator_id = models.UUIDField()
    is_shared = models.BooleanField(default=False)
    name = models.CharField(max_length=60)
    # What stands in the address of the list: filters, order and columns.
    query = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("administrator_id", Lower("name"), name="accounts_customerview_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ChosenColumns(models.Model):
    """Which columns an administrator wants to see in the customers' list of this tenant."""

    administrator_id = models.UUIDField(primary_key=True)
    columns = models.JSONField()

    def __str__(self) -> str:
        return f"columns of {self.administrator_id}"
