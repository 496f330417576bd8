"""Second factors and passkeys: what is wrong, what else there is, and what comes afterwards."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.errors import PasskeyRefused
from branding.look import Look
from userflows.factors.passkey_pages import NOT_LET_IN, sentence_for
from userflows.forms.codes import AppCodeForm, RecoveryCodeForm, SecondCodeForm, SecondTextCodeForm, TextCodeForm
from userflows.forms.passkeys import PasskeyForm
from userflows.forms.phones import PhoneForm
from userflows.journeys.attempts.limits import WRONG_FACTORS
from userflows.journeys.attempts.refusals import NOT_TO_THIS_NUMBER, SPENT, WRONG_CODES
from userflows.state import (
    APP_CODE,
    APP_SETUP,
    PASSKEY_CHECK,
    PASSKEY_SETUP,
    PHONE_SETUP,
    RECOVER,
    RECOVERY_CODE,
    SECOND_MAIL,
    SECOND_SMS,
)
from userflows.steps.app_code.view import USED
from userflows.steps.app_code.view import WRONG as WRONG_APP
from userflows.steps.app_setup.view import WRONG as WRONG_CLOCK
from userflows.steps.phone_setup.view import NOT_TO_THIS_COUNTRY
from userflows.steps.recovery_code.view import WRONG as WRONG_RECOVERY
from userflows.steps.second_mail.view import WRONG as WRONG_MAIL
from userflows.steps.second_sms.view import WRONG as WRONG_TEXT
from userflows.views.samples import second_factors
from userflows.views.samples.cast import SAMPLE_HOST, SAMPLE_NUMBER, later, still, wrong
from userflows.views.samples.variants.telling import (
    HOURS,
    WITH_ERRORS,
    WITHOUT_PASSWORD,
    other_ways,
    refused,
    varied,
    with_journey,
)

SAMPLE_NAME = "robin"
REASONS = ("FOREIGN", "UNKNOWN", "LATE", "COPIED", "SOMEBODY_ELSE", "TOO_MANY", "WRONG")
INSTEAD = (SECOND_MAIL, SECOND_SMS, PASSKEY_CHECK, RECOVERY_CODE, RECOVER)


def _wrong_app(_look: Look) -> dict[str, Any]:
    return wrong(AppCodeForm({}), AppCodeForm({"code": "12"}), also={"code": [WRONG_APP, USED]})


def _wrong_setup(_look: Look) -> dict[str, Any]:
    return wrong(AppCodeForm({}), AppCodeForm({"code": "12"}), also={"code": [WRONG_CLOCK]})


def _wrong_text(_look: Look) -> dict[str, Any]:
    return wrong(
        SecondTextCodeForm({}), SecondTextCodeForm({"code": "12"}), also={"code": [WRONG_TEXT, SPENT, WRONG_CODES]}
    )


def _wrong_mail(_look: Look) -> dict[str, Any]:
    return wrong(SecondCodeForm({}), SecondCodeForm({"code": "12"}), also={"code": [WRONG_MAIL, SPENT, WRONG_CODES]})


def _wrong_recovery(_look: Look) -> dict[str, Any]:
    return wrong(RecoveryCodeForm({}), RecoveryCodeForm({"code": "12"}), also={"code": [WRONG_RECOVERY]})


def _refusals(*, is_alone: bool) -> list[str]:
    return [sentence_for(PasskeyRefused(getattr(PasskeyRefused, reason)), is_alone=is_alone) for reason in REASONS]


def _wrong_passkey(_look: Look) -> dict[str, Any]:
    return wrong(PasskeyForm({}), also={"": [*_refusals(is_alone=False), NOT_LET_IN]})


def _wrong_one(_look: Look) -> dict[str, Any]:
    return {**wrong(PasskeyForm({}, is_alone=True), also={"": _refusals(is_alone=True)}), "is_alone": True}


def _alone(_look: Look) -> dict[str, Any]:
    return {**wrong(PasskeyForm({}, is_alone=True)), "is_alone": True, "may_skip": False}


def _wrong_number(_look: Look) -> dict[str, Any]:
    return wrong(PhoneForm({}), PhoneForm({"number": "12"}), also={"number": [NOT_TO_THIS_COUNTRY, NOT_TO_THIS_NUMBER]})


def _number_given(_look: Look) -> dict[str, Any]:
    return {"form": still(TextCodeForm()), "number": SAMPLE_NUMBER, "wait": 0}


def _wrong_number_code(look: Look) -> dict[str, Any]:
    forms = wrong(TextCodeForm({}), TextCodeForm({"code": "12"}), also={"code": [WRONG_TEXT, SPENT, WRONG_CODES]})
    return {**_number_given(look), **forms}


_of = varied(second_factors.SAMPLES)
VARIANTS = (
    _of("app_code", "errors", WITH_ERRORS, _wrong_app),
    _of("app_code", "closed", _("Too many attempts"), refused(WRONG_FACTORS, HOURS)),
    _of("app_code", "others", _("Other ways to sign in"), other_ways(*INSTEAD), remember_days=30),
    _of("second_sms", "errors", WITH_ERRORS, _wrong_text),
    _of("second_sms", "first", _("Text me a code"), is_sent=False),
    _of("second_sms", "again", _("A new code is on its way."), is_sent_again=True),
    _of("second_mail", "errors", WITH_ERRORS, _wrong_mail),
    _of("second_mail", "first", _("Email me a code"), is_sent=False),
    _of("second_mail", "again", _("Send a new code"), is_sent_again=True),
    _of("second_mail", "name_first", _("Email address or user name"), with_journey(email=SAMPLE_NAME), is_sent=False),
    _of("second_mail", "name", _("A new code is on its way."), with_journey(email=SAMPLE_NAME), is_sent_again=True),
    _of("second_mail", "others", _("Other ways to sign in"), other_ways(APP_CODE)),
    _of("passkey", "errors", WITH_ERRORS, _wrong_passkey),
    _of("passkey", "alone", _("This is your only passkey"), _wrong_one),
    _of("passkey", "again", _("Confirm it's you"), confirms=True, is_alone=True),
    _of("passkey_check", "elsewhere", _("Your passkeys"), asked=None, elsewhere=[SAMPLE_HOST]),
    _of("passkey_check", "besides", _("Other ways to sign in"), elsewhere=[SAMPLE_HOST]),
    _of("recovery_code", "errors", WITH_ERRORS, _wrong_recovery),
    _of("app_setup", "errors", WITH_ERRORS, _wrong_setup),
    _of("app_setup", "others", _("Other ways to sign in"), other_ways(PHONE_SETUP, PASSKEY_SETUP)),
    _of("phone_setup", "errors", WITH_ERRORS, _wrong_number),
    _of("phone_setup", "code", _("Enter the code"), _number_given, is_sent_again=True),
    _of("phone_setup", "code_errors", _("Code"), _wrong_number_code),
    _of("phone_setup", "others", _("Other ways to sign in"), other_ways(APP_SETUP)),
    _of("passkey_setup", "required", _("This field is required."), _alone),
    _of("passkey_removal", "only", _("This is your only passkey"), is_only=True),
    _of("recover", "sent", _("Check your email"), is_sent=True),
    _of("recover", "waiting", _("Start the wait"), lambda _look: {"recovers_at": later(3)}),
    _of("recovery", "waiting", _("Get back into your account"), lambda _look: {"recovers_at": later(3)}),
    _of("recovery_stop", "stopped", _("Recovery stopped"), is_stopped=True),
    _of("recovery_stop", "without_password", WITHOUT_PASSWORD, is_stopped=True, has_password=False),
)
