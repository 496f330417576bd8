from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, QueryDict

from audit.reasons import Reason
from common.problems import Refused
from common.web.limits import TooManyAttempts
from hooks.calls.asking import HookDown
from userflows.forms.fields import HELD_UP, TERMS, is_ticked, kept_tick, tell_problems
from userflows.journeys.account.admission import check_browser, judge_birth
from userflows.journeys.account.hooks import judged_of_invited, prefill
from userflows.journeys.browsers.browser import visitor_of
from userflows.journeys.dispatch import JourneyRequest, go_on, refuse_step, show_step
from userflows.journeys.events import record_hook
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
        prefill(journey, visitor_of(request))
    return OwedForm(journey, initial={"stay": is_ticked(journey), **journey.typed}), {}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """What was owed; or nothing, where all of it may wait."""
    form = OwedForm(journey, request.POST)
    if _was_invited(journey):
        check_browser(request, journey)
    if NOT_NOW in request.POST and form.may_wait:
        return go_on(request, journey, change=lambda: leave_for_later(journey))
    if not form.is_valid() or (_was_invited(journey) and not judge_birth(journey, form)):
        return show_step(request, PROFILE, form, status=400)
    journey.stays, accepts_terms = form.cleaned_data["stay"], TERMS in form.cleaned_data
    try:
        if journey.account is not None:
            count_unique(journey.account, form.attributes())
        attributes = _judged(request, journey, form)
        return go_on(
            request, journey, change=lambda: answer(journey, attributes=attributes, accepts_terms=accepts_terms)
        )
    except TooManyAttempts as refusal:
        return refuse_step(request, PROFILE, form, refusal)
    except Refused as refusal:
        tell_problems(form, refusal)
        return show_step(request, PROFILE, form, status=400)
    except HookDown as down:
        record_hook(journey, step=PROFILE, reason=Reason.HOOK_FAILED, hook=down.hook, problem=str(down))
        return show_step(request, PROFILE, form, status=503, refusal=HELD_UP)


def _judged(request: JourneyRequest, journey: Journey, form: OwedForm) -> Mapping[str, Any]:
    """What was entered; of who was invited as hooks leave it, which are asked as at a sign-up."""
    if not _was_invited(journey) or not journey.state.owed:
        return form.attributes()
    visitor = visitor_of(request)
    prefill(journey, visitor)
    return judged_of_invited(journey, form.attributes(), shown=form.fields, visitor=visitor)


def kept(journey: Journey, sent: QueryDict) -> dict[str, Any]:
    """What stands in the inputs, right or wrong, and the tick."""
    typed = {bound.name: bound.data for bound in OwedForm(journey, sent) if bound.name not in {"stay", TERMS}}
    return {**typed, **kept_tick(sent)}


def _was_invited(journey: Journey) -> bool:
    """Whether this is the first time that somebody comes, so that it is like signing up."""
    return journey.account is not None and journey.account.invited_at is not None
