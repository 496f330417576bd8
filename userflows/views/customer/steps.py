"""The steps of signing in, and the address every journey begins with."""

from typing import Any

from django.contrib.auth import authenticate
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts.credentials.services.codes import LIFETIME
from accounts.errors import CodeRefused
from accounts.models import Account
from common.limits import TooManyAttempts
from userflows import limits
from userflows.forms.steps import AddressForm, CodeForm, PasswordForm
from userflows.models import Journey
from userflows.policies import Step
from userflows.services import journeys, steps
from userflows.services.journeys import see_other
from userflows.sign_ins import CODE, PASSWORD
from userflows.views.customer.journey import (
    JourneyRequest,
    arrive,
    button,
    closed,
    journey_page,
    refuse,
    show,
    step_page,
)

Purpose = Journey.Purpose
SECONDS_BEFORE_RESEND = 30


def may_type_password(journey: Journey) -> bool:
    return bool(journey.email and journey.purpose == Purpose.SIGN_IN and journey.user_flow.allows_password)


def may_type_code(journey: Journey) -> bool:
    return bool(journey.email and journey.code_sent_at and not journey.email_proved_at)


@step_page(is_open_to=lambda journey: True)
def address(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """Who wants in. A code is on its way afterwards, unless a password comes next."""
    if request.method != "POST":
        return show(request, Step.ADDRESS, AddressForm(initial={"email": journey.email, **journey.typed}))
    form = AddressForm(request.POST)
    if not form.is_valid():
        return show(request, Step.ADDRESS, form, status=400)
    email = form.cleaned_data["email"]
    sends_code = journey.purpose != Purpose.SIGN_IN or not journey.user_flow.allows_password
    try:
        if sends_code:
            limits.count_code_asked(request, email)
    except TooManyAttempts as refusal:
        return refuse(request, Step.ADDRESS, form, refusal)
    steps.record_address(journey, email=email, sends_code=sends_code)
    return see_other(journeys.step_url(journey))


@sensitive_post_parameters()
@step_page(is_open_to=may_type_password)
def password(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The password. Whatever is wrong about address or password, the answer is the same."""
    if request.method != "POST":
        return show(request, Step.PASSWORD, PasswordForm())
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return show(request, Step.PASSWORD, form, status=400)
    try:
        attempts = limits.count_password(request, journey.email)
    except TooManyAttempts as refusal:
        return refuse(request, Step.PASSWORD, form, refusal)
    account = authenticate(request, email=journey.email, password=form.cleaned_data["password"])
    if not isinstance(account, Account):
        steps.record_failure(request, journey, method=PASSWORD)
        form.add_error("password", _("The email address or the password isn't right."))
        return show(request, Step.PASSWORD, form, status=400)
    limits.forgive(attempts)
    steps.finish_with_password(request, journey, account)
    return arrive(request, journey)


@step_page(is_open_to=may_type_code)
def code(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The code from the mail, which proves the address."""
    if request.method != "POST":
        return show(request, Step.CODE, CodeForm(), is_sent_again="sent" in request.GET, **_about_code(journey))
    form = CodeForm(request.POST)
    if not form.is_valid():
        return show(request, Step.CODE, form, status=400, **_about_code(journey))
    try:
        attempts = limits.count_code(request, journey.email)
        return _redeem(request, journey, form, attempts)
    except TooManyAttempts as refusal:
        return refuse(request, Step.CODE, form, refusal, **_about_code(journey))
    except CodeRefused as refusal:
        steps.record_failure(request, journey, method=CODE)
        wrong = _("This code isn't right. Look for the newest mail from us.")
        spent = _("This code can't be used any more. Have a new one sent.")
        form.add_error("code", spent if refusal.is_spent else wrong)
        return show(request, Step.CODE, form, status=400, **_about_code(journey))


@step_page(is_open_to=lambda journey: may_type_code(journey) or may_type_password(journey))
@button
def send(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """Send a code: the first to somebody who would rather not type a password, or another one."""
    if journey.purpose == Purpose.SIGN_IN and not journey.user_flow.allows_code:
        return see_other(journeys.step_url(journey))
    try:
        limits.count_code_asked(request, journey.email)
    except TooManyAttempts as refusal:
        if may_type_code(journey):
            return refuse(request, Step.CODE, CodeForm(), refusal, **_about_code(journey))
        return refuse(request, Step.PASSWORD, PasswordForm(), refusal)
    is_another = may_type_code(journey)
    if not journey.email_proved_at:
        steps.ask_for_code(journey)
    return see_other(f"{journeys.step_url(journey)}{'?sent' if is_another else ''}")


@journey_page
@button
def turn(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """Take another way from here, with what was typed so far."""
    purpose = request.POST.get("purpose", "")
    if purpose == Purpose.SIGN_UP and not journey.user_flow.allows_sign_up:
        return closed(request)
    if purpose == Purpose.RESET and not journey.user_flow.allows_password:
        purpose = Purpose.SIGN_IN
    if purpose not in Purpose.values:
        return see_other(journeys.step_url(journey))
    form = AddressForm(request.POST if "email" in request.POST else {"email": journey.email})
    email = form.cleaned_data["email"] if form.is_valid() else ""
    steps.turn(journey, purpose=purpose, email=email)
    return see_other(journeys.step_url(journey))


def _redeem(request: JourneyRequest, journey: Journey, form: CodeForm, attempts: limits.Attempts) -> HttpResponse:
    steps.prove_address(journey, code=form.cleaned_data["code"])
    limits.forgive(attempts)
    if journey.purpose == Purpose.SIGN_IN:
        steps.finish_with_code(request, journey)
        return arrive(request, journey)
    return see_other(journeys.step_url(journey))


def _about_code(journey: Journey) -> dict[str, Any]:
    """For how many seconds the page holds the button for another code back, and how long the code still works."""
    since = (timezone.now() - journey.code_sent_at).total_seconds() if journey.code_sent_at else SECONDS_BEFORE_RESEND
    wait, expires_in = (max(0, int(limit - since)) for limit in (SECONDS_BEFORE_RESEND, LIFETIME.total_seconds()))
    return {"wait": wait, "expires_in": expires_in, "minutes": -(-expires_in // 60)}
