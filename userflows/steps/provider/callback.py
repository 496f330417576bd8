"""Where providers send browsers back to. All that comes with them is somebody else's word until it is checked."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.errors import AccountRefused
from audit.reasons import Reason
from audit.services import Actor, record_refused
from common.text.translation import KeptSentence
from common.web.http import client_ip
from common.web.limits import TooManyAttempts
from common.web.outgoing import TooManyWaiting
from providers.errors import OTHER_ACCOUNT, SECOND_TIME, AnswerRefused, ProviderError, ProviderFailed, TurnedBack
from providers.lookup import known_providers
from providers.models import IdentityProvider
from providers.policies import SAML
from providers.protocols import protocol_of
from providers.relying_party.exchange import Challenge, Identity, ProviderAnswer
from providers.relying_party.fetched import for_customers
from providers.services import linked_account_id, note_failing, note_working
from tenants.postgresql import current_schema
from userflows.forms.pages import too_many_attempts
from userflows.journeys.account.offered import NoLongerOffered, offered_provider
from userflows.journeys.addresses import see_other, step_url
from userflows.journeys.attempts import limits
from userflows.journeys.attempts.crowds import ANSWERS, count_begun
from userflows.journeys.browsers.browser import visitor_of
from userflows.journeys.dispatch import JourneyRequest, go_back, go_on, journey_page
from userflows.journeys.events import record_provider_failure, record_provider_off
from userflows.models import Journey
from userflows.pages import render_customer
from userflows.state import method_of_provider
from userflows.steps.provider.actions import (
    SomebodyElse,
    accept,
    is_awaited,
    keep_posted,
    posted,
    read_state,
    state_of,
    take_answer,
)
from userflows.steps.provider.view import is_asked_anew, our_entity_id, out_of_reach, redirect_uri_of

MAX_PARAMETER, MAX_RESPONSE = 4096, 352_000
SECONDS_TO_WAIT = 2
SENT = ("code", "error", "iss")
# What comes by a form: a response of SAML, or Apple's names beside all else.
POSTED_BY_SAML, POSTED_BY_OTHERS = ("SAMLResponse",), (*SENT, "user")
NOT_SIGNED_IN = _("You didn't sign in with %(provider)s.")
FAILED = _("Signing in with %(provider)s didn't work. Try again.")
SOMEBODY_ELSES = _("This %(provider)s account belongs to another account here.")
NOT_LET_IN = _("You can't sign in with this account. Choose another one.")
MANY_SIGN_IN = _("Many people are signing in right now. This page continues by itself.")


@csrf_exempt
@require_http_methods(["GET", "POST"])
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Go on with the journey that this browser has left for the provider."""
    if request.method == "POST":
        return _posted(request, provider_id)
    journey_id, challenge = read_state(_parameter(request.GET, "state") or "")
    return _answered(request, journey_id, provider_id=provider_id, challenge=challenge)


def _posted(request: HttpRequest, provider_id: str) -> HttpResponse:
    """What a page of the provider's posts comes without our cookies: it is kept, and the browser sent to bring them."""
    state = _parameter(request.POST, "state") or _parameter(request.POST, "RelayState") or ""
    journey_id, challenge = read_state(state)
    if "SAMLResponse" in request.POST and not challenge.secret:
        # Nobody has asked for it (Profiles section 4.1.5): whoever comes so is asked for from here.
        return see_other(reverse("customer:sign-in"))
    if provider := known_providers().get(provider_id):
        _count_posted(request)
        names = POSTED_BY_SAML if provider.kind == SAML else POSTED_BY_OTHERS
        sent = {name: value for name in names if (value := _parameter(request.POST, name)) is not None}
        keep_posted(journey_id, provider_id, challenge, sent)
    query = urlencode({"state": state_of(journey_id, challenge)})
    return see_other(f"{reverse('customer:provider-callback', args=[provider_id])}?{query}")


def _count_posted(request: HttpRequest) -> None:
    try:
        count_begun(ANSWERS, client_ip(request))
    except TooManyAttempts as refusal:
        record_refused("customer.sign_in_failed", actor=Actor("customer"), refusal=refusal)
        raise


