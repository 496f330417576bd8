"""The page that a mailed link opens. To look at it changes nothing: programs that look through mail open links too.

In the browser where the journey began, a press goes on with it. Any other browser, such as that of a phone on which the
mail was read, gets the code to type there: nobody is signed in where they didn't ask for it, and whoever is talked into
opening a link lets nobody else in. So does one that was closed meanwhile, since the link may stand in its history.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.credentials.services.codes import LinkState, code_of_link, state_of_link
from accounts.errors import CodeRefused
from accounts.sessions.rules import session_rules
from audit.reasons import Reason
from common.web.limits import TooManyAttempts
from hooks.calls.asking import HookDown
from userflows.forms.fields import StayForm
from userflows.forms.pages import show, try_again_page
from userflows.journeys import entry
from userflows.journeys.account.admission import NotAdmitted, is_closed
from userflows.journeys.account.given import is_held_back
from userflows.journeys.account.hooks import TurnedAway
from userflows.journeys.addresses import see_other, step_url
from userflows.journeys.attempts import limits
from userflows.journeys.browsers.browser import visitor_of
from userflows.journeys.dead_ends import closed
from userflows.journeys.dispatch import JourneyRequest, go_on, journey_page
from userflows.journeys.events import record_failure, record_too_many
from userflows.journeys.next_step import is_open
from userflows.journeys.registry import step_named, table
from userflows.lookup import flow_by_id
from userflows.middleware import speak
from userflows.models import Journey
from userflows.pages import render_customer
from userflows.state import CODE, LINK
from userflows.steps.code.actions import prove_by_link
from userflows.steps.code.proof import code_length


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest, journey_id: UUID, token: str) -> HttpResponse:
    """What the link is good for in this browser."""
    journey = entry.any_journey_of(request, journey_id)
    if journey is None or is_held_back(journey):
        return _elsewhere(request, journey_id, token)
    return _where_it_began(request, journey_id, token=token)


@sensitive_variables("token")
@journey_page
def _where_it_began(request: JourneyRequest, journey: Journey, token: str) -> HttpResponse:
    if is_closed(journey):
        return closed(request, journey.user_flow, journey)
    state, step = state_of_link(journey.pk, token), step_named(CODE)
    if state is LinkState.USED or step is None or not is_open(step, journey.state, journey.rules, table()):
        # Used here: no other browser can. Or the journey has come further by another way.
        return see_other(step_url(journey))
    if state is LinkState.GONE:
        return _over(request)
    if request.method == "POST":
        return _go_on(request, journey, token)
    form = StayForm(initial={"stay": journey.stays})
    return show(request, "open-link", form, offers_stay=session_rules().offers_stay)


def _go_on(request: JourneyRequest, journey: Journey, token: str) -> HttpResponse:
    form = StayForm(request.POST)
    journey.stays = form.is_valid() and form.cleaned_data["stay"]
    visitor = visitor_of(request)
    try:
        counted = limits.count_link(visitor)
        response = go_on(request, journey, change=lambda: prove_by_link(journey, token=token))
    except TooManyAttempts as refusal:
        record_too_many(journey, step=CODE, refusal=refusal)
        return try_again_page(request, refusal)
    except CodeRefused:
        record_failure(journey, step=CODE, method=LINK, reason=Reason.CODE_EXPIRED)
        return _over(request)
    except (HookDown, NotAdmitted, TurnedAway):
        # The link was right, and is used up.
        limits.forgive(counted, *limits.codes_asked(visitor, journey.whose))
        raise
    limits.forgive(counted, *limits.codes_asked(visitor, journey.whose))
    return response


def _elsewhere(request: HttpRequest, journey_id: UUID, token: str) -> HttpResponse:
    """The code that goes with the link, to be typed where the journey began."""
    journey = Journey.objects.filter(pk=journey_id).first()
    state = state_of_link(journey_id, token)
    if journey is not None and (language := journey.mail_language or journey.language):
        speak(request, language)
    if journey is None or state is LinkState.GONE or (state is LinkState.GOOD and not journey.is_open):
        return _over(request)
    if state is LinkState.USED:
        return render_customer(request, "customer/link_used.html", status=410)
    journey.user_flow = flow_by_id(journey.user_flow_id)
    context = {
        "code": code_of_link(journey_id, token, length=code_length(journey)),
        "application_name": journey.application_name,
        "from_where": " · ".join(part for part in (journey.client_name, journey.client_ip) if part),
        "opened_at": timezone.now(),
    }
    return render_customer(request, "customer/link_elsewhere.html", context)


def _over(request: HttpRequest) -> HttpResponse:
    return render_customer(request, "customer/link_over.html", status=410)
