from typing import Self

from django.db import models
from django.db.models.functions import Upper
from django.db.models.lookups import In
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication

from applications.description import TokenSettings
from applications.policies.credentials import KEY_METHODS, SECRET_METHODS
from applications.policies.grants import SIGN_IN_GRANTS, TOKEN_EXCHANGE
from applications.policies.tokens import NAMES
from userflows.models import UserFlow

# Not `__in`: PostgreSQL writes that out in another way once it has been read back, in tenants founded by copying.
_WITH_KEYS = models.Q(auth_method="private_key_jwt") | models.Q(auth_method="self_signed_tls_client_auth")
# So many characters of a client ID tell applications of one name apart.
_TELLING = 8


class ApplicationQuerySet(models.QuerySet["Application"]):
    def told_apart(self) -> Self:
        """Each with `shares_name`: whether another application of the tenant is called so, in whatever case."""
        # Not by asking anew for each row: without an index long lists would take the square of their length.
        counted = Application.objects.order_by().values(called=Upper("name")).annotate(count=models.Count("pk"))
        shared = counted.filter(count__gt=1).values("called")
        return self.annotate(shares_name=In(Upper("name"), shared.query))


class Application(AbstractApplication):
    """An app or service that customers sign in to: a client of the issuer.

    This is its row. All that may be chosen about it, its other tables included, is one value: the
    `ApplicationDescription` of `applications.description`.

    The toolkit's own columns for one secret and one grant type stay unused: secrets are rows of `ClientSecret`, and
    `grants` has all grant types.
    """

    class Kind(models.TextChoices):
        WEB = "web", _("Web application")
        SPA = "spa", _("Single-page application")
        NATIVE = "native", _("Mobile or desktop application")
        SERVICE = "service", _("Service")

    class AuthMethod(models.TextChoices):
        """RFC 7591 section 2, token_endpoint_auth_method."""

        BASIC = "client_secret_basic", _("Client secret in the header (client_secret_basic)")
        POST = "client_secret_post", _("Client secret in the body (client_secret_post)")
        KEY_PAIR = "private_key_jwt", _("Key pair (private_key_jwt)")
        TLS = "tls_client_auth", _("Certificate of an authority (tls_client_auth)")
        SELF_SIGNED_TLS = "self_signed_tls_client_auth", _("Certificate of its own (self_signed_tls_client_auth)")
        NONE = "none", _("None (public client)")

    # The toolkit's column, without its index: our secrets are rows of their own.
    client_secret = models.CharField(max_length=1, blank=True, default="", editable=False)
    kind = models.CharField(max_length=16, choices=Kind)
    # What it is written with, a key of `policies.frameworks`; "" if nobody said.
    framework = models.CharField(max_length=32, blank=True, default="", db_default="")
    auth_method = models.CharField(max_length=32, choices=AuthMethod)
    # Null for a service: nobody signs in to it.
    user_flow = models.ForeignKey(
        UserFlow, on_delete=models.PROTECT, null=True, db_index=False, related_name="applications"
    )
    # Where its public keys are: pasted in, or at an address of its own. For a key pair or a certificate of its own one
    # of the two, for any other if something is encrypted to it.
    jwks = models.TextField(blank=True, default="")
    jwks_uri = models.CharField(max_length=2048, blank=True, default="")
    # What makes a certificate its own: which part of it, and what stands there (RFC 8705 section 2.1.2).
    certificate_field = models.CharField(max_length=16, blank=True, default="", db_default="")
    certificate_subject = models.CharField(max_length=1024, blank=True, default="", db_default="")
    requires_pkce = models.BooleanField(default=True)
    # RFC 9126 section 6: authorization requests count only if the application has sent them ahead itself.
    requires_pushed_requests = models.BooleanField(default=False)
    # RFC 9101 section 10.5: they count only if it has signed them.
    requires_signed_requests = models.BooleanField(default=False, db_default=False)
    # Whether it is held to the FAPI 2.0 Security Profile (`policies.fapi`).
    follows_fapi = models.BooleanField(default=False, db_default=False)
    # Who is asked for a second factor besides those whom the user flow asks, and which count (`FlowRules.asking`).
    second_factor = models.CharField(max_length=16, blank=True, default="", db_default="")
    factors = models.CharField(max_length=64, blank=True, default="", db_default="")
    # By which IDs it knows customers, and for which sector those are made (`policies.subjects`).
    subject_type = models.CharField(max_length=8, default="public", db_default="public")
    sector_identifier_uri = models.CharField(max_length=2048, blank=True, default="", db_default="")
    # The wire names of the grants it may use, and no others; `policies.grants.POSSIBLE_GRANTS` says which it may have.
    grants = models.TextField()
    scopes = models.TextField(blank=True)
    # Where the application hears that a session of its customers has ended (OpenID Connect Back-Channel Logout 1.0
    # section 2.2, Front-Channel Logout 1.0 section 2).
    backchannel_logout_uri = models.CharField(max_length=256, blank=True, default="")
    backchannel_logout_session_required = models.BooleanField(default=True)
    frontchannel_logout_uri = models.CharField(max_length=256, blank=True, default="")
    frontchannel_logout_session_required = models.BooleanField(default=True)
    # What the application is called as an API: the audience of access tokens for it. "" if it is none.
    identifier_uri = models.CharField(max_length=200, blank=True, default="")
    # Whether customers are asked before the application gets what nobody granted for all of them.
    asks_for_consent = models.BooleanField(default=False)
    standard_scopes_granted_at = models.DateTimeField(null=True)
    standard_scopes_granted_by = models.CharField(max_length=254, blank=True, default="")
    # What customers are told of it, and where it begins a sign-in itself; see `applications.policies.appearance`.
    client_uri = models.CharField(max_length=256, blank=True, default="")
    policy_uri = models.CharField(max_length=256, blank=True, default="")
    tos_uri = models.CharField(max_length=256, blank=True, default="")
    initiate_login_uri = models.CharField(max_length=256, blank=True, default="")
    # Where its logo was fetched from; "" for one that was uploaded.
    logo_uri = models.CharField(max_length=2048, blank=True, default="")
    # Whether it registered itself (RFC 7591) rather than by an administrator.
    registered_dynamically = models.BooleanField(default=False)
    # The day (UTC) on which it last proved who it is, or got tokens if it can't; null if it never did.
    last_used_on = models.DateField(null=True, editable=False)
    # When it was last restored, if it has been deleted: access tokens from before are refused.
    tokens_count_from = models.DateTimeField(null=True, editable=False)

    # Whether it gets only tokens that are bound to a key it proves to hold (RFC 9449).
    requires_dpop = models.BooleanField(default=False)
    # Whether it gets only tokens that are bound to the certificate it shows (RFC 8705 section 3).
    binds_to_certificate = models.BooleanField(default=False, db_default=False)
    # Whether its ID tokens tell about the customer what userinfo tells.
    id_token_tells_customer = models.BooleanField(default=False)
    # See `applications.policies.tokens`, which also has the bounds.
    access_token_minutes = models.PositiveSmallIntegerField(default=TokenSettings.access_token_minutes)
    id_token_minutes = models.PositiveSmallIntegerField(default=TokenSettings.id_token_minutes)
    refresh_idle_days = models.PositiveSmallIntegerField(default=TokenSettings.refresh_idle_days)
    refresh_absolute_days = models.PositiveSmallIntegerField(default=TokenSettings.refresh_absolute_days)
    refresh_grace_seconds = models.PositiveSmallIntegerField(default=TokenSettings.refresh_grace_seconds)
    id_token_algorithm = models.CharField(max_length=8, default=TokenSettings.id_token_algorithm)
    access_token_algorithm = models.CharField(max_length=8, default=TokenSettings.access_token_algorithm)
    userinfo_algorithm = models.CharField(max_length=8, default=TokenSettings.userinfo_algorithm)
    id_token_encryption = models.CharField(max_length=16, default="none", db_default="none")
    id_token_content = models.CharField(max_length=16, default="A256GCM", db_default="A256GCM")
    userinfo_encryption = models.CharField(max_length=16, default="none", db_default="none")
    userinfo_content = models.CharField(max_length=16, default="A256GCM", db_default="A256GCM")

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="service") | models.Q(user_flow__isnull=False),
                name="applications_application_has_a_flow",
            ),
            models.UniqueConstraint(
                fields=["identifier_uri"],
                condition=~models.Q(identifier_uri=""),
                name="applications_application_identifier",
            ),
            models.CheckConstraint(
                condition=(
                    (_WITH_KEYS & (models.Q(jwks="") ^ models.Q(jwks_uri="")))
                    | (~_WITH_KEYS & (models.Q(jwks="") | models.Q(jwks_uri="")))
                ),
                name="applications_application_keys_of_a_key_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """What to call one that is `told_apart`: its name; if another one has that, with its client ID's beginning."""
        return f"{self.name} ({self.client_id[:_TELLING]}…)" if self.shares_name else self.name

    @property
    def is_public(self) -> bool:
        """Whether it can't keep a secret (RFC 6749 section 2.1)."""
        return self.client_type == self.CLIENT_PUBLIC

    @property
    def uses_key_pair(self) -> bool:
        """Whether it signs assertions with a key of its own instead of showing a secret (RFC 7523)."""
        return self.auth_method == self.AuthMethod.KEY_PAIR

    @property
    def verifies_by_keys(self) -> bool:
        """Whether it proves by a key that is known here who it is: that of an assertion, or of a certificate."""
        return self.auth_method in KEY_METHODS

    @property
    def uses_secret(self) -> bool:
        """Whether it shows a client secret."""
        return self.auth_method in SECRET_METHODS

    @property
    def grant_types(self) -> tuple[str, ...]:
        """The wire names of the grants it may use."""
        return tuple(self.grants.split())

    @property
    def calls_for_customers(self) -> bool:
        """Whether it gets access tokens in a customer's name, by a sign-in or by exchange."""
        return bool({*SIGN_IN_GRANTS, TOKEN_EXCHANGE} & set(self.grant_types))

    @property
    def token_settings(self) -> TokenSettings:
        return TokenSettings(**{name: getattr(self, name) for name in NAMES})

    @property
    def counted_factors(self) -> tuple[str, ...]:
        """The second factors that count for it; those of its user flow if it names none."""
        return tuple(self.factors.split())

    @property
    def redirect_uri_list(self) -> list[str]:
        return self.redirect_uris.split()

    @property
    def post_logout_redirect_uri_list(self) -> list[str]:
        return self.post_logout_redirect_uris.split()

    def allows_grant_type(self, *grant_types: str) -> bool:
        """Whether it may use one of these grants, in the wire's spelling or the toolkit's (`authorization-code`)."""
        allowed = self.grant_types
        return any(name in allowed or name.replace("-", "_") in allowed for name in grant_types)
