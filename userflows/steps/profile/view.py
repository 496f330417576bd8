from typing import Any

from django.http import HttpResponse, QueryDict

from common.problems import Refused
from common.web.limits import TooManyAttempts
from userflows.forms.fields import TERMS, tell_problems
from userflows.journeys.account.admission import check_browser, judge_birth
from userflows.journeys.dispatch import JourneyRequest, go_on, refuse_step, show_step
from userflows.models import Journey
from userflows.own_account.limits import count_unique
from userflows.state import PROFILE
from userflows.steps.profile.actions import answer, leave_for_later
from userflows.steps.profile.form import OwedForm

# What the button sends by which a customer isn't asked now. No attribute has a hyphen in its name.
NOT_NOW = "not-now"


def blank(request: JourneyRequest, journey: Journey) -> tuple[OwedForm, dict[str, Any]]:
    if _was_invited(journey):
        check_browser(request, journey)
    return OwedForm(journey, initial={"stay": journey.stays, **journey.typed}), {}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """What was owed; or nothing, where all of it may wait."""
    form = OwedForm(journey, request.POST)
    if _was_invited(journey):
        check_browser(request, journey)
    if NOT_NOW in request.POST and form.may_wait:
        return go_on(request, journey, change=lambda: leave_for_later(journey))
    if not form.is_valid() or (_was_invited(journey) and not judge_birth(journey, form)):
        return show_step(request, PROFILE, form, status=400)
    try:
        if journey.account is not None:
            count_unique(journey.account, form.attributes())
    except TooManyAttempts as refusal:
        return refuse_step(request, PROFILE, form, refusal)
    journey.stays, accepts_terms = form.cleaned_data["stay"], TERMS in form.cleaned_data
    try:
        return go_on(
            request,
            journey,
            change=lambda: answer(journey, attributes=form.attributes(), accepts_terms=accepts_terms),
        )
    except Refused as refusal:
        tell_problems(form, refusal)
        return show_step(request, PROFILE, form, status=400)


def kept(journey: Journey, sent: QueryDict) -> dict[str, Any]:
    """What stands in the inputs, right or wrong."""
    return {bound.name: bound.data for bound in OwedForm(journey, sent) if bound.name not in {"stay", TERMS}}


def _was_invited(journey: Journey) -> bool:
    """Whether this is the first time that somebody comes, so that it is like signing up."""
    return journey.account is not None and journey.account.invited_at is not None
