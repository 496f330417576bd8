from typing import Any

from django.http import HttpResponse

from accounts.errors import AccountRefused
from accounts.factors.passkeys import passkeys_of
from userflows.factors.passkey_pages import is_only_step, judge
from userflows.factors.passkeys import ask_to_show, party_of, usable_here
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
    """Those that work here are asked for. Of an account that has none of this address it is told where they work: not
    every browser knows of related ones.
    """
    if journey.account is None:
        raise AccountRefused
    known = passkeys_of(journey.account)
    usable = usable_here(request, known)
    hosts = {each.rp_id for each in known}
    elsewhere = [] if party_of(request).id in hosts else sorted(hosts)
    asked = ask_to_show(request, journey, allowed=usable) if usable else None
    return {"asked": asked, "elsewhere": elsewhere, "is_alone": is_only_step(journey)}
