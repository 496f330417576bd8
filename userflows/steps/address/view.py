from typing import Any

from django.http import HttpResponse, QueryDict

from common.text.email_address import MAX_EMAIL
from common.web.limits import TooManyAttempts
from userflows.forms.fields import AddressForm
from userflows.journeys.dispatch import JourneyRequest, go_on, refuse_step, show_step
from userflows.models import Journey
from userflows.steps.address.actions import give_address

NAME = "address"


def blank(_request: JourneyRequest, journey: Journey) -> tuple[AddressForm, dict[str, Any]]:
    return AddressForm(initial={"email": journey.email, **journey.typed}), {}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """Go on with this address, or ask about one that looks like a slip.

    A code is on its way afterwards, unless a password comes next.
    """
    form = AddressForm(request.POST)
    if not form.is_valid():
        return show_step(request, NAME, form, status=400)
    if form.meant:
        return show_step(request, NAME, form, meant=form.meant, insists=form.cleaned_data["email"])
    give_address(journey, email=form.cleaned_data["email"])
    try:
        return go_on(request, journey)
    except TooManyAttempts as refusal:
        return refuse_step(request, NAME, form, refusal)


def kept(_journey: Journey, sent: QueryDict) -> dict[str, Any]:
    """What stands in the input, right or wrong, unless nobody would type that much: anybody can have it kept."""
    return {"email": sent["email"]} if "email" in sent and len(sent["email"]) <= MAX_EMAIL else {}
