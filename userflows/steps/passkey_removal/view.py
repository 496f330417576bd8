from typing import Any

from django.http import HttpResponse

from accounts.errors import AccountRefused
from accounts.factors.passkeys import passkeys_of
from accounts.models import Account, Passkey
from userflows.factors.last_way import is_last_way
from userflows.factors.passkeys import take_passkey_away
from userflows.forms.fields import StepForm
from userflows.journeys.dispatch import JourneyRequest, go_on, show_step
from userflows.journeys.progress import hold_journey
from userflows.models import Journey
from userflows.state import PASSKEY_REMOVAL


def blank(_request: JourneyRequest, journey: Journey) -> tuple[StepForm, dict[str, Any]]:
    return StepForm(), _about(journey)


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The customer has read what it means."""
    about = _about(journey)
    if about["is_only"]:
        return show_step(request, PASSKEY_REMOVAL, StepForm(), status=409, **about)
    return go_on(request, journey, change=lambda: _remove(journey))


def _about(journey: Journey) -> dict[str, Any]:
    account = _account_of(journey)
    passkeys = passkeys_of(account)
    passkey = _named(journey, passkeys)
    others = [each for each in passkeys if each != passkey]
    return {"passkey": passkey, "is_only": passkey is not None and is_last_way(account, journey.rules, others=others)}


def _remove(journey: Journey) -> None:
    """Remove it, unless it is the last way in: of two that go at once, the second sees what the first has left."""
    hold_journey(journey)
    account = _account_of(journey)
    Account.objects.select_for_update().only("pk").get(pk=account.pk)
    passkeys = passkeys_of(account)
    passkey = _named(journey, passkeys)
    others = [each for each in passkeys if each != passkey]
    if passkey and not is_last_way(account, journey.rules, others=others):
        take_passkey_away(journey, passkey)
    journey.note(PASSKEY_REMOVAL, is_done=True)


def _named(journey: Journey, passkeys: list[Passkey]) -> Passkey | None:
    return next((each for each in passkeys if str(each.pk) == journey.step_data[PASSKEY_REMOVAL].get("passkey")), None)


def _account_of(journey: Journey) -> Account:
    if journey.account is None:
        raise AccountRefused
    return journey.account
