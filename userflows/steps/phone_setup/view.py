from functools import partial
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from common.text.phone_numbers import is_mobile_number, written_phone_number
from common.web.limits import TooManyAttempts
from sms.services import goes_to_country_of
from userflows.forms.codes import TextCodeForm
from userflows.forms.phones import PhoneForm
from userflows.journeys.addresses import page_of_step, see_other
from userflows.journeys.attempts.refusals import NOT_TO_THIS_NUMBER, about_code, told
from userflows.journeys.browsers.browser import visitor_of
from userflows.journeys.codes.code_pages import judge_code
from userflows.journeys.codes.code_tries import seconds_left, sent_at
from userflows.journeys.codes.factor_tries import trying_sent_factor
from userflows.journeys.dispatch import JourneyRequest, refuse_button, refuse_step, show_step
from userflows.models import Journey
from userflows.state import PHONE_SETUP
from userflows.steps.phone_setup.actions import (
    forget_number,
    give_number,
    number_of,
    prove_number,
)

WRONG = _("That code is incorrect. Use the code from our latest text message.")
NOT_TO_THIS_COUNTRY = _("We can't send text messages to this country. Use another number or another way.")


def blank(request: JourneyRequest, journey: Journey) -> tuple[Form, dict[str, Any]]:
    """First the number, then the code that was sent there."""
    if not number_of(journey):
        return PhoneForm(), {}
    form = TextCodeForm(initial={"stay": journey.stays})
    return form, {"is_sent_again": "sent" in request.GET, **_about(journey)}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The number, or the code."""
    return _submit_code(request, journey) if number_of(journey) else _submit_number(request, journey)


def send(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """Send another code to the same number."""
    try:
        if number := number_of(journey):
            give_number(journey, number=number, visitor=visitor_of(request))
    except TooManyAttempts as refusal:
        return refuse_button(request, PHONE_SETUP, refusal, told(refusal))
    return see_other(f"{page_of_step(journey, PHONE_SETUP)}?sent")


def another(_request: JourneyRequest, journey: Journey) -> HttpResponse:
    """It was the wrong number."""
    forget_number(journey)
    return see_other(page_of_step(journey, PHONE_SETUP))


def _submit_number(request: JourneyRequest, journey: Journey) -> HttpResponse:
    form = PhoneForm(request.POST)
    if form.is_valid() and (problem := _problem_of(form.cleaned_data["number"])):
        form.add_error("number", problem)
    if not form.is_valid():
        return show_step(request, PHONE_SETUP, form, status=400)
    try:
        give_number(journey, number=form.cleaned_data["number"], visitor=visitor_of(request))
    except TooManyAttempts as refusal:
        return refuse_step(request, PHONE_SETUP, form, refusal)
    return see_other(page_of_step(journey, PHONE_SETUP))


def _problem_of(number: str) -> str:
    """Why a number can't be sent its code, as a sentence; empty if it can."""
    if not goes_to_country_of(number):
        return str(NOT_TO_THIS_COUNTRY)
    return "" if is_mobile_number(number) else str(NOT_TO_THIS_NUMBER)


def _submit_code(request: JourneyRequest, journey: Journey) -> HttpResponse:
    return judge_code(
        request,
        journey,
        TextCodeForm(request.POST),
        step=PHONE_SETUP,
        trying=partial(trying_sent_factor, step=PHONE_SETUP),
        prove=lambda typed, is_last: prove_number(journey, code=typed["code"], is_last_try=is_last),
        wrong=partial(about_code, wrong=WRONG),
        about=_about,
    )


def _about(journey: Journey) -> dict[str, Any]:
    return {
        "number": written_phone_number(number_of(journey)),
        **seconds_left(sent_at(journey, step=PHONE_SETUP)),
    }
