from typing import Any

from django.http import HttpResponse

from accounts.errors import AccountRefused
from userflows.factors.services import take_app_away
from userflows.forms.fields import StepForm
from userflows.journeys.dispatch import JourneyRequest, go_on
from userflows.models import Journey
from userflows.state import APP_REMOVAL


def blank(_request: JourneyRequest, _journey: Journey) -> tuple[StepForm, dict[str, Any]]:
    return StepForm(), {}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The customer has read what it means."""
    return go_on(request, journey, change=lambda: _remove(journey))


def _remove(journey: Journey) -> None:
    if journey.account is None:
        raise AccountRefused
    take_app_away(journey, journey.account)
    journey.note(APP_REMOVAL, is_done=True)
