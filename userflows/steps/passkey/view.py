from typing import Any

from django.http import HttpResponse

from accounts.factors.passkeys import passkeys_of
from userflows.factors.passkey_pages import is_only_step, judge
from userflows.factors.passkeys import ask_to_show, usable_here
from userflows.forms.passkeys import PasskeyForm
from userflows.journeys.dispatch import JourneyRequest, offers_password
from userflows.models import Journey
from userflows.state import PASSKEY


def blank(request: JourneyRequest, journey: Journey) -> tuple[PasskeyForm, dict[str, Any]]:
    return PasskeyForm(initial={"stay": journey.stays}), _about(request, journey)


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """A passkey, from this page or that of the address."""
    return judge(request, journey, step=PASSKEY, about=_about(request, journey))


def _about(request: JourneyRequest, journey: Journey) -> dict[str, Any]:
    """Of whom nobody knows who they are, any passkey; which an account has is told to nobody else."""
    known = passkeys_of(journey.account) if journey.account else []
    # Whoever hasn't said who they are may do so instead.
    is_alone = bool(journey.email) and is_only_step(journey) and not offers_password(request, journey)
    return {"asked": ask_to_show(request, journey, allowed=usable_here(request, known)), "is_alone": is_alone}
