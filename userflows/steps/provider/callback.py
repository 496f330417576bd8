"""Where providers send browsers back to. All that comes with them is somebody else's word until it is checked."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET

from accounts.errors import AccountRefused
from audit.reasons import Reason
from common.web.limits import TooManyAttempts
from common.web.outgoing import TooManyWaiting
from providers.errors import AnswerRefused, ProviderError, ProviderFailed
from providers.models import IdentityProvider
from providers.relying_party.answers import Identity, check_sender, identity_from, with_more
from providers.relying_party.documents import for_customers, metadata_of
from providers.relying_party.requests import Challenge
from providers.services import linked_account_id, note_failing, note_working
from tenants.postgresql import current_schema
from userflows.forms.pages import too_many_attempts
from userflows.journeys import limits
from userflows.journeys.addresses import see_other, step_url
from userflows.journeys.browser import visitor_of
from userflows.journeys.dispatch import JourneyRequest, closed, go_back, go_on, journey_page
from userflows.journeys.events import record_provider_failure
from userflows.journeys.offered import offered_provider
from userflows.models import Journey
from userflows.pages import render_customer
from userflows.steps.provider.actions import (
    SignUpClosed,
    SomebodyElse,
    accept,
    is_awaited,
    read_state,
    take_answer,
)
from userflows.steps.provider.view import is_asked_anew, out_of_reach, redirect_uri_of

MAX_PARAMETER = 4096
SECONDS_TO_WAIT = 2
WORD = frozenset("abcdefghijklmnopqrstuvwxyz_")


@require_GET
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Go on with the journey that this browser has left for the provider."""
    journey_id, challenge = read_state(_parameter(request, "state") or "")
    return _answered(request, journey_id, provider_id=provider_id, challenge=challenge)


@sensitive_variables("challenge")
@journey_page
def _answered(request: JourneyRequest, journey: Journey, provider_id: str, challenge: Challenge) -> HttpResponse:
    provider = offered_provider(journey, provider_id)
    if provider is None or not is_awaited(journey, provider, challenge):
        # An old page, loaded again: on to where the journey is by now.
        return see_other(step_url(journey))
    attempts = limits.count_answer(visitor_of(request))
    try:
        with for_customers.one(current_schema()):
            identity = _identity(request, journey, provider, challenge)
    except TooManyWaiting:
        # Nobody has looked at it, so it was no try.
        limits.forgive(attempts)
        return _waiting(request)
    except _TurnedBack as turned:
        record_provider_failure(journey, provider=provider, reason=Reason.PROVIDER_CANCELLED, problem=str(turned))
        return go_back(journey, _("You didn't sign in with %(provider)s.") % {"provider": provider.name})
    except ProviderError as error:
        return _failed(journey, provider, error)
    limits.forgive(attempts)
    return _go_on(request, journey, provider, identity)


class _TurnedBack(Exception):
    """The provider says that the customer has proved nothing there. The message is its code, if it is one."""


def _identity(request: JourneyRequest, journey: Journey, provider: IdentityProvider, challenge: Challenge) -> Identity:
    """Who has come. Raises `_TurnedBack`, `ProviderFailed` or `AnswerRefused`."""
    metadata = metadata_of(provider)
    check_sender(_parameter(request, "iss"), metadata)
    code, error = _parameter(request, "code"), _parameter(request, "error")
    if not take_answer(journey, provider, challenge):
        raise AnswerRefused("The answer came for a second time.")
    if error is not None:
        raise _TurnedBack(error if set(error) <= WORD else "")
    if not code:
        raise AnswerRefused("The answer has neither a code nor an error.")
    identity, access_token = identity_from(
        provider,
        metadata,
        code=code,
        redirect_uri=redirect_uri_of(request, provider),
        challenge=challenge,
        is_asked_anew=is_asked_anew(journey),
    )
    note_working(provider)
    if linked_account_id(provider, identity) is not None:
        return identity
    return with_more(provider, metadata, identity, access_token=access_token)


def _go_on(request: JourneyRequest, journey: Journey, provider: IdentityProvider, identity: Identity) -> HttpResponse:
    try:
        return go_on(request, journey, change=lambda: accept(journey, provider, identity))
    except SignUpClosed:
        return closed(request, journey.user_flow, journey)
    except AccountRefused:
        record_provider_failure(journey, provider=provider, reason=Reason.ACCOUNT_DISABLED)
        return go_back(journey, _("You can't sign in with this account. Choose another one."))
    except SomebodyElse:
        problem = "The identity is linked with another account."
        record_provider_failure(journey, provider=provider, reason=Reason.PROVIDER_REFUSED, problem=problem)
        sentence = _("This %(provider)s account belongs to another account here.")
        return go_back(journey, sentence % {"provider": provider.name})
    except TooManyAttempts as refusal:
        return go_back(journey, too_many_attempts(refusal.retry_after))


def _failed(journey: Journey, provider: IdentityProvider, error: ProviderError) -> HttpResponse:
    if isinstance(error, ProviderFailed):
        note_failing(provider, str(error))
        record_provider_failure(journey, provider=provider, reason=Reason.PROVIDER_FAILED, problem=str(error))
        return go_back(journey, out_of_reach(provider))
    record_provider_failure(journey, provider=provider, reason=Reason.PROVIDER_REFUSED, problem=str(error))
    sentence = _("Signing in with %(provider)s didn't work. Try again.") % {"provider": provider.name}
    return go_back(journey, sentence)


def _waiting(request: HttpRequest) -> HttpResponse:
    """Many wait for providers just now: nothing was looked at yet, and the page asks again by itself."""
    context = {"sentence": _("Many people are signing in right now. This page continues by itself.")}
    response = render_customer(request, "customer/try_again.html", context, status=503)
    response["Retry-After"] = response["Refresh"] = str(SECONDS_TO_WAIT)
    return response


def _parameter(request: HttpRequest, name: str) -> str | None:
    """A parameter of the answer; None if it isn't there, and what can't be read counts as "" (RFC 6749 section 3.1)."""
    values = request.GET.getlist(name)
    if not values:
        return None
    value = values[0]
    return value if len(values) == 1 and len(value) <= MAX_PARAMETER and "\0" not in value else ""
