from typing import Any

from django.http import HttpResponse

from accounts.errors import AccountRefused
from accounts.factors.passkeys import passkeys_of
from userflows.factors.passkey_pages import judge
from userflows.factors.passkeys import ask_to_show, usable_here
from userflows.forms.passkeys import PasskeyForm
from userflows.journeys.dispatch import JourneyRequest
from userflows.models import Journey
from userflows.state import PASSKEY_CHECK


def blank(request: JourneyRequest, journey: Journey) -> tuple[PasskeyForm, dict[str, Any]]:
    return PasskeyForm(initial={"stay": journey.stays}), _about(request, journey)


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """One of the account's passkeys."""
    return judge(request, journey, step=PASSKEY_CHECK, about=_about(request, journey))


def _about(request: JourneyRequest, journey: Journey) -> dict[str, Any]:
    """Those that work here are asked for; of an account that has none here it is told where they work."""
    if journey.account is None:
        raise AccountRefused
    known = passkeys_of(journey.account)
    usable = usable_here(request, known)
    elsewhere = sorted({each.rp_id for each in known} - {each.rp_id for each in usable})
    return {"asked": ask_to_show(request, journey, allowed=usable) if usable else None, "elsewhere": elsewhere}
