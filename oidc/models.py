import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from oauth2_provider.models import (
    AbstractAccessToken,
    AbstractDeviceGrant,
    AbstractGrant,
    AbstractIDToken,
    AbstractRefreshToken,
)

from applications.models import Application
from oidc.policies import DEFAULT_ROTATION_DAYS, PUBLISHED_AFTER_SIGNING, RUN_KEPT_FOR
from oidc.registration import models as registration_models  # noqa: F401 - Django looks for models here


class Grant(AbstractGrant):
    """An authorization code: the digest in `code`, bound to client, redirect URI, PKCE challenge and sign-in.

    A redeemed code stays for a day, so that its replay is recognised and what was made from it can be found. The hot
    tables' foreign keys are not checked by the database: each check locks the client's row and counts as a statement at
    commit; deleting an account or an application deletes its grants in the same transaction.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, db_constraint=False)
    family = models.UUIDField()
    auth_time = models.DateTimeField()
    sid = models.CharField(max_length=64)
    amr = models.JSONField(default=list)
    # The thumbprint of the key that the client shall prove it holds (RFC 9449 section 10); "" if it named none.
    dpop_jkt = models.CharField(max_length=43, blank=True, default="")
    redeemed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["expires"], name="oidc_grant_expires"),
            models.Index(fields=["sid"], name="oidc_grant_sid"),
        ]


class AccessToken(AbstractAccessToken):
    """Demanded by the toolkit; access tokens are signed and not stored, so no row is ever written."""

    class Meta:
        pass


class RefreshToken(AbstractRefreshToken):
    """One row for each family, rotated in place: `token_checksum` is the digest of the only secret that is valid now.

    A refresh token is `<family>.<secret>`; any other secret of a family is a replay and revokes the row.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, db_constraint=False)
    token_family = models.UUIDField(unique=True, editable=False)
    scope = models.TextField()
    auth_time = models.DateTimeField()
    sid = models.CharField(max_length=64)
    amr = models.JSONField(default=list)
    # The thumbprint of the key it is bound to (RFC 9449 section 5); "" if it is bound to the client alone.
    dpop_jkt = models.CharField(max_length=43, blank=True, default="")
    claims = models.TextField(blank=True, db_default="")
    idle_expires_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["expires_at"], name="oidc_refreshtoken_expires"),
            models.Index(fields=["sid"], name="oidc_refreshtoken_sid"),
        ]


class IDToken(AbstractIDToken):
    """Demanded by the toolkit; ID tokens are signed and not stored."""

    class Meta:
        pass


class DeviceGrantQuerySet(models.QuerySet["DeviceGrant"]):
    def waiting(self, *, now: datetime) -> Self:
        """Those about which somebody may still decide."""
        return self.filter(status=DeviceGrant.AUTHORIZATION_PENDING, expires__gt=now)


class DeviceGrant(AbstractDeviceGrant):
    """A device that waits for a customer's decision (RFC 8628), with the digest of its code in `device_code`.

    Once a customer has said yes, an authorization code stands for it, which knows everything else. `last_checked` is
    when it asked last, `is_early` whether that was before its `interval`, in seconds, had passed.
    """

    user = None
    client_id = None
    application = models.ForeignKey(Application, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    # The identifiers of the APIs that its tokens shall be for.
    apis = models.JSONField(default=list)
    last_checked = models.DateTimeField(null=True)
    is_early = models.BooleanField(default=False)

    objects = DeviceGrantQuerySet.as_manager()

    class Meta(AbstractDeviceGrant.Meta):
        constraints = [
            *AbstractDeviceGrant.Meta.constraints,
            models.UniqueConstraint(fields=["user_code"], name="oidc_devicegrant_user_code"),
        ]
        indexes = [models.Index(fields=["expires"], name="oidc_devicegrant_expires")]


class SigningKeyQuerySet(models.QuerySet["SigningKey"]):
    def next(self) -> Self:
        """Those published ahead of time, which sign nothing yet."""
        return self.filter(state=SigningKey.State.NEXT)

    def active(self) -> Self:
        """Those that sign, one for each algorithm."""
        return self.filter(state=SigningKey.State.ACTIVE)

    def gone(self, *, now: datetime) -> Self:
        """Those by which nothing was signed that could still be good."""
        return self.filter(state=SigningKey.State.RETIRING, since__lte=now - PUBLISHED_AFTER_SIGNING)


class SigningKey(models.Model):
    """A key of the tenant's issuer. The private part is encrypted under a key from outside the database.

    Every row is published. `since` says since when the key is in its state: published, signing, or no longer signing.
    """

    class State(models.TextChoices):
        NEXT = "next", "Next"
        ACTIVE = "active", "Active"
        RETIRING = "retiring", "Retiring"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kid = models.CharField(max_length=64)
    algorithm = models.CharField(max_length=8)
    state = models.CharField(max_length=16, choices=State)
    since = models.DateTimeField(db_default=Now())
    public_jwk = models.JSONField()
    sealed_private_key = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    objects = SigningKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kid"], name="oidc_signingkey_kid"),
            models.UniqueConstraint(
                fields=["algorithm"], condition=models.Q(state="active"), name="oidc_signingkey_one_active"
            ),
            models.UniqueConstraint(
                fields=["algorithm"], condition=models.Q(state="next"), name="oidc_signingkey_one_next"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.algorithm} {self.kid}"


class RotationSchedule(models.Model):
    """How often the signing keys rotate, in days; None: only by hand. One row, or none while it is the usual one."""

    ONLY_ROW = 1

    id = models.SmallIntegerField(primary_key=True, default=ONLY_ROW)
    every_days = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="oidc_rotationschedule_one_row")]

    def __str__(self) -> str:
        return f"every {self.every_days} days" if self.every_days else "off"

    @classmethod
    def days(cls) -> int | None:
        """How often the keys of the tenant being served rotate."""
        schedule = cls.objects.first()
        return schedule.every_days if schedule else DEFAULT_ROTATION_DAYS


