"""What an application offers to others, and what it may ask of them: scopes, roles, permissions, and its claims."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from accounts.models import Group


class ApiScope(models.Model):
    """Something that an API lets others do in a customer's name. `name` is its spelling on the wire and never changes.

    `translations` goes by language: `{"de": {"name": …, "description": …}}`, for what customers read.
    """

    class Consenter(models.TextChoices):
        ANYBODY = "anybody", "Customers and administrators"
        ADMINISTRATORS = "administrators", "Administrators only"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey("applications.Application", on_delete=models.CASCADE, related_name="api_scopes")
    name = models.CharField(max_length=120)
    display_name = models.CharField(max_length=120)
    description = models.CharField(max_length=500, blank=True)
    customer_display_name = models.CharField(max_length=120, blank=True)
    customer_description = models.CharField(max_length=500, blank=True)
    translations = models.JSONField(default=dict)
    consenter = models.CharField(max_length=16, choices=Consenter, default=Consenter.ANYBODY)
    is_enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["application", "name"], name="applications_apiscope_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def full_name(self) -> str:
        """As applications ask for it."""
        return f"{self.application.identifier_uri}/{self.name}"

    def words_in(self, language: str) -> tuple[str, str]:
        """Name and description for a customer who reads this language."""
        said: dict[str, Any] = self.translations.get(language) or self.translations.get(language.partition("-")[0], {})
        name = said.get("name") or self.customer_display_name or self.display_name
        return name, said.get("description") or self.customer_description


class AppRole(models.Model):
    """What somebody is to an application. `value` is its spelling in the claim `roles` and never changes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey("applications.Application", on_delete=models.CASCADE, related_name="roles")
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
        """With account and group at hand, groups first."""
        return self.select_related("account", "group").order_by("group__name", "account__email")


class RoleAssignment(models.Model):
    """A role somebody has: one customer, or everybody in a group. (Services get theirs as permissions.)

    The account's key isn't checked by the database: purging an account deletes its assignments before.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    role = models.ForeignKey(AppRole, on_delete=models.CASCADE, related_name="assignments")
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


class ScopePermission(models.Model):
    """A scope of an API that an application may ask for. With `granted_at` it is granted for every customer."""

    application = models.ForeignKey(
        "applications.Application", on_delete=models.CASCADE, related_name="scope_permissions"
    )
    scope = models.ForeignKey(ApiScope, on_delete=models.CASCADE, related_name="+")
    granted_at = models.DateTimeField(null=True)
    granted_by = models.CharField(max_length=254, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "scope"], name="applications_scopepermission_once")
        ]

    def __str__(self) -> str:
        return str(self.scope)


class RolePermission(models.Model):
    """A role of an API that an application has when it acts for itself, without a customer."""

    application = models.ForeignKey(
        "applications.Application", on_delete=models.CASCADE, related_name="role_permissions"
    )
    role = models.ForeignKey(AppRole, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "role"], name="applications_rolepermission_once")]

    def __str__(self) -> str:
        return str(self.role)


class ClaimRule(models.Model):
    """One claim an administrator chose for an application. It takes the place of a usual claim of the same name.

    `value` is the attribute's name or the constant. With no place ticked the claim isn't sent at all.
    """

    class Source(models.TextChoices):
        ATTRIBUTE = "attribute", "Attribute of the customer"
        ROLES = "roles", "Roles the customer has here"
        GROUPS = "groups", "Groups the customer is in"
        CONSTANT = "constant", "Always the same text"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey("applications.Application", on_delete=models.CASCADE, related_name="claim_rules")
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=16, choices=Source)
    value = models.CharField(max_length=250, blank=True)
    scope = models.CharField(max_length=120, blank=True)
    in_id_token = models.BooleanField(default=False)
    in_access_token = models.BooleanField(default=False)
    in_userinfo = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["application", "name"], name="applications_claimrule_name")]

    def __str__(self) -> str:
        return self.name
