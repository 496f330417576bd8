"""The issuer of a tenant: its name, its keys, and the documents it publishes, kept in the process.

Its name comes from the tenant's row and the settings, never from the Host header of a request.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from django_tenants.utils import schema_context

from common.caches import ProcessCache
from common.encryption import CannotUnseal
from oidc.errors import SigningKeysUnreadable
from oidc.keys.loaded import LoadedKey, load_key
from oidc.metadata import PATHS, metadata_of
from oidc.models import SigningKey
from oidc.registration.models import RegistrationSwitch
from tenants.addressing import base_url
from tenants.models import Tenant

ISSUER_PATH = "/oidc"
# Clients that know no key IDs take the first key that fits: the one that signs.
PUBLISHED_IN_ORDER = [SigningKey.State.ACTIVE, SigningKey.State.NEXT, SigningKey.State.RETIRING]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Issuer:
    """`keys` goes by key ID and holds all that verify; `active` goes by algorithm and holds the ones that sign."""

    name: str
    endpoints: Mapping[str, str]
    keys: Mapping[str, LoadedKey]
    active: Mapping[str, LoadedKey]
    metadata: bytes
    jwks: bytes


_issuers: ProcessCache[Issuer] = ProcessCache()


def issuer_of(tenant: Tenant) -> str:
    """The issuer's identifier: an address without a trailing slash."""
    return base_url(tenant) + ISSUER_PATH


def endpoints_of(tenant: Tenant) -> dict[str, str]:
    """The absolute addresses of the endpoints, by their names in discovery."""
    issuer = issuer_of(tenant)
    return {name: issuer + path for name, path in PATHS.items()}


def issuer_for(tenant: Tenant) -> Issuer:
    """All that the endpoints of this tenant need to sign, verify and publish. Raises `SigningKeysUnreadable`."""
    return _issuers.get(tenant.schema_name, "issuer", lambda: _read(tenant))


def _read(tenant: Tenant) -> Issuer:
    with schema_context(tenant.schema_name):
        rows = list(SigningKey.objects.order_by("created_at", "kid"))
        registers = RegistrationSwitch.registers()
    rows.sort(key=lambda row: PUBLISHED_IN_ORDER.index(SigningKey.State(row.state)))
    try:
        keys = {row.kid: _loaded(row, tenant.schema_name) for row in rows}
    except CannotUnseal as error:
        logger.error("The signing keys of the tenant %s can't be read. %s", tenant.slug, error)
        raise SigningKeysUnreadable from error
    active = {row.algorithm: keys[row.kid] for row in rows if row.state == SigningKey.State.ACTIVE}
    name, endpoints = issuer_of(tenant), endpoints_of(tenant)
    return Issuer(
        name=name,
        endpoints=endpoints,
        keys=keys,
        active=active,
        metadata=json.dumps(metadata_of(name, endpoints, registers=registers)).encode(),
        jwks=json.dumps({"keys": [row.public_jwk for row in rows]}).encode(),
    )


def _loaded(row: SigningKey, schema: str) -> LoadedKey:
    return load_key(
        schema=schema,
        kid=row.kid,
        algorithm=row.algorithm,
        public_jwk=row.public_jwk,
        sealed=row.sealed_private_key,
    )
