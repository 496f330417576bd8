"""Which claims an application is told."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClaimRule(models.Model):
    """One claim an administrator chose for an application. It takes the place of a usual claim of the same name.

    `value` is the attribute's name or the constant. With no place ticked the claim isn't sent at all.
    """

    class Source(models.TextChoices):
        ATTRIBUTE = "attribute", _("Attribute of the customer")
        ROLES = "roles", _("Roles the customer has here")
        GROUPS = "groups", _("Groups the customer is in")
        CONSTANT = "constant", _("Always the same text")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(
        "applications.Application", on_delete=models.CASCADE, db_index=False, related_name="claim_rules"
    )
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