@sensitive_variables("challenge")
@journey_page
def _answered(request: JourneyRequest, journey: Journey, provider_id: str, challenge: Challenge) -> HttpResponse:
    provider = known_providers().get(provider_id)
    if provider is None or not is_awaited(journey, provider_id, challenge):
        # An old page, loaded again: on to where the journey is by now.
        return see_other(step_url(journey))
    if offered_provider(journey, provider_id) is None:
        return _off(journey, provider)
    attempts = limits.count_answer(visitor_of(request))
    try:
        with for_customers.one(current_schema()):
            identity = _identity(request, journey, provider, challenge)
    except TooManyWaiting:
        # Nobody has looked at it, so it was no try.
        limits.forgive(attempts)
        return _waiting(request)
    except TurnedBack as turned:
        record_provider_failure(
            journey, provider=provider, reason=Reason.PROVIDER_CANCELLED, problem=KeptSentence(str(turned))
        )
        return go_back(journey, NOT_SIGNED_IN % {"provider": provider.name})
    except ProviderError as error:
        return _failed(journey, provider, error)
    limits.forgive(attempts)
    return _go_on(request, journey, provider, identity)


def _identity(request: JourneyRequest, journey: Journey, provider: IdentityProvider, challenge: Challenge) -> Identity:
    """Who has come. Raises `TurnedBack`, `ProviderFailed` or `AnswerRefused`."""
    protocol = protocol_of(provider)
    answer = ProviderAnswer(
        {name: _parameter(request.GET, name) for name in SENT} | dict(posted(journey)),
        redirect_uri=redirect_uri_of(request, provider),
        challenge=challenge,
        entity_id=our_entity_id(request, provider),
        is_asked_anew=is_asked_anew(journey, provider),
    )
    protocol.check(provider, answer)
    if not take_answer(journey, provider, challenge):
        raise AnswerRefused(SECOND_TIME)
    identity = protocol.identify(
        provider, answer, is_known=lambda found: linked_account_id(provider, found) is not None
    )
    note_working(provider)
    return identity


def _go_on(request: JourneyRequest, journey: Journey, provider: IdentityProvider, identity: Identity) -> HttpResponse:
    try:
        return go_on(request, journey, change=lambda: accept(journey, provider, identity))
    except NoLongerOffered:
        return _off(journey, provider)
    except AccountRefused:
        record_provider_failure(journey, provider=provider, reason=Reason.ACCOUNT_DISABLED)
        return go_back(journey, str(NOT_LET_IN))
    except SomebodyElse:
        problem = KeptSentence(OTHER_ACCOUNT)
        record_provider_failure(journey, provider=provider, reason=Reason.PROVIDER_REFUSED, problem=problem)
        return go_back(journey, SOMEBODY_ELSES % {"provider": provider.name})
    except TooManyAttempts as refusal:
        return go_back(journey, too_many_attempts(refusal.retry_after))


def _off(journey: Journey, provider: IdentityProvider) -> HttpResponse:
    record_provider_off(journey, method_of_provider(provider.pk))
    return go_back(journey, out_of_reach(provider))


def _failed(journey: Journey, provider: IdentityProvider, error: ProviderError) -> HttpResponse:
    if isinstance(error, ProviderFailed):
        note_failing(provider, error.sentence)
        record_provider_failure(journey, provider=provider, reason=Reason.PROVIDER_FAILED, problem=error.sentence)
        return go_back(journey, out_of_reach(provider))
    record_provider_failure(journey, provider=provider, reason=Reason.PROVIDER_REFUSED, problem=error.sentence)
    return go_back(journey, FAILED % {"provider": provider.name})


def _waiting(request: HttpRequest) -> HttpResponse:
    """Many wait for providers just now: nothing was looked at yet, and the page asks again by itself."""
    context = {"sentence": MANY_SIGN_IN}
    response = render_customer(request, "customer/try_again.html", context, status=503)
    response["Retry-After"] = response["Refresh"] = str(SECONDS_TO_WAIT)
    return response


def _parameter(sent: QueryDict, name: str) -> str | None:
    """A parameter of the answer; None if it isn't there, and what can't be read counts as "" (RFC 6749 section 3.1)."""
    values = sent.getlist(name)
    if not values:
        return None
    value, most = values[0], MAX_RESPONSE if name == "SAMLResponse" else MAX_PARAMETER
    return value if len(values) == 1 and len(value) <= most and "\0" not in value else ""
