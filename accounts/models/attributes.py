"""What a tenant wants to know about customers beyond the built-in attributes."""

import uuid

from django.db import models
from django.db.models.functions import Now


class CustomAttribute(models.Model):
    """An attribute the tenant defined. `name` is its spelling in claims and files and never changes."""

    class DataType(models.TextChoices):
        STRING = "String", "String"
        BOOLEAN = "Boolean", "Boolean"
        INT = "Int", "Int"
        DATE = "Date", "Date"
        PHONE = "Phone", "Phone"
        COUNTRY = "Country", "Country"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=64)
    data_type = models.CharField(max_length=16, choices=DataType)
    description = models.CharField(max_length=256, blank=True)
    # Whether no two customers have the same value. As the type, it never changes.
    is_unique = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("name", name="accounts_customattribute_name")]

    def __str__(self) -> str:
        return self.name


class UniqueValue(models.Model):
    """Whose a value is that one customer has alone, in the form in which it is compared: until they are purged."""

    attribute = models.CharField(max_length=64)
    value = models.TextField()
    account_id = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attribute", "value"], name="accounts_uniquevalue_once"),
            models.UniqueConstraint(fields=["account_id", "attribute"], name="accounts_uniquevalue_of_account"),
        ]

    def __str__(self) -> str:
        return f"{self.attribute} of {self.account_id}"
