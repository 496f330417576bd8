"""The page on which a code is typed, however it came: the code is judged, or another one sent."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from django.http import HttpResponse
from django.utils.functional import Promise

from accounts.errors import CodeRefused
from common.web.limits import TooManyAttempts
from userflows.forms.fields import StayForm
from userflows.journeys.addresses import page_of_step, see_other
from userflows.journeys.attempts.refusals import told
from userflows.journeys.browsers.browser import Visitor, visitor_of
from userflows.journeys.codes.code_tries import sent_at
from userflows.journeys.dispatch import JourneyRequest, go_on, refuse_button, refuse_step, show_step
from userflows.models import Journey

Counted = TypeVar("Counted")


def _nothing(_journey: Journey) -> dict[str, Any]:
    return {}


def judge_code(
    request: JourneyRequest,
    journey: Journey,
    form: StayForm,
    *,
    step: str,
    trying: Callable[[Journey, Visitor], AbstractContextManager[Counted]],
    prove: Callable[[Mapping[str, Any], Counted], None],
    wrong: Callable[[CodeRefused], str | Promise],
    about: Callable[[Journey], dict[str, Any]] = _nothing,
) -> HttpResponse:
    """What was typed on the page of this step.

    `trying` counts the try, inside of which `prove` judges it: that gets what was typed, and what counting has yielded.
    `wrong` is what is said of a code that is refused, `about` what the page shows besides its form.
    """
    if not form.is_valid():
        return show_step(request, step, form, status=400, **about(journey))
    journey.stays = form.cleaned_data["stay"]
    try:
        with trying(journey, visitor_of(request)) as counted:
            return go_on(request, journey, change=lambda: prove(form.cleaned_data, counted))
    except TooManyAttempts as refusal:
        return refuse_step(request, step, form, refusal, **about(journey))
    except CodeRefused as refusal:
        form.add_error("code", str(wrong(refusal)))
        return show_step(request, step, form, status=400, **about(journey))


def send_code(
    request: JourneyRequest,
    journey: Journey,
    *,
    step: str,
    send_another: Callable[[Journey, Visitor], None],
    refused: Callable[[TooManyAttempts], str] = told,
) -> HttpResponse:
    """Send a code: the first to whoever would rather have one than do something else, or another one.

    `refused` is what is said where none can be sent now.
    """
    is_another = sent_at(journey, step=step) is not None
    try:
        send_another(journey, visitor_of(request))
    except TooManyAttempts as refusal:
        return refuse_button(request, step, refusal, refused(refusal))
    return see_other(f"{page_of_step(journey, step)}{'?sent' if is_another else ''}")
