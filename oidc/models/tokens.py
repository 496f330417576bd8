from django.conf import settings
from django.db import models
from oauth2_provider.models import (
    AbstractAccessToken,
    AbstractGrant,
    AbstractIDToken,
    AbstractRefreshToken,
)

from applications.models import Application
from oidc import models as registration_models  # noqa: F401 - Django looks for models here


class Grant(AbstractGrant):
    """An authorization code: the digest in `code`, bound to client, redirect URI, PKCE challenge and sign-in.

    A redeemed code stays for a day, so that its replay is recognised and what was made from it can be found. The hot
    tables' foreign keys are not checked by the database: each check locks the client's row and counts as a statement at
    commit; deleting an account or an application deletes its grants in the same transaction.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    family = models.UUIDField()
    auth_time = models.DateTimeField()
    sid = models.CharField(max_length=64)
    amr = models.JSONField(default=list)
    # The thumbprint of the key that the client shall prove it holds (RFC 9449 section 10); "" if it named none.
    dpop_jkt = models.CharField(max_length=43, blank=True, default="")
    redeemed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["sid"], name="oidc_grant_sid")]


class AccessToken(AbstractAccessToken):
    """Demanded by the toolkit; access tokens are signed and not stored, so it has no table."""

    user = None
    application = None
    id_token = None
    source_refresh_token = None

    class Meta:
        managed = False


class RefreshToken(AbstractRefreshToken):
    """One row for each family, rotated in place: `token_checksum` is the digest of the only secret that is valid now.

    A refresh token is `<family>.<secret>`; any other secret of a family is a replay and revokes the row.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, db_constraint=False)
    access_token = None
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
        indexes = [models.Index(fields=["sid"], name="oidc_refreshtoken_sid")]


class IDToken(AbstractIDToken):
    """Demanded by the toolkit; ID tokens are signed and not stored, so it has no table."""

    user = None
    application = None

    class Meta:
        managed = False


class Denied(models.Model):
    """A token, or a family of tokens, that counts as revoked before it expires: `jti:<id>` or `family:<name>`."""

    key = models.CharField(max_length=80, primary_key=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
