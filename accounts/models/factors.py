"""The rows of what an account proves itself by beside its password. Not checked by the database, as all that is kept
beside an account.
"""

import uuid
from typing import Self

from django.db import models
from django.db.models.functions import Now

ACCOUNT = "accounts.Account"


class AuthenticatorApp(models.Model):
    """What an account shares with an authenticator app. `last_step` is that of the last code used: it is spent."""

    account = models.OneToOneField(
        ACCOUNT, on_delete=models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="app"
    )
    sealed_secret = models.TextField()
    last_step = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"authenticator app of {self.account_id}"


class RecoveryCode(models.Model):
    """A recovery code that is still good, as a slow hash. Using it deletes the row."""

    account = models.ForeignKey(
        ACCOUNT, on_delete=models.DO_NOTHING, db_constraint=False, related_name="recovery_codes"
    )
    encoded = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"recovery code of {self.account_id}"


class PasskeyQuerySet(models.QuerySet["Passkey"]):
    def of_account(self, account_id: uuid.UUID) -> Self:
        """Those of an account, in the order in which they were made."""
        return self.filter(account_id=account_id).order_by("created_at", "pk")


class Passkey(models.Model):
    """The public half of a passkey (WebAuthn, section 4), and at which host it works.

    `credential_id` is base64url, `public_key` as the authenticator has written it (COSE, RFC 9052). Whether it may be
    backed up never changes; whether it is, may. `sign_count` rises only where an authenticator counts.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(ACCOUNT, on_delete=models.DO_NOTHING, db_constraint=False, related_name="passkeys")
    credential_id = models.CharField(max_length=1400)
    public_key = models.BinaryField()
    rp_id = models.CharField(max_length=253)
    name = models.CharField(max_length=60)
    sign_count = models.BigIntegerField(default=0)
    may_be_backed_up = models.BooleanField()
    is_backed_up = models.BooleanField()
    created_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True)

    objects = PasskeyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["credential_id"], name="accounts_passkey_credential")]

    def __str__(self) -> str:
        return self.name
