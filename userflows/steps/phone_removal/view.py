from typing import Any

from django.http import HttpResponse

from accounts.errors import AccountRefused
from common.text.phone_numbers import masked_phone_number
from userflows.factors.phones import take_phone_away
from userflows.forms.fields import StepForm
from userflows.journeys.dispatch import JourneyRequest, go_on
from userflows.models import Journey
from userflows.state import PHONE_REMOVAL


def blank(_request: JourneyRequest, journey: Journey) -> tuple[StepForm, dict[str, Any]]:
    return StepForm(), {"number": masked_phone_number(journey.account.phone_number) if journey.account else ""}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The customer has read what it means."""
    return go_on(request, journey, change=lambda: _remove(journey))


def _remove(journey: Journey) -> None:
    if journey.account is None:
        raise AccountRefused
    take_phone_away(journey, journey.account)
    journey.note(PHONE_REMOVAL, is_done=True)
