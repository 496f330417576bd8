"""The tenant's identity providers as every page of a journey asks for them, kept in the process until they change."""

from collections.abc import Mapping
from typing import Any

from common.database.rows import row_from_json
from providers.models import IdentityProvider
from tenants.known import KnownPart, NeededBy

_PROVIDERS = "SELECT jsonb_agg(to_jsonb(kept) ORDER BY kept.created_at, kept.id) FROM providers_identityprovider kept"


def _providers_of(rows: list[dict[str, Any]] | None) -> Mapping[str, IdentityProvider]:
    return {row["id"]: row_from_json(IdentityProvider, row) for row in rows or ()}


_providers = KnownPart(_PROVIDERS, _providers_of, needed_by=NeededBy.PAGES)


def known_providers() -> Mapping[str, IdentityProvider]:
    """All providers of the tenant being served, by ID, to be read only: they are everybody's."""
    return _providers.get()


def provider_by_id(provider_id: str) -> IdentityProvider | None:
    """The provider with this ID, if it is on."""
    provider = known_providers().get(provider_id)
    return provider if provider and provider.is_on else None
