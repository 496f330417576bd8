"""What the hot paths know of an application, kept in the process until something in the tenant changes."""

import hmac
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, LiteralString
from uuid import UUID

from applications.description import CREDENTIALS, Credentials, TokenSettings
from applications.errors import UnknownApplication
from applications.lookup.entitlements import ENTITLED, Entitlements, entitlements_of
from applications.models import Application
from applications.models.secret_values import digest_of_secret
from applications.policies.credentials import KEY_METHODS, SECRET_METHODS
from applications.policies.fapi import ALGORITHMS as FAPI_ALGORITHMS
from applications.policies.redirect_uris import matches_redirect_uri, origin_of
from applications.policies.subjects import sector_of
from common.crypto.public_keys import ALGORITHMS
from common.database.rows import row_from_json
from common.text.ids import is_canonical_uuid
from tenants.known import KnownPart, NeededBy

_CLIENT: LiteralString = f"""
    SELECT to_jsonb(application) || jsonb_build_object(
        'secrets', (
            SELECT jsonb_agg(jsonb_build_array(secret.digest, secret.expires_at, secret.last_used_on))
            FROM applications_clientsecret secret
            WHERE secret.application_id = application.id
        ),
        'logo_digest', (
            SELECT logo.digest FROM applications_applicationlogo logo WHERE logo.application_id = application.id
        ),
        {ENTITLED}
    )
    FROM applications_application application
    WHERE application.client_id = %(client_id)s
"""  # noqa: S608 - a text of our own
_SCRIPTS = """
    SELECT jsonb_agg(application.redirect_uris)
    FROM applications_application application
    WHERE application.kind = 'spa'
"""


@dataclass(frozen=True)
class KeptSecret:
    """The digest of a client secret, when it ends, and on which day it was last used as far as is known here."""

    digest: str
    expires_at: datetime
    last_used_on: date | None = None


@dataclass(frozen=True)
class RegisteredClient:
    """An application as the protocol sees it. `pk` is its row's, `flow_id` its user flow's (none for a service).

    `sector` is that for which the IDs of its customers are made, "" where it knows them by those of all applications.
    One that `uses_key_pair` has its key set in its `credentials`, or the address of one; its secrets count for nothing,
    as do those of one whose `credentials` are a certificate. `entitlements` are what it may ask for.
    `last_used_on` is what was known when this was read; see `applications.services.uses`. `tokens_count_from` is when
    it was restored, if it has been deleted.
    """

    pk: int
    client_id: str
    name: str
    kind: str
    is_public: bool
    uses_key_pair: bool
    credentials: Credentials
    requires_pkce: bool
    requires_pushed_requests: bool
    requires_signed_requests: bool
    follows_fapi: bool
    second_factor: str
    factors: tuple[str, ...]
    sector: str
    grant_types: tuple[str, ...]
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]
    flow_id: UUID | None
    secrets: tuple[KeptSecret, ...]
    tokens: TokenSettings
    registered_dynamically: bool
    client_uri: str
    policy_uri: str
    tos_uri: str
    initiate_login_uri: str
    logo_digest: str
    last_used_on: date | None
    tokens_count_from: datetime | None
    entitlements: Entitlements

    @property
    def verifies_by_keys(self) -> bool:
        """Whether it authenticates by a key that is known here, so that its key set has to hold one for signatures."""
        return self.credentials.auth_method in KEY_METHODS

    @property
    def algorithms(self) -> tuple[str, ...]:
        """By which of them it may sign assertions, requests and proofs."""
        return FAPI_ALGORITHMS if self.follows_fapi else ALGORITHMS

    def secret_with_value(self, value: str, *, now: datetime | None = None) -> KeptSecret | None:
        """Which of its secrets that haven't expired this is; None if it is none. Takes as long whichever it is."""
        if self.credentials.auth_method not in SECRET_METHODS:
            return None
        now = now or datetime.now(UTC)
        digest = digest_of_secret(value, client_id=self.client_id)
        matches = [hmac.compare_digest(digest, kept.digest) and kept.expires_at > now for kept in self.secrets]
        return next((kept for kept, is_it in zip(self.secrets, matches, strict=True) if is_it), None)

    def counts_tokens_of(self, issued_at: int) -> bool:
        """Whether access tokens issued to it in this second (since 1970) count: none does from before a deletion."""
        return self.tokens_count_from is None or issued_at >= self.tokens_count_from.timestamp()

    def allows_redirect_to(self, uri: str) -> bool:
        """Whether customers may be sent back to this URI with a code or an error."""
        return matches_redirect_uri(uri, self.redirect_uris, kind=self.kind)

    def allows_return_to(self, uri: str) -> bool:
        """Whether customers may be sent to this URI once they have signed out."""
        return matches_redirect_uri(uri, self.post_logout_redirect_uris, kind=self.kind)


