from django.db import models
from django.db.models import Q

from logs.models import AbstractLogCheck, AbstractSeal, SealKind


class InstallationSeal(AbstractSeal):
    """A link of the installation's chain."""

    class Meta:
        db_table = "logs_installation_seal"
        indexes = [
            models.Index(fields=["sealed_at"], name="logs_installation_sealed_at"),
            models.Index(fields=["up_to", "number"], name="logs_installation_up_to"),
            models.Index(
                fields=["category", "-number"], condition=Q(kind=SealKind.PRUNED), name="logs_installation_pruned"
            ),
        ]


class InstallationLogCheck(AbstractLogCheck):
    """That of the installation's log."""

    class Meta:
        db_table = "logs_installation_check"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="logs_installation_check_one")]
