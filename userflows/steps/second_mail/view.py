from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.errors import CodeRefused
from common.web.limits import TooManyAttempts
from userflows.forms.codes import SecondCodeForm
from userflows.journeys.addresses import page_of_step, see_other
from userflows.journeys.attempts.refusals import about_code, told
from userflows.journeys.browsers.browser import visitor_of
from userflows.journeys.codes.code_tries import seconds_left, sent_at
from userflows.journeys.codes.factor_tries import trying_factor
from userflows.journeys.dispatch import JourneyRequest, go_on, refuse_button, refuse_step, show_step
from userflows.models import Journey
from userflows.state import SECOND_MAIL
from userflows.steps.second_mail.actions import count_code_try, prove_by_mail, send_another

WRONG = _("That code is incorrect. Use the code from our latest email.")


def blank(request: JourneyRequest, journey: Journey) -> tuple[SecondCodeForm, dict[str, Any]]:
    return SecondCodeForm(initial={"stay": journey.stays}), {"is_sent_again": "sent" in request.GET, **_about(journey)}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The code from the mail."""
    form = SecondCodeForm(request.POST)
    if not form.is_valid():
        return show_step(request, SECOND_MAIL, form, status=400, **_about(journey))
    code, remembers = form.cleaned_data["code"], form.cleaned_data["remember"]
    journey.stays = form.cleaned_data["stay"]
    try:
        with trying_factor(journey, visitor_of(request), step=SECOND_MAIL):
            is_last = count_code_try(journey)
            return go_on(
                request,
                journey,
                change=lambda: prove_by_mail(journey, code=code, remembers=remembers, is_last_try=is_last),
            )
    except TooManyAttempts as refusal:
        return refuse_step(request, SECOND_MAIL, form, refusal, **_about(journey))
    except CodeRefused as refusal:
        form.add_error("code", about_code(refusal, wrong=WRONG))
        return show_step(request, SECOND_MAIL, form, status=400, **_about(journey))


def send(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """Send a code: the first, or another one."""
    is_another = sent_at(journey, step=SECOND_MAIL) is not None
    try:
        send_another(journey, visitor=visitor_of(request))
    except TooManyAttempts as refusal:
        return refuse_button(request, SECOND_MAIL, refusal, told(refusal))
    return see_other(f"{page_of_step(journey, SECOND_MAIL)}{'?sent' if is_another else ''}")


def _about(journey: Journey) -> dict[str, Any]:
    sent = sent_at(journey, step=SECOND_MAIL)
    return {"is_sent": sent is not None, **seconds_left(sent)}
