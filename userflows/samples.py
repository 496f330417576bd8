"""The customer pages as administrators see them while they choose a look: the real templates, with nobody's journey."""

from typing import Any

from accounts.models import Account
from branding.samples import Sample, offer_sample
from userflows.forms.attributes import AttributesForm
from userflows.forms.steps import AddressForm, CodeForm, PasswordForm, StepForm
from userflows.models import Journey, UserFlow

SAMPLE_ADDRESS = "robin@example.com"


def offer_samples() -> None:
    """Offer the pages in the order in which customers meet them."""
    offer_sample(Sample("sign_in", "Sign-in: address", "customer/address.html", _address))
    offer_sample(Sample("password", "Sign-in: password", "customer/password.html", _password))
    offer_sample(Sample("code", "One-time code", "customer/code.html", _code))
    offer_sample(Sample("sign_up", "Sign-up", "customer/details.html", _details))


def _address() -> dict[str, Any]:
    return {"journey": _journey(email=""), "form": AddressForm()}


def _password() -> dict[str, Any]:
    return {"journey": _journey(), "form": _still(PasswordForm())}


def _code() -> dict[str, Any]:
    return {"journey": _journey(), "form": _still(CodeForm()), "wait": 0, "expires_in": 600, "minutes": 10}


def _details() -> dict[str, Any]:
    journey = _journey(purpose=Journey.Purpose.SIGN_UP)
    account = Account(email=journey.email) if journey.user_flow.allows_password else None
    return {"journey": journey, "form": AttributesForm(journey.user_flow, password_for=account)}


def _still(form: StepForm) -> StepForm:
    """The form, without the wish for the focus: the frame it is shown in can't have it."""
    for field in form.fields.values():
        field.widget.attrs.pop("autofocus", None)
    return form


def _journey(*, email: str = SAMPLE_ADDRESS, purpose: Journey.Purpose = Journey.Purpose.SIGN_IN) -> Journey:
    """A journey through the default flow that is never saved."""
    return Journey(user_flow=UserFlow.objects.get(is_default=True), email=email, purpose=purpose)
