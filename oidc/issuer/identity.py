"""The issuer of a tenant: its name, its keys, and the documents it publishes, kept in the process.

Its name comes from the tenant's row and the settings, never from the Host header of a request.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django_tenants.utils import schema_context

from common.crypto.encryption import CannotUnseal
from common.database.caches import ProcessCache
from common.database.rows import row_from_json
from oidc.issuer.metadata import metadata_of
from oidc.keys.loaded import LoadedKey, load_key
from oidc.models import PUBLISHED_IN_ORDER, SigningKey
from oidc.wire.addresses import certificate_aliases_of, endpoints_of, issuer_of
from oidc.wire.errors import SigningKeysUnreadable
from tenants.known import KnownPart, NeededBy
from tenants.models import Tenant

logger = logging.getLogger(__name__)
_PUBLISHED = "SELECT jsonb_agg(to_jsonb(key) ORDER BY key.created_at, key.kid) FROM oidc_signingkey key"
_REGISTERS = "SELECT to_jsonb(EXISTS (SELECT FROM oidc_registrationswitch WHERE is_on))"


@dataclass(frozen=True)
class Issuer:
    """`keys` goes by key ID and holds all that verify; `active` goes by algorithm and holds the ones that sign.

    `aliases` are the endpoints to which certificates are shown, where those have addresses of their own.
    """

    name: str
    endpoints: Mapping[str, str]
    aliases: Mapping[str, str]
    keys: Mapping[str, LoadedKey]
    active: Mapping[str, LoadedKey]
    jwks: bytes

    def addresses_of(self, endpoint: str) -> frozenset[str]:
        """By which clients may name an endpoint: where everybody calls it, and where certificates are shown."""
        return frozenset({self.endpoints[endpoint], self.aliases.get(endpoint, self.endpoints[endpoint])})


_issuers: ProcessCache[Issuer] = ProcessCache()


def issuer_for(tenant: Tenant) -> Issuer:
    """All that the endpoints of this tenant need to sign, verify and publish. Raises `SigningKeysUnreadable`."""
    return _issuers.get(tenant.schema_name, "issuer", lambda: _read(tenant))


def metadata_for(tenant: Tenant) -> bytes:
    """What the issuer of this tenant publishes about itself, made anew: tokens need nothing of it, and what is handed
    out is kept as a whole answer (`oidc.document_cache`).
    """
    with schema_context(tenant.schema_name):
        # First, since it brings the issuer's part as well.
        registers = _registers.get()
        issuer = issuer_for(tenant)
        return json.dumps(metadata_of(issuer.name, issuer.endpoints, registers=registers)).encode()


def _read(tenant: Tenant) -> Issuer:
    with schema_context(tenant.schema_name):
        rows = _published.get()
    rows = sorted(rows, key=lambda row: PUBLISHED_IN_ORDER.index(SigningKey.State(row.state)))
    try:
        keys = {row.kid: _loaded(row, tenant.schema_name) for row in rows}
    except CannotUnseal as error:
        logger.error("The signing keys of the tenant %s can't be read. %s", tenant.slug, error)
        raise SigningKeysUnreadable from error
    active = {row.algorithm: keys[row.kid] for row in rows if row.state == SigningKey.State.ACTIVE}
    endpoints = endpoints_of(tenant)
    return Issuer(
        name=issuer_of(tenant),
        endpoints=endpoints,
        aliases=certificate_aliases_of(endpoints),
        keys=keys,
        active=active,
        jwks=json.dumps({"keys": [row.public_jwk for row in rows]}).encode(),
    )


def _published_of(rows: list[dict[str, Any]] | None) -> list[SigningKey]:
    """The signing keys by age."""
    return [row_from_json(SigningKey, row) for row in rows or ()]


_published = KnownPart(_PUBLISHED, _published_of)
# Whether applications may register themselves.
_registers = KnownPart(_REGISTERS, bool, needed_by=NeededBy.PAGES)


def _loaded(row: SigningKey, schema: str) -> LoadedKey:
    return load_key(
        schema=schema,
        kid=row.kid,
        algorithm=row.algorithm,
        public_jwk=row.public_jwk,
        sealed=row.sealed_private_key,
    )
