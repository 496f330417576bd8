"""Whom samples show: somebody with a journey and an account that are never saved."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Account
from accounts.sessions.rules import session_rules
from userflows.forms.fields import StepForm
from userflows.journeys.offered import buttons_of
from userflows.models import Journey, UserFlow

SAMPLE_ADDRESS, OTHER_ADDRESS = "robin@example.com", "robin@shop.example"
SAMPLE_CODE, SAMPLE_HOST = "123456", "shop.example"
SAMPLE_PLACE = "Firefox · 203.0.113.7"


def sample_flow() -> UserFlow:
    """The flow that most customers come by."""
    return UserFlow.objects.get(is_default=True)


def sample_journey(*, email: str = SAMPLE_ADDRESS, purpose: str = Journey.Purpose.SIGN_IN) -> Journey:
    """A journey through it."""
    return Journey(user_flow=sample_flow(), email=email, purpose=purpose)


def sample_account(email: str = SAMPLE_ADDRESS) -> Account:
    """An account that nobody has."""
    return Account(email=email, display_name="Robin Example", created_at=timezone.now())


def sample_people() -> list[dict[str, Any]]:
    """Two accounts in one browser, as its list of them shows them."""
    addresses = (SAMPLE_ADDRESS, OTHER_ADDRESS)
    return [{"account": sample_account(each), "is_current": each == SAMPLE_ADDRESS} for each in addresses]


def later(days: int = 14) -> datetime:
    """So many days from now."""
    return timezone.now() + timedelta(days=days)


def step_page(journey: Journey, form: StepForm | None = None, **more: Any) -> dict[str, Any]:
    """What the page of a step is told."""
    shown = still(form or StepForm())
    return {
        "journey": journey,
        "rules": journey.rules,
        "form": shown,
        "is_last": True,
        "offers_stay": session_rules().offers_stay,
        **shown.parts,
        **more,
    }


def provider_buttons(journey: Journey) -> dict[str, Any]:
    """The buttons of the identity providers that the flow offers."""
    return {"provider_buttons": buttons_of(journey)}


def still(form: StepForm) -> StepForm:
    """The form, without the wish for the focus: the frame it is shown in can't have it."""
    for field in form.fields.values():
        field.widget.attrs.pop("autofocus", None)
    return form
