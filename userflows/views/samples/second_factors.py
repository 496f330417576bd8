"""Second factors and passkeys: shown, set up, removed, lost."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.factors.recoveries import wait_hours
from accounts.factors.totp import address_of, written
from accounts.models import Passkey
from branding.look import Look
from branding.preview.samples import Sample, SampleGroup
from common.text.phone_numbers import masked_phone_number
from userflows.forms.codes import AppCodeForm, RecoveryCodeForm, SecondCodeForm, SecondTextCodeForm
from userflows.forms.passkeys import PasskeyForm
from userflows.forms.phones import PhoneForm
from userflows.steps.app_setup.view import picture_of
from userflows.views.samples.cast import SAMPLE_ADDRESS, SAMPLE_NUMBER, later, sample_journey, step_page

SAMPLE_SECRET = b"Nothing is kept of it"
SAMPLE_RECOVERY_CODES = (
    *("3F7QK-9XW2M", "7HDRT-4CVPN", "9MWXK-2QJ5B", "C5TNV-8KHR3", "DW4PJ-6MXQ9"),
    *("F2RKH-W7TN5", "HX9VQ-3JDM4", "K6CWT-P8RF2", "NQ3HM-5VKX7", "T7JRD-M4PW9"),
)
# What a browser would be asked by a script, which samples don't run.
ASKED = {"options": "", "token": ""}


def _app_code(_look: Look) -> dict[str, Any]:
    return step_page(sample_journey(), AppCodeForm())


def _second_sms(_look: Look) -> dict[str, Any]:
    number = masked_phone_number(SAMPLE_NUMBER)
    return step_page(sample_journey(), SecondTextCodeForm(), is_sent=True, number=number, wait=0)


def _second_mail(_look: Look) -> dict[str, Any]:
    return step_page(sample_journey(), SecondCodeForm(), is_sent=True, wait=0)


def _passkey(_look: Look) -> dict[str, Any]:
    return step_page(sample_journey(), PasskeyForm(), asked=ASKED)


def _recovery_code(_look: Look) -> dict[str, Any]:
    return step_page(sample_journey(), RecoveryCodeForm())


def _app_setup(look: Look) -> dict[str, Any]:
    address = address_of(SAMPLE_SECRET, issuer=look.tenant_name, account=SAMPLE_ADDRESS)
    secret = {"picture": picture_of(address), "app_address": "#", "secret": written(SAMPLE_SECRET)}
    return step_page(sample_journey(), AppCodeForm(), **secret)


def _recovery_codes(_look: Look) -> dict[str, Any]:
    return step_page(sample_journey(), codes=SAMPLE_RECOVERY_CODES)


def _phone_setup(_look: Look) -> dict[str, Any]:
    return step_page(sample_journey(), PhoneForm(), number="")


def _phone_removal(_look: Look) -> dict[str, Any]:
    return step_page(sample_journey(), number=masked_phone_number(SAMPLE_NUMBER))


def _passkey_setup(_look: Look) -> dict[str, Any]:
    return step_page(sample_journey(), PasskeyForm(), asked=ASKED, may_skip=True)


def _passkey_removal(_look: Look) -> dict[str, Any]:
    return step_page(sample_journey(), passkey=Passkey(name="Windows Hello"), is_only=False)


def _removal(_look: Look) -> dict[str, Any]:
    return step_page(sample_journey())


def _recover(_look: Look) -> dict[str, Any]:
    return step_page(sample_journey(), hours=wait_hours(), recovers_at=None)


def _recovery(_look: Look) -> dict[str, Any]:
    return {"email": SAMPLE_ADDRESS, "hours": wait_hours(), "recovers_at": None}


def _recovery_stop(_look: Look) -> dict[str, Any]:
    return {"email": SAMPLE_ADDRESS, "until": later(3), "is_stopped": False, "recovery": None, "has_password": True}


def _page(key: str, name: Any, context: Any, template: str) -> Sample:
    return Sample(key, name, f"customer/{template}.html", context, SampleGroup.SECOND_FACTORS)


def _step(key: str, name: Any, context: Any) -> Sample:
    return _page(key, name, context, f"steps/{key}")


SAMPLES = (
    _step("app_code", _("Enter the code from your app"), _app_code),
    _step("second_sms", _("Confirm it's you by text message"), _second_sms),
    _step("second_mail", _("Confirm it's you by email"), _second_mail),
    _step("passkey", _("Use your passkey"), _passkey),
    _step("passkey_check", _("Confirm with your passkey"), _passkey),
    _step("recovery_code", _("Use a recovery code"), _recovery_code),
    _step("app_setup", _("Set up an authenticator app"), _app_setup),
    _step("recovery_codes", _("Save your recovery codes"), _recovery_codes),
    _step("phone_setup", _("Confirm your phone number"), _phone_setup),
    _step("passkey_setup", _("Create a passkey"), _passkey_setup),
    _step("app_removal", _("Remove your authenticator app"), _removal),
    _step("phone_removal", _("Remove your phone number"), _phone_removal),
    _step("passkey_removal", _("Remove a passkey"), _passkey_removal),
    _step("recover", _("Get back into your account"), _recover),
    _page("recovery", _("Start the wait"), _recovery, "recovery"),
    _page("recovery_stop", _("Stop the recovery?"), _recovery_stop, "recovery_stop"),
)