def client_by_id(client_id: str) -> RegisteredClient:
    """The application of this tenant with the client ID. Raises `UnknownApplication`, which is never kept."""
    if not _could_be_a_client_id(client_id):
        raise UnknownApplication
    return _client.get(client_id)


def entitlements_by_id(client_id: str) -> Entitlements:
    """What the application may ask for. Raises `UnknownApplication`."""
    return client_by_id(client_id).entitlements


def origins_of_scripts() -> frozenset[str]:
    """The origins from which the tenant's single-page applications call the issuer."""
    return _script_origins.get()


def _client_of(row: dict[str, Any] | None) -> RegisteredClient:
    if row is None:
        raise UnknownApplication
    application = row_from_json(Application, row)
    return RegisteredClient(
        pk=application.pk,
        client_id=application.client_id,
        name=application.name,
        kind=application.kind,
        is_public=application.is_public,
        uses_key_pair=application.uses_key_pair,
        credentials=Credentials(**{name: getattr(application, name) for name in CREDENTIALS}),
        requires_pkce=application.requires_pkce,
        requires_pushed_requests=application.requires_pushed_requests,
        requires_signed_requests=application.requires_signed_requests,
        follows_fapi=application.follows_fapi,
        second_factor=application.second_factor,
        factors=application.counted_factors,
        sector=sector_of(
            application.redirect_uri_list,
            subject_type=application.subject_type,
            sector_identifier_uri=application.sector_identifier_uri,
        ),
        grant_types=application.grant_types,
        redirect_uris=tuple(application.redirect_uri_list),
        post_logout_redirect_uris=tuple(application.post_logout_redirect_uri_list),
        scopes=tuple(application.scopes.split()),
        flow_id=application.user_flow_id,
        secrets=tuple(_kept_secret(*columns) for columns in row["secrets"] or ()),
        tokens=application.token_settings,
        registered_dynamically=application.registered_dynamically,
        client_uri=application.client_uri,
        policy_uri=application.policy_uri,
        tos_uri=application.tos_uri,
        initiate_login_uri=application.initiate_login_uri,
        logo_digest=row["logo_digest"] or "",
        last_used_on=application.last_used_on,
        tokens_count_from=application.tokens_count_from,
        entitlements=entitlements_of(row),
    )


def _kept_secret(digest: str, expires_at: str, last_used_on: str | None) -> KeptSecret:
    used = date.fromisoformat(last_used_on) if last_used_on else None
    return KeptSecret(digest, datetime.fromisoformat(expires_at), used)


def _could_be_a_client_id(client_id: str) -> bool:
    """Client IDs are UUIDs in their canonical spelling; anything else needs no question to the database."""
    return is_canonical_uuid(client_id)


def _origins_of(registered: list[str] | None) -> frozenset[str]:
    return frozenset(origin_of(uri) for uris in registered or () for uri in uris.split())


_client = KnownPart(_CLIENT, _client_of, of_client=True)
_script_origins = KnownPart(_SCRIPTS, _origins_of, needed_by=NeededBy.CUSTOMERS)
