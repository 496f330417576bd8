"""How administrators like to read the customers' list: rows by the administrator's ID."""

import uuid

from django.db import models
from django.db.models.functions import Lower, Now


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
