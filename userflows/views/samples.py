"""What customers see, as administrators see it while they choose a look: the real templates, with nobody's journey."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from branding.look import Look
from branding.preview.samples import Sample, offer_sample
from userflows.forms.codes import AppCodeForm, CodeForm, SecondTextCodeForm
from userflows.forms.fields import AddressForm, StepForm
from userflows.journeys.mails import MINUTES, surroundings
from userflows.models import Journey, UserFlow
from userflows.steps.details.form import DetailsForm
from userflows.steps.new_password.form import NewPasswordForm
from userflows.steps.password.form import PasswordForm

SAMPLE_ADDRESS, SAMPLE_CODE = "robin@example.com", "123456"
SAMPLE_RECOVERY_CODES = ("3F7QK-9XW2M", "7HDRT-4CVPN", "9MWXK-2QJ5B")
MAILS = {
    "account_exists": _("Email: account exists"),
    "invitation_link": _("Email: invitation"),
    "password_changed": _("Email: password changed"),
    "second_factor": _("Email: second factor"),
    "protection": _("Email: protection"),
    "address_undo": _("Email: address changed"),
    "data_ready": _("Email: copy of the data"),
    "deletion": _("Email: deletion"),
}


def offer_samples() -> None:
    """Offer the pages in the order in which customers meet them."""
    offer_sample(Sample("sign_in", _("Sign-in: address"), "customer/steps/address.html", _address))
    offer_sample(Sample("password", _("Sign-in: password"), "customer/steps/password.html", _password))
    offer_sample(Sample("code", _("One-time code"), "customer/steps/code.html", _code))
    offer_sample(Sample("sign_up", _("Sign-up"), "customer/steps/details.html", _details))
    offer_sample(Sample("new_password", _("New password"), "customer/steps/new_password.html", _new_password))
    offer_sample(Sample("app_code", _("Second factor: app"), "customer/steps/app_code.html", _app_code))
    offer_sample(Sample("text_code", _("Second factor: text message"), "customer/steps/sms_code.html", _text_code))
    offer_sample(Sample("recovery_codes", _("Recovery codes"), "customer/steps/recovery_codes.html", _recovery_codes))
    offer_sample(Sample("link", _("Link from an email"), "customer/link.html", _link))
    offer_sample(Sample("signed_out", _("Sign-out"), "customer/signed_out.html", _ending))
    offer_sample(Sample("expired", _("Expired page"), "customer/expired.html", _ending))
    offer_sample(Sample("mail", _("Email with a code"), "emails/code.html", _mail))
    for name, called in MAILS.items():
        offer_sample(Sample(f"mail_{name}", called, f"emails/{name}.html", _other_mail))


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


def _new_password(_: Look) -> dict[str, Any]:
    journey = _journey(purpose=Journey.Purpose.RESET)
    return _page(journey, _still(NewPasswordForm(Account(email=SAMPLE_ADDRESS))))


def _app_code(_: Look) -> dict[str, Any]:
    return _page(_journey(), _still(AppCodeForm()))


def _text_code(_: Look) -> dict[str, Any]:
    return {**_page(_journey(), _still(SecondTextCodeForm())), "is_sent": True, "number": "820", "wait": 0}


def _recovery_codes(_: Look) -> dict[str, Any]:
    return {**_page(_journey(), StepForm()), "codes": SAMPLE_RECOVERY_CODES}


def _link(_: Look) -> dict[str, Any]:
    return {"is_invitation": True, "email": SAMPLE_ADDRESS}


def _ending(_: Look) -> dict[str, Any]:
    return {"journey": _journey()}


def _other_mail(look: Look) -> dict[str, Any]:
    """A mail that has what any of them tells; each takes what it needs."""
    told = {"what": "new_browser", "link": "#", "days": 7, "left": 9, "minutes": MINUTES, "to": SAMPLE_ADDRESS}
    later = timezone.now() + timedelta(days=14)
    code = {"code": SAMPLE_CODE, "can_reset": True, "until": later, "closes_at": later}
    return {**surroundings(_journey(), look), "logo_url": look.logo_url, **told, **code}


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
