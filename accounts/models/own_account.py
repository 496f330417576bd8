"""What customers ask for about their own accounts, and what the tenant lets them: rows beside the account.

Each tells whose it is by the account's ID, as sessions do; who removes an account deletes them before.
"""

import uuid
from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models.functions import Now

UNDO_FOR = timedelta(days=14)
"""How long after a change of address its old address may take it back, and nobody else may have it."""

USUAL_GRACE_DAYS, MOST_GRACE_DAYS = 14, 30


class AddressChangeQuerySet(models.QuerySet["AddressChange"]):
    def asked(self) -> Self:
        """Those that wait for somebody to show that they read the mail of the new address."""
        return self.filter(done_at=None, expires_at__gt=Now())

    def revocable(self) -> Self:
        """Those that were made and may still be undone."""
        return self.filter(done_at__isnull=False, expires_at__gt=Now()).exclude(canonical_before="")

    def alive(self) -> Self:
        """Both."""
        return self.asked() | self.revocable()

    def keeping(self, canonical_email: str) -> Self:
        """Those that keep this address for whoever had it."""
        return self.revocable().filter(canonical_before=canonical_email)

    def over(self) -> Self:
        """Those of which nothing is left to be done."""
        return self.filter(expires_at__lte=Now())


class AddressChange(models.Model):
    """A change of address that a customer has asked for (`done_at` is null), or has made.

    `expires_at` is until when it may be made, and from then on until when the old address may take it back by a link,
    of which the row has a digest. So long nobody else may have the old address. One that nobody had ever proved keeps
    and takes back nothing: then `canonical_before` is empty.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account_id = models.UUIDField()
    before = models.CharField(max_length=254)
    canonical_before = models.CharField(max_length=254)
    after = models.CharField(max_length=254)
    # What the mails speak, and from where it was asked for, told so that their reader can judge whether it was them.
    language = models.CharField(max_length=16, blank=True)
    from_where = models.CharField(max_length=120, blank=True)
    asked_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True, db_index=True)

    objects = AddressChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id"], condition=models.Q(done_at=None), name="accounts_addresschange_one_asked"
            ),
        ]
        indexes = [
            models.Index(fields=["canonical_before"], name="accounts_change_before"),
            models.Index(fields=["account_id"], name="accounts_change_account"),
        ]

    def __str__(self) -> str:
        return f"change of address of {self.account_id}"


class DataExport(models.Model):
    """A copy of all that is kept about an account, made for its owner. Without `content` it is still being gathered."""

    account_id = models.UUIDField(primary_key=True)
    asked_at = models.DateTimeField(db_default=Now())
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    # The copy as JSON text, in the order in which it is read.
    content = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"export of {self.account_id}"


class DeletionSettings(models.Model):
    """How long customers may change their mind about the deletion of their account; without a row, 14 days."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    grace_days = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="accounts_deletionsettings_one")]

    def __str__(self) -> str:
        return "deletion settings"
