"""What customers see, as administrators see it while they choose a look: the real templates, with nobody's journey."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from branding.look import Look
from branding.preview.samples import Sample, offer_sample
from userflows.forms.codes import CodeForm
from userflows.forms.fields import AddressForm, StepForm
from userflows.journeys.mails import MINUTES, surroundings
from userflows.models import Journey, UserFlow
from userflows.steps.details.form import DetailsForm
from userflows.steps.password.form import PasswordForm

SAMPLE_ADDRESS, SAMPLE_CODE = "robin@example.com", "123456"


def offer_samples() -> None:
    """Offer the pages in the order in which customers meet them."""
    offer_sample(Sample("sign_in", _("Sign-in: address"), "customer/steps/address.html", _address))
    offer_sample(Sample("password", _("Sign-in: password"), "customer/steps/password.html", _password))
    offer_sample(Sample("code", _("One-time code"), "customer/steps/code.html", _code))
    offer_sample(Sample("sign_up", _("Sign-up"), "customer/steps/details.html", _details))
    offer_sample(Sample("mail", _("Email with a code"), "emails/code.html", _mail))


def _address(_: Look) -> dict[str, Any]:
    journey = _journey(email="")
    return _page(journey, AddressForm(takes_user_names=journey.rules.takes_user_names))


def _password(_: Look) -> dict[str, Any]:
    return _page(_journey(), _still(PasswordForm()))


def _code(_: Look) -> dict[str, Any]:
    return {**_page(_journey(), _still(CodeForm())), "wait": 0, "expires_in": 600, "minutes": 10}


def _details(_: Look) -> dict[str, Any]:
    journey = _journey(purpose=Journey.Purpose.SIGN_UP)
    return {**_page(journey, DetailsForm(journey, page=1)), "progress": (3, 3)}


def _mail(look: Look) -> dict[str, Any]:
    page = surroundings(_journey(), look)
    # The picture comes with the look, and not from where a mail program would load it.
    rules = page["journey"].rules
    code, link = SAMPLE_CODE if rules.mails_code else "", "#" if rules.mails_link else ""
    return {**page, "logo_url": look.logo_url, "code": code, "link": link, "minutes": MINUTES}


def _page(journey: Journey, form: StepForm) -> dict[str, Any]:
    return {"journey": journey, "rules": journey.rules, "form": form, **form.parts}


def _still(form: StepForm) -> StepForm:
    """The form, without the wish for the focus: the frame it is shown in can't have it."""
    for field in form.fields.values():
        field.widget.attrs.pop("autofocus", None)
    return form


def _journey(*, email: str = SAMPLE_ADDRESS, purpose: Journey.Purpose = Journey.Purpose.SIGN_IN) -> Journey:
    """A journey through the default flow that is never saved."""
    return Journey(user_flow=UserFlow.objects.get(is_default=True), email=email, purpose=purpose)
