from typing import Any

from django.http import HttpResponse

from accounts.errors import PasskeyRefused
from common.web.limits import TooManyAttempts
from userflows.factors.passkey_pages import is_only_step, sentence_for
from userflows.factors.passkeys import ask_to_make, party_of, set_up_passkey
from userflows.forms.passkeys import PasskeyForm
from userflows.journeys.addresses import see_other, step_url
from userflows.journeys.attempts import limits
from userflows.journeys.browsers.browser import visitor_of
from userflows.journeys.dispatch import JourneyRequest, go_on, refuse_step, show_step
from userflows.models import Journey
from userflows.second_factors import passkey_offer
from userflows.second_factors.due import is_offered_passkey, must_set_up_passkey, wants_passkey
from userflows.state import PASSKEY_SETUP
from userflows.steps.passkey_setup.actions import put_off


def blank(request: JourneyRequest, journey: Journey) -> tuple[PasskeyForm, dict[str, Any]]:
    return PasskeyForm(initial={"stay": journey.stays}), _about(request, journey)


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The key that the browser has made."""
    about = _about(request, journey)
    form = PasskeyForm(request.POST, is_alone=about["is_alone"])
    if not form.is_valid():
        return show_step(request, PASSKEY_SETUP, form, status=400, **about)
    answer, token = form.cleaned_data["answer"], form.cleaned_data["token"]
    visitor, party = visitor_of(request), party_of(request)
    try:
        attempts = limits.count_answer(visitor)
        response = go_on(
            request,
            journey,
            change=lambda: set_up_passkey(journey, party=party, answer=answer, token=token, visitor=visitor),
        )
    except TooManyAttempts as refusal:
        return refuse_step(request, PASSKEY_SETUP, form, refusal, **about)
    except PasskeyRefused as refusal:
        form.add_error(None, sentence_for(refusal, is_alone=about["is_alone"]))
        return show_step(request, PASSKEY_SETUP, form, status=400, **about)
    limits.forgive(attempts)
    return response


def skip(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """Not now, where nobody has to: this browser asks no more for a while."""
    state, rules = journey.state, journey.rules
    if must_set_up_passkey(state, rules) or not is_offered_passkey(state, rules):
        return see_other(step_url(journey))
    response = go_on(request, journey, change=lambda: put_off(journey))
    passkey_offer.put_off(request, response)
    return response


def _about(request: JourneyRequest, journey: Journey) -> dict[str, Any]:
    state, rules = journey.state, journey.rules
    is_owed = must_set_up_passkey(state, rules)
    return {
        "asked": ask_to_make(request, journey),
        "is_wanted": wants_passkey(state),
        "may_skip": not is_owed,
        "is_alone": is_owed and is_only_step(journey),
    }
