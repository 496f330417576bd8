"""The identity providers that a journey's flow offers, in its order."""

from providers.lookup import provider_by_id
from providers.models import IdentityProvider
from userflows.models import Journey


def offered_provider(journey: Journey, provider_id: str) -> IdentityProvider | None:
    """The provider with this ID, if it is on and the flow offers it."""
    return provider_by_id(provider_id) if provider_id in journey.rules.providers else None


def offered_providers(journey: Journey) -> list[IdentityProvider]:
    """All of them; one that is off isn't."""
    found = (provider_by_id(provider_id) for provider_id in journey.rules.providers)
    return [provider for provider in found if provider]
