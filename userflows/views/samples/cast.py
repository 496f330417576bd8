"""Whom samples show: somebody with a journey and an account that are never saved."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.forms import Form
from django.utils import timezone
from django.utils.functional import Promise

from accounts.factors.recoveries import wait_hours
from accounts.models import Account, AddressChange
from accounts.sessions.rules import session_rules
from branding.preview.samples import shows_all
from userflows.forms.fields import StepForm
from userflows.forms.pages import describe_fields
from userflows.journeys.account.offered import buttons_of
from userflows.lookup import default_flow
from userflows.models import Journey, UserFlow
from userflows.state import FlowRules

SAMPLE_ADDRESS, OTHER_ADDRESS = "robin@example.com", "robin@shop.example"
SAMPLE_CODE, SAMPLE_HOST = "123456", "shop.example"
SAMPLE_NUMBER = "+49 1512 3456820"
SAMPLE_PLACE = "Firefox · 203.0.113.7"
SAMPLE_REFERENCE = "6f1c0a52"
_OF_ROWS = (
    "attribute",
    "is_required",
    "input_type",
    "is_hidden",
    "is_editable",
    "label",
    "options",
    "hint",
    "translations",
)
AnyForm = TypeVar("AnyForm", bound=Form)


def sample_flow() -> UserFlow:
    """The flow that most customers come by."""
    return default_flow()


def asked_of_tenant() -> str:
    """All that samples ask of the tenant being served by which a sentence stands on them or doesn't."""
    flow = sample_flow()
    said = flow.terms_text, flow.terms_translations, list(flow.attributes.values_list(*_OF_ROWS))
    buttons = [(each.kind, each.name) for each in buttons_of(sample_journey())]
    return repr((flow.rules, *said, buttons, session_rules().offers_stay, wait_hours()))


def sample_rules(**otherwise: Any) -> FlowRules:
    """Its rules, but for what is said `otherwise`."""
    return replace(sample_flow().rules, **otherwise)


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


def sample_change() -> AddressChange:
    """A change of its address that was asked for."""
    return AddressChange(before=SAMPLE_ADDRESS, after=OTHER_ADDRESS)


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


def wrong(*forms: Form, also: Mapping[str, Iterable[str | Promise]] | None = None) -> dict[str, Any]:
    """What a page is told to show the last of these forms with all that is wrong with any of them, each at its field,
    and what is `also` said of it, by field; "" is for the form as a whole. Or with what is seen of it at once.
    """
    shown = forms[-1]
    told = [(name, error) for form in forms for name, errors in form.errors.items() for error in errors]
    told += [(name, str(error)) for name, errors in (also or {}).items() for error in errors]
    if not shows_all():
        told = _seen_at_once(shown, told)
    for name, error in told:
        field = name if name in shown.fields else None
        if error not in (shown.errors.get(name, ()) if field else shown.non_field_errors()):
            shown.add_error(field, error)
    describe_fields(shown)
    parts = shown.parts if isinstance(shown, StepForm) else {}
    return {"form": still(shown), "problem": True, **parts}


def _seen_at_once(form: Form, told: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """One thing of each field of which the form itself says nothing, and one of it as a whole if all else is right."""
    first: dict[str, Any] = {}
    for name, error in told:
        first.setdefault(name if name in form.fields else "", error)
    as_a_whole = first.pop("", "")
    of_fields = [(name, error) for name, error in first.items() if not form.has_error(name)]
    return of_fields or ([("", as_a_whole)] if as_a_whole and not form.errors else [])


def still(form: AnyForm) -> AnyForm:
    """The form, without the wish for the focus: the frame it is shown in can't have it."""
    for field in form.fields.values():
        field.widget.attrs.pop("autofocus", None)
    return form
