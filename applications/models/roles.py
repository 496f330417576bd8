"""What somebody is to an application, and who is."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce

from accounts.models import Group


class AppRole(models.Model):
    """What somebody is to an application. `value` is its spelling in the claim `roles` and never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(
        "applications.Application", on_delete=models.CASCADE, db_index=False, related_name="roles"
    )
    value = models.CharField(max_length=120)
    display_name = models.CharField(max_length=120)
    description = models.CharField(max_length=500, blank=True)
    for_customers = models.BooleanField(default=True)
    for_services = models.BooleanField(default=False)
    is_enabled = models.BooleanField(default=True)

    class Meta:
        ordering = ["value"]
        constraints = [models.UniqueConstraint(fields=["application", "value"], name="applications_approle_value")]

    def __str__(self) -> str:
        return self.display_name


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    def named(self) -> Self:
        """With account and group at hand, by the name or address of either: `holder`."""
        holder = Coalesce("group__name", "account__email", models.Value(""), output_field=models.CharField())
        return self.select_related("account", "group").annotate(holder=holder).order_by("holder", "pk")


class RoleAssignment(models.Model):
    """A role somebody has: one customer, or everybody in a group. (Services get theirs as permissions.)

    The account's key isn't checked by the database: purging an account deletes its assignments before.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    role = models.ForeignKey(AppRole, on_delete=models.CASCADE, db_index=False, related_name="assignments")
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, db_constraint=False, related_name="+"
    )
    group = models.ForeignKey(Group, on_delete=models.CASCADE, null=True, related_name="+")

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(account__isnull=False, group__isnull=True)
                | models.Q(account__isnull=True, group__isnull=False),
                name="applications_roleassignment_one",
            ),
            models.UniqueConstraint(fields=["role", "account"], name="applications_roleassignment_account"),
            models.UniqueConstraint(fields=["role", "group"], name="applications_roleassignment_group"),
        ]

    def __str__(self) -> str:
        return str(self.account or self.group)
