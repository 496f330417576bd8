"""What is kept of an application that was deleted."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from applications.models.application import Application
from common.restorable.models import Restorable


class DeletedApplication(Restorable):
    """An application that was deleted. The `holder_` columns are as long as each other: who had a role, an account or a
    group, and which; they may be a million.
    """

    KEPT = (*Restorable.KEPT, "holder_roles", "holder_accounts", "holder_groups")

    # The application's, which it has again when it is restored.
    client_id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=16, choices=Application.Kind)
    holder_roles = ArrayField(models.UUIDField())
    holder_accounts = ArrayField(models.UUIDField(null=True))
    holder_groups = ArrayField(models.UUIDField(null=True))
