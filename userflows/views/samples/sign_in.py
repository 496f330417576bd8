"""Signing in, signing up, and getting a new password."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from branding.languages.offered import offer
from branding.look import Look
from branding.preview.samples import Sample, SampleGroup
from common.text.spoken import spoken_language
from providers.models import IdentityProvider
from userflows.forms.codes import CodeForm, TextCodeForm
from userflows.forms.fields import TERMS, AddressForm, terms_field
from userflows.forms.profile import ProfileForm
from userflows.journeys.account.offered import buttons_of
from userflows.journeys.messages.mails import MINUTES
from userflows.models import Journey
from userflows.steps.details.form import DetailsForm
from userflows.steps.human.form import HumanForm
from userflows.steps.new_password.form import NewPasswordForm
from userflows.steps.password.form import PasswordForm
from userflows.steps.profile.form import OwedForm
from userflows.views.customer.languages import MANY, Listed
from userflows.views.samples.cast import (
    SAMPLE_ADDRESS,
    later,
    provider_buttons,
    sample_account,
    sample_journey,
    step_page,
)

# Shown where a flow offers none: a page without buttons would be a dead end.
SAMPLE_PROVIDERS = [
    IdentityProvider(kind=kind, name=str(kind.label))
    for kind in (IdentityProvider.Kind.GOOGLE, IdentityProvider.Kind.APPLE, IdentityProvider.Kind.MICROSOFT)
]


def _address(purpose: str, _look: Look) -> dict[str, Any]:
    journey = sample_journey(email="", purpose=purpose)
    form = AddressForm(takes_user_names=journey.rules.takes_user_names)
    return step_page(journey, form, **provider_buttons(journey))


def _sign_in(look: Look) -> dict[str, Any]:
    return _address(Journey.Purpose.SIGN_IN, look)


def _sign_up(look: Look) -> dict[str, Any]:
    return _address(Journey.Purpose.SIGN_UP, look)


def _reset(look: Look) -> dict[str, Any]:
    return _address(Journey.Purpose.RESET, look)


def _password(_look: Look) -> dict[str, Any]:
    journey = sample_journey()
    return step_page(journey, PasswordForm(), **provider_buttons(journey))


def _code(_look: Look) -> dict[str, Any]:
    return step_page(sample_journey(), CodeForm(), wait=0, expires_in=MINUTES * 60, minutes=MINUTES)


def _text_code(_look: Look) -> dict[str, Any]:
    return step_page(sample_journey(), TextCodeForm(), wait=0)


def _provider(_look: Look) -> dict[str, Any]:
    journey = sample_journey(email="")
    return step_page(journey, provider_buttons=buttons_of(journey) or SAMPLE_PROVIDERS)


def _human(_look: Look) -> dict[str, Any]:
    return step_page(sample_journey(purpose=Journey.Purpose.SIGN_UP), HumanForm())


def _details(_look: Look) -> dict[str, Any]:
    journey = sample_journey(purpose=Journey.Purpose.SIGN_UP)
    return step_page(journey, DetailsForm(journey, page=1), progress=(3, 3))


def _new_password(_look: Look) -> dict[str, Any]:
    journey = sample_journey(purpose=Journey.Purpose.RESET)
    return step_page(journey, NewPasswordForm(Account(email=SAMPLE_ADDRESS)))


def _owed(_look: Look) -> dict[str, Any]:
    journey = sample_journey()
    asked = list(ProfileForm(journey.user_flow, sample_account()))
    return step_page(journey, OwedForm(journey), asked=asked, may_wait=True)


def _terms(_look: Look) -> dict[str, Any]:
    journey = sample_journey()
    form = OwedForm(journey)
    form.fields[TERMS] = terms_field(journey.user_flow)
    return step_page(journey, form)


def _language(_look: Look) -> dict[str, Any]:
    languages = offer().languages
    listed = [Listed(each, each.own) for each in languages]
    found = {"is_found": True, "listed": listed, "can_search": len(languages) > MANY, "find": ""}
    return {**found, "now": spoken_language(), "back": "#"}


def _keep_account(_look: Look) -> dict[str, Any]:
    return step_page(sample_journey(), closes_at=later())


def _sample(key: str, name: Any, step: str, context: Any) -> Sample:
    return Sample(key, name, f"customer/steps/{step}.html", context, SampleGroup.SIGN_IN)


SAMPLES = (
    _sample("sign_in", _("Sign in"), "address", _sign_in),
    _sample("password", _("Enter your password"), "password", _password),
    _sample("code", _("Enter the code"), "code", _code),
    _sample("sign_up_address", _("Create an account"), "address", _sign_up),
    _sample("sign_up", _("Complete your account"), "details", _details),
    _sample("reset", _("Reset your password"), "address", _reset),
    _sample("new_password", _("Choose a new password"), "new_password", _new_password),
    _sample("profile", _("Complete your profile"), "profile", _owed),
    _sample("terms", _("Accept the terms of use"), "profile", _terms),
    _sample("providers", _("Sign-in with a provider"), "provider", _provider),
    _sample("sms", _("Codes by text message"), "sms", _text_code),
    _sample("human", _("One moment"), "human", _human),
    Sample("language", _("Language"), "customer/language.html", _language, SampleGroup.SIGN_IN),
    _sample("keep_account", _("Keep your account?"), "keep_account", _keep_account),
)
