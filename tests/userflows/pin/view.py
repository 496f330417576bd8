from typing import Any

from django.http import HttpResponse

from tests.userflows.pin.actions import PIN, try_pin
from tests.userflows.pin.form import PinForm
from userflows.journeys.dispatch import JourneyRequest, go_on, show_step
from userflows.models import Journey


def blank(_request: JourneyRequest, journey: Journey) -> tuple[PinForm, dict[str, Any]]:
    return PinForm(initial={"stay": journey.stays}), {}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    form = PinForm(request.POST)
    if not form.is_valid() or not try_pin(journey, pin=form.cleaned_data["pin"]):
        form.add_error("pin", "That isn't it.")
        return show_step(request, PIN, form, status=400)
    journey.stays = form.cleaned_data["stay"]
    return go_on(request, journey)
