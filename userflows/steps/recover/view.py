from typing import Any

from django.http import HttpResponse

from accounts.factors.recoveries import wait_hours
from common.web.limits import TooManyAttempts
from userflows.forms.fields import StepForm
from userflows.journeys.addresses import page_of_step, see_other
from userflows.journeys.browsers.browser import visitor_of
from userflows.journeys.dispatch import JourneyRequest, refuse_step
from userflows.models import Journey
from userflows.state import RECOVER
from userflows.steps.recover.actions import ask_for_link


def blank(request: JourneyRequest, journey: Journey) -> tuple[StepForm, dict[str, Any]]:
    return StepForm(), {"is_sent": "sent" in request.GET, **_about(journey)}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """Mail the link by which the wait begins."""
    try:
        ask_for_link(journey, visitor=visitor_of(request))
    except TooManyAttempts as refusal:
        return refuse_step(request, RECOVER, StepForm(), refusal, **_about(journey))
    return see_other(f"{page_of_step(journey, RECOVER)}?sent")


def _about(journey: Journey) -> dict[str, Any]:
    return {"hours": wait_hours(), "recovers_at": journey.account.recovers_at if journey.account else None}