class Denied(models.Model):
    """A token, or a family of tokens, that counts as revoked before it expires: `jti:<id>` or `family:<name>`."""

    key = models.CharField(max_length=80, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class SignOutNotification(models.Model):
    """An application is told that a session has ended: once, or again until it has understood. Holds no token.

    Without a `sid` all sessions of the account have ended.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DELIVERED = "delivered", "Delivered"
        REFUSED = "refused", "Refused"
        FAILED = "failed", "Not delivered"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    account_id = models.UUIDField()
    sid = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    attempts = models.SmallIntegerField(default=0)
    problem = models.CharField(max_length=256, blank=True)
    created_at = models.DateTimeField(db_default=Now(), db_index=True)
    tried_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.sid or self.account_id}"


class Consent(models.Model):
    """What a customer allows an application, beyond what an administrator has granted for all of them.

    `scopes` holds standard scopes by their names and scopes of APIs by their keys, which outlive a change of name. The
    keys of account and application are not checked by the database, as with `Grant`.
    """

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    application = models.ForeignKey(Application, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    scopes = models.JSONField(default=list)
    given_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "application"], name="oidc_consent_once")]

    def __str__(self) -> str:
        return f"{self.account_id} to {self.application_id}"


class PushedRequest(models.Model):
    """An authorization request that a client has sent ahead (RFC 9126), under a digest of its reference.

    `journey_id` is set when it is used, and names the journey that may come of it. The client's key is not checked by
    the database, as with `Grant`.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    parameters = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)
    journey_id = models.UUIDField(null=True)

    def __str__(self) -> str:
        return self.digest


class UsedAssertion(models.Model):
    """A client's assertion that was accepted: the digest of client and `jti`, kept while it could come again."""

    key = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class FlowRunQuerySet(models.QuerySet["FlowRun"]):
    def open(self) -> Self:
        """Those that may still be answered."""
        return self.filter(answered_at=None, expires_at__gt=Now())

    def kept(self) -> Self:
        """Those that may still be looked at."""
        return self.filter(expires_at__gte=Now() - RUN_KEPT_FOR)

    def over(self) -> Self:
        """Those whose time to be looked at has passed."""
        return self.filter(expires_at__lt=Now() - RUN_KEPT_FOR)

    def of(self, *, administrator_id: uuid.UUID, session_digest: str) -> Self:
        """Those that this administrator began in this browser."""
        return self.filter(administrator_id=administrator_id, session_digest=session_digest)


class FlowRun(models.Model):
    """A user flow run by an administrator for an application: the request they sent off, and what came back.

    It belongs to one administrator in one browser: their account, and a digest of the name of their session. While it
    is open, the issuer answers the very request with this digest at an address of the portal, and no other request.
    `sealed` holds the request with its PKCE verifier, later what came of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    administrator_id = models.UUIDField()
    session_digest = models.CharField(max_length=64)
    state_digest = models.CharField(max_length=64, unique=True)
    request_digest = models.CharField(max_length=64)
    sealed = models.TextField()
    begun_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(db_index=True)
    answered_at = models.DateTimeField(null=True)

    objects = FlowRunQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.id)
