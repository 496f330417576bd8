from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from audit.reasons import Reason
from common.text.translation import KeptSentence
from common.web.outgoing import TooManyWaiting
from providers.errors import MANY_WAIT, ProviderFailed
from providers.models import IdentityProvider
from providers.protocols import protocol_of
from providers.relying_party.exchange import Challenge, Request
from providers.relying_party.fetched import for_customers
from providers.saml.rules import entity_id_at
from providers.services import is_linked_at, note_failing
from tenants.addressing import default_url
from tenants.lookup import url_at
from tenants.postgresql import current_schema
from userflows.journeys.account.offered import offered_provider
from userflows.journeys.addresses import see_other
from userflows.journeys.dispatch import JourneyRequest, go_back, show_step
from userflows.journeys.events import record_provider_failure
from userflows.models import Journey
from userflows.state import PROVIDER
from userflows.steps.provider.actions import set_out, state_of, was_there
from userflows.steps.provider.form import ProviderForm

CHOOSE = _("Choose how to sign in.")
OUT_OF_REACH = _("%(provider)s isn't available right now. Try again later or choose another way.")


def blank(_request: JourneyRequest, _journey: Journey) -> tuple[ProviderForm, dict[str, Any]]:
    return ProviderForm(), {}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """To the provider whose button was pressed."""
    provider = offered_provider(journey, request.POST.get("provider", ""))
    if provider is None:
        return show_step(request, PROVIDER, ProviderForm(), status=400, refusal=CHOOSE)
    return lead_to_provider(request, journey, provider)


def lead_to_provider(request: HttpRequest, journey: Journey, provider: IdentityProvider) -> HttpResponse:
    """To the provider; or back, with a sentence, if it can't be asked where that is."""
    challenge, asks_anew = Challenge.new(), is_asked_anew(journey, provider)
    wanted = Request(
        redirect_uri=redirect_uri_of(request, provider),
        state=state_of(journey.pk, challenge),
        challenge=challenge,
        entity_id=our_entity_id(request, provider),
        login_hint="" if journey.by_user_name else journey.email,
        ui_locales=get_language() or "",
        asks_anew=asks_anew,
        offers_choice=not asks_anew and offers_choice(request, journey),
    )
    try:
        with for_customers.one(current_schema()):
            url = protocol_of(provider).sign_in_url(provider, wanted)
    except (ProviderFailed, TooManyWaiting) as error:
        problem = error.sentence if isinstance(error, ProviderFailed) else KeptSentence(MANY_WAIT)
        if isinstance(error, ProviderFailed):
            note_failing(provider, problem)
        record_provider_failure(journey, provider=provider, reason=Reason.PROVIDER_FAILED, problem=problem)
        return go_back(journey, out_of_reach(provider))
    set_out(journey, provider, challenge)
    return see_other(url)


def redirect_uri_of(request: HttpRequest, provider: IdentityProvider) -> str:
    """Where the provider sends the browser back to: this very place, whose cookies it has."""
    path = f"providers/{provider.pk}/callback"
    return f"{url_at(request.get_host(), request.tenant)}/{path}"  # type: ignore[attr-defined]


def our_entity_id(request: HttpRequest, provider: IdentityProvider) -> str:
    """By which name a SAML provider knows us, whichever address the customer came by."""
    return entity_id_at(default_url(request.tenant), provider.pk)  # type: ignore[attr-defined]


def is_asked_anew(journey: Journey, provider: IdentityProvider) -> bool:
    """Whether somebody known shall prove there once more that it is they, rather than be let through unseen.

    Whoever isn't linked there yet proves nothing by it, and shows here whose account it is.
    """
    return journey.account_id is not None and is_linked_at(provider, journey.account_id)


def offers_choice(request: HttpRequest, journey: Journey) -> bool:
    """Whether the provider shall ask who somebody is there, rather than take whom it knows already.

    They wish to sign in as somebody else, connect an account there, or came back as somebody who wasn't let in.
    """
    return was_there(journey) or journey.account_id is not None or isinstance(request.user, Account)


def out_of_reach(provider: IdentityProvider) -> str:
    """What a customer reads where a provider doesn't do what it should."""
    return OUT_OF_REACH % {"provider": provider.name}
