from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.errors import CodeRefused
from common.web.limits import TooManyAttempts
from userflows.forms.codes import TextCodeForm
from userflows.journeys.addresses import page_of_step, see_other
from userflows.journeys.attempts.refusals import about_code, told
from userflows.journeys.browsers.browser import visitor_of
from userflows.journeys.codes.code_tries import code_length, seconds_left, sent_at
from userflows.journeys.dispatch import JourneyRequest, go_on, refuse_button, refuse_step, show_step
from userflows.models import Journey
from userflows.state import SMS
from userflows.steps.sms.actions import prove_by_text, send_another, trying

WRONG = _("That code is incorrect. Use the code from our latest text message.")


def blank(request: JourneyRequest, journey: Journey) -> tuple[TextCodeForm, dict[str, Any]]:
    form = TextCodeForm(initial={"stay": journey.stays}, length=code_length(journey, step=SMS))
    return form, {"is_sent_again": "sent" in request.GET, **_about(journey)}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The code from the text message."""
    form = TextCodeForm(request.POST, length=code_length(journey, step=SMS))
    if not form.is_valid():
        return show_step(request, SMS, form, status=400, **_about(journey))
    code = form.cleaned_data["code"]
    journey.stays = form.cleaned_data["stay"]
    try:
        with trying(journey, visitor_of(request)) as is_last:
            return go_on(request, journey, change=lambda: prove_by_text(journey, code=code, is_last_try=is_last))
    except TooManyAttempts as refusal:
        return refuse_step(request, SMS, form, refusal, **_about(journey))
    except CodeRefused as refusal:
        form.add_error("code", about_code(refusal, wrong=WRONG))
        return show_step(request, SMS, form, status=400, **_about(journey))


def send(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """Send a code: the first to somebody who would rather have one than do something else, or another one."""
    is_another = sent_at(journey, step=SMS) is not None
    try:
        send_another(journey, visitor=visitor_of(request))
    except TooManyAttempts as refusal:
        return refuse_button(request, SMS, refusal, told(refusal))
    return see_other(f"{page_of_step(journey, SMS)}{'?sent' if is_another else ''}")


def _about(journey: Journey) -> dict[str, Any]:
    return seconds_left(sent_at(journey, step=SMS))
