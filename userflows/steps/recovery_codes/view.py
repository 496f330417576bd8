from typing import Any

from django.http import HttpResponse

from userflows.forms.fields import StayForm
from userflows.journeys.dispatch import JourneyRequest, go_on
from userflows.models import Journey
from userflows.steps.recovery_codes.actions import codes_of, note_seen


def blank(_request: JourneyRequest, journey: Journey) -> tuple[StayForm, dict[str, Any]]:
    return StayForm(initial={"stay": journey.stays}), {"codes": codes_of(journey)}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The customer says that they have kept the codes."""
    return go_on(request, journey, change=lambda: note_seen(journey))
