from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audit.reasons import Reason
from common.web.outgoing import TooManyWaiting
from providers.errors import ProviderFailed
from providers.models import IdentityProvider
from providers.relying_party.documents import for_customers, metadata_of
from providers.relying_party.requests import authorization_url
from providers.services import note_failing
from tenants.lookup import url_at
from tenants.postgresql import current_schema
from userflows.journeys.addresses import see_other
from userflows.journeys.dispatch import JourneyRequest, go_back, show_step
from userflows.journeys.events import record_provider_failure
from userflows.journeys.offered import offered_provider
from userflows.models import Journey
from userflows.state import PROVIDER
from userflows.steps.provider.actions import set_out
from userflows.steps.provider.form import ProviderForm


def blank(_request: JourneyRequest, _journey: Journey) -> tuple[ProviderForm, dict[str, Any]]:
    return ProviderForm(), {}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """To the provider whose button was pressed."""
    provider = offered_provider(journey, request.POST.get("provider", ""))
    if provider is None:
        return show_step(request, PROVIDER, ProviderForm(), status=400, refusal=_("Choose how to sign in."))
    return lead_to_provider(request, journey, provider)


def lead_to_provider(request: HttpRequest, journey: Journey, provider: IdentityProvider) -> HttpResponse:
    """To the provider; or back, with a sentence, if it can't be asked where that is."""
    try:
        with for_customers.one(current_schema()):
            metadata = metadata_of(provider)
    except (ProviderFailed, TooManyWaiting) as error:
        problem = str(error) or "Too many customers wait for providers."
        if isinstance(error, ProviderFailed):
            note_failing(provider, problem)
        record_provider_failure(journey, provider=provider, reason=Reason.PROVIDER_FAILED, problem=problem)
        return go_back(journey, out_of_reach(provider))
    challenge, state = set_out(journey, provider)
    url = authorization_url(
        provider,
        metadata,
        redirect_uri=redirect_uri_of(request, provider),
        state=state,
        challenge=challenge,
        login_hint=journey.email,
        ui_locales=get_language() or "",
        prompt="login" if is_asked_anew(journey) else "",
    )
    return see_other(url)


def redirect_uri_of(request: HttpRequest, provider: IdentityProvider) -> str:
    """Where the provider sends the browser back to: this very place, whose cookies it has."""
    path = f"providers/{provider.pk}/callback"
    return f"{url_at(request.get_host(), request.tenant)}/{path}"  # type: ignore[attr-defined]


def is_asked_anew(journey: Journey) -> bool:
    """Whether somebody known shall prove once more that it is they, rather than be let through unseen."""
    return journey.account_id is not None


def out_of_reach(provider: IdentityProvider) -> str:
    """What a customer reads where a provider doesn't do what it should."""
    return _("%(provider)s isn't available right now. Try again later or choose another way.") % {
        "provider": provider.name
    }
