"""The identity providers that a journey's flow offers, in its order."""

from dataclasses import dataclass

from accounts.errors import AccountRefused
from providers.lookup import known_providers, provider_by_id
from providers.models import IdentityProvider
from userflows.models import Journey


class NoLongerOffered(AccountRefused):
    """The provider by which somebody has shown who they are was switched off, deleted or taken out of the flow."""

    def __init__(self, method: str) -> None:
        super().__init__()
        self.method = method


@dataclass(frozen=True)
class ProviderButton:
    """What a page reads of a provider."""

    pk: str
    kind: str
    name: str


def offered_provider(journey: Journey, provider_id: str) -> IdentityProvider | None:
    """The provider with this ID, if it is on and the flow offers it."""
    return provider_by_id(provider_id) if provider_id in journey.rules.providers else None


def offered_providers(journey: Journey) -> list[IdentityProvider]:
    """All of them; one that is off isn't."""
    known = known_providers()
    found = (known.get(provider_id) for provider_id in journey.rules.providers)
    return [provider for provider in found if provider and provider.is_on]


def buttons_of(journey: Journey) -> tuple[ProviderButton, ...]:
    """The buttons of all of them, in the journey's order."""
    return tuple(ProviderButton(each.pk, each.kind, each.name) for each in offered_providers(journey))
