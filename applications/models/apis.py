"""What an application offers to others as an API."""

import uuid
from collections.abc import Sequence

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from common.text.words import said_in


class ApiScope(models.Model):
    """Something that an API lets others do in a customer's name. `name` is its spelling on the wire and never changes.

    `translations` (`common.text.words`) has the texts `name` and `description`, for what customers read.
    """

    class Consenter(models.TextChoices):
        ANYBODY = "anybody", _("Customers and administrators")
        ADMINISTRATORS = "administrators", _("Administrators only")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(
        "applications.Application", on_delete=models.CASCADE, db_index=False, related_name="api_scopes"
    )
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

    def words_in(self, languages: Sequence[str]) -> tuple[str, str]:
        """Name and description for a customer who reads these languages, each in the first of them that says it."""
        name = said_in(self.translations, languages, "name") or self.customer_display_name or self.display_name
        return name, said_in(self.translations, languages, "description") or self.customer_description
