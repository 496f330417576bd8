"""What is kept of a user flow that was deleted."""

from django.db import models

from common.restorable.models import Restorable


class DeletedUserFlow(Restorable):
    """A user flow that was deleted, with what it asked for, its history and its words."""

    # The flow's, which it has again when it is restored.
    id = models.UUIDField(primary_key=True)
