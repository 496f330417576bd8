"""The identity providers that a journey's flow offers, in its order."""

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts.errors import AccountRefused
from providers.lookup import provider_by_id
from providers.models import IdentityProvider
from userflows.models import Journey


class NoLongerOffered(AccountRefused):
    """The provider by which somebody has shown who they are was switched off, deleted or taken out of the flow."""

    def __init__(self, method: str) -> None:
        super().__init__()
        self.method = method


def offered_provider(journey: Journey, provider_id: str) -> IdentityProvider | None:
    """The provider with this ID, if it is on and the flow offers it."""
    return provider_by_id(provider_id) if provider_id in journey.rules.providers else None


def offered_providers(journey: Journey) -> list[IdentityProvider]:
    """All of them; one that is off isn't."""
    found = (provider_by_id(provider_id) for provider_id in journey.rules.providers)
    return [provider for provider in found if provider]


def buttons_for(journey: Journey, *, kind: str = "") -> SafeString:
    """The buttons of all of them, to stand in a form; "" if there are none.

    `kind` is "beside" for those below another form, "links" for quiet ones. Rendered once in each language: they stand
    on the pages of customers who press none of them.
    """
    offered = tuple((each.pk, each.kind, each.name) for each in offered_providers(journey))
    return _buttons(offered, get_language() or "", kind) if offered else SafeString("")


@lru_cache(maxsize=1000)
def _buttons(offered: tuple[tuple[str, str, str], ...], _language: str, kind: str) -> SafeString:
    providers = [{"pk": pk, "kind": kind_of_provider, "name": name} for pk, kind_of_provider, name in offered]
    return render_to_string("customer/components/provider_buttons.html", {"providers": providers, "kind": kind})
