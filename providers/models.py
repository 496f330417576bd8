import secrets
import uuid
from typing import Self
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.db.models.functions import Now

from accounts.models import Account
from common.text.translation import KeptSentence

ID_BYTES = 6
MAX_SUBJECT = 255
MAX_ERROR = 512


def new_provider_id() -> str:
    """Twelve characters that stand in a provider's redirect URI for good, and name it in the log."""
    return secrets.token_hex(ID_BYTES)


class IdentityProvider(models.Model):
    """Somewhere else where customers of this tenant may have accounts. `description` says what each means.

    `failing_since` is when it began to give customers no good answer, `error` what was wrong last, be it in a test, for
    administrators.
    """

    class Kind(models.TextChoices):
        GOOGLE = "google", "Google"
        MICROSOFT = "microsoft", "Microsoft"
        APPLE = "apple", "Apple"
        FACEBOOK = "facebook", "Facebook"
        GITHUB = "github", "GitHub"
        OIDC = "oidc", "OpenID Connect"
        SAML = "saml", "SAML 2.0"

    class Authentication(models.TextChoices):
        SECRET = "client_secret", "Client secret"
        KEY = "private_key_jwt", "Key pair"

    class Trust(models.TextChoices):
        NONE = "none", "None"
        DOMAINS = "domains", "These domains"
        ALL = "all", "All"

    id = models.CharField(primary_key=True, max_length=12, default=new_provider_id, editable=False)
    kind = models.CharField(max_length=16, choices=Kind)
    name = models.CharField(max_length=64)
    issuer = models.CharField(max_length=512)
    client_id = models.CharField(max_length=256)
    team_id = models.CharField(max_length=16, blank=True, default="", db_default="")
    key_id = models.CharField(max_length=16, blank=True, default="", db_default="")
    metadata_url = models.CharField(max_length=2048, blank=True, default="", db_default="")
    metadata = models.TextField(blank=True, default="", db_default="")
    subject_attribute = models.CharField(max_length=200, blank=True, default="", db_default="")
    signs_requests = models.BooleanField(default=False, db_default=False)
    authentication = models.CharField(max_length=16, choices=Authentication)
    sealed_secret = models.TextField(blank=True)
    sealed_private_key = models.TextField(blank=True)
    # The public half of the key, as it is published.
    public_jwk = models.JSONField(default=dict)
    scopes = models.JSONField(default=list)
    # The provider's claims by the names of attributes.
    claims = models.JSONField(default=dict)
    trust = models.CharField(max_length=16, choices=Trust)
    trusted_domains = models.JSONField(default=list)
    is_on = models.BooleanField(default=True)
    failing_since = models.DateTimeField(null=True)
    error = models.CharField(max_length=MAX_ERROR, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint("name", name="providers_identityprovider_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def problem(self) -> KeptSentence:
        """What was wrong last; nothing to say if it works."""
        return KeptSentence.read(self.error)


class LinkedIdentityQuerySet(models.QuerySet["LinkedIdentity"]):
    def of_account(self, account_id: UUID) -> Self:
        """Those by which an account may be signed in, in the order in which they were linked."""
        return self.filter(account_id=account_id).select_related("provider").order_by("linked_at", "pk")

    def at(self, provider: IdentityProvider) -> Self:
        """Those at this provider."""
        return self.filter(provider_id=provider.pk)

    def only_ways_in(self, provider: IdentityProvider) -> Self:
        """Those at this provider whose account has neither a password nor an identity at another."""
        elsewhere = LinkedIdentity.objects.exclude(provider_id=provider.pk).values("account_id")
        has_no_password = models.Q(account__password__startswith=UNUSABLE_PASSWORD_PREFIX)
        return self.at(provider).filter(has_no_password).exclude(account_id__in=elsewhere)


class LinkedIdentity(models.Model):
    """Who a customer is at a provider, by the only two things that never mean somebody else: issuer and subject.

    `email` is what the provider told when it was linked, for people to recognise it by; nothing goes by it. The account
    isn't checked by the database: purging one deletes these rows before.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(IdentityProvider, on_delete=models.CASCADE, db_index=False, related_name="identities")
    issuer = models.CharField(max_length=512)
    subject = models.CharField(max_length=MAX_SUBJECT)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    email = models.CharField(max_length=254, blank=True)
    linked_at = models.DateTimeField(db_default=Now())

    objects = LinkedIdentityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "issuer", "subject"], name="providers_linkedidentity_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.email or self.subject}"
