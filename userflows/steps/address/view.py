from typing import Any

from django.http import HttpResponse, QueryDict

from audit.reasons import Reason
from common.text.email_address import MAX_EMAIL
from common.web.limits import TooManyAttempts
from userflows.admission.domains import domain_of, is_taken
from userflows.factors.passkeys import ask_to_show
from userflows.forms.fields import NOT_TAKEN, AddressForm
from userflows.journeys.addresses import see_other, step_url
from userflows.journeys.dispatch import JourneyRequest, go_on, refuse_step, show_step
from userflows.journeys.events import record_not_admitted
from userflows.models import Journey
from userflows.state import PASSKEY, SIGN_IN, SIGN_UP
from userflows.steps.address.actions import give_address, is_on_its_way, takes_user_names

NAME = "address"


def blank(request: JourneyRequest, journey: Journey) -> tuple[AddressForm, dict[str, Any]]:
    initial = {"email": journey.typed.get("email", journey.email)}
    form = AddressForm(initial=initial, takes_user_names=takes_user_names(journey))
    return form, _about(request, journey)


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """Go on with this address, or ask about one that looks like a slip.

    A code is on its way afterwards, unless a password comes next.
    """
    form = AddressForm(request.POST, takes_user_names=takes_user_names(journey))
    if not form.is_valid():
        return show_step(request, NAME, form, status=400, **_about(request, journey))
    email = form.cleaned_data["email"]
    if journey.purpose == SIGN_UP and not is_taken(email, journey.rules.admission):
        record_not_admitted(request, journey, step=NAME, reason=Reason.ADDRESS_NOT_TAKEN)
        form.add_error("email", NOT_TAKEN % {"domain": domain_of(email)})
        return show_step(request, NAME, form, status=400, **_about(request, journey))
    if form.meant:
        meant = {"meant": form.meant, "insists": email}
        return show_step(request, NAME, form, **meant, **_about(request, journey))
    if is_on_its_way(journey, email=email):
        return see_other(step_url(journey))
    give_address(journey, email=email)
    try:
        return go_on(request, journey)
    except TooManyAttempts as refusal:
        return refuse_step(request, NAME, form, refusal, **_about(request, journey))


def kept(_journey: Journey, sent: QueryDict) -> dict[str, Any]:
    """What stands in the input, right or wrong, unless nobody would type that much: anybody can have it kept."""
    return {"email": sent["email"]} if "email" in sent and len(sent["email"]) <= MAX_EMAIL else {}


def _about(request: JourneyRequest, journey: Journey) -> dict[str, Any]:
    """What the page asks the browser for besides: a passkey, which says by itself who wants in."""
    is_for = journey.purpose == SIGN_IN and journey.rules.allows(PASSKEY) and not journey.state.brought
    return {"asked": ask_to_show(request, journey)} if is_for else {}
