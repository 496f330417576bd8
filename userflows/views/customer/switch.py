"""Taking another way from within a journey: to sign up instead of signing in, to a new password, and back."""

from django.http import HttpResponse

from userflows.forms.fields import typed_address
from userflows.journeys.addresses import see_other, step_url
from userflows.journeys.dead_ends import closed
from userflows.journeys.dispatch import JourneyRequest, journey_page
from userflows.journeys.progress import save_progress
from userflows.models import Journey
from userflows.steps.address.actions import takes_user_names

Purpose = Journey.Purpose
# Another password is changed from the profile, by whoever is signed in.
WAYS = {Purpose.SIGN_IN, Purpose.SIGN_UP, Purpose.RESET}


@journey_page
def switch(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """Go another way from here, with the address that was typed so far. Nothing proved on the former way counts."""
    if request.method != "POST":
        return see_other(step_url(journey))
    purpose = request.POST.get("purpose", "")
    if purpose == Purpose.SIGN_UP and not journey.rules.has_sign_up:
        return closed(request, journey.user_flow, journey)
    if purpose == Purpose.RESET and not journey.may_choose_password:
        purpose = Purpose.SIGN_IN
    if purpose in WAYS:
        typed = request.POST.get("email", journey.email)
        email = typed_address(typed, or_user_name=takes_user_names(journey, purpose=purpose))
        journey.begin_anew(purpose=purpose, email=email)
        save_progress(journey)
    return see_other(step_url(journey))
