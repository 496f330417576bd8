from functools import partial
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from userflows.forms.codes import TextCodeForm
from userflows.journeys.attempts.refusals import about_code
from userflows.journeys.codes.code_pages import judge_code, send_code
from userflows.journeys.codes.code_tries import code_length, seconds_left, sent_at
from userflows.journeys.dispatch import JourneyRequest
from userflows.models import Journey
from userflows.state import SMS
from userflows.steps.sms.actions import prove_by_text, send_another, trying

WRONG = _("That code is incorrect. Use the code from our latest text message.")


def blank(request: JourneyRequest, journey: Journey) -> tuple[TextCodeForm, dict[str, Any]]:
    form = TextCodeForm(initial={"stay": journey.stays}, length=code_length(journey, step=SMS))
    return form, {"is_sent_again": "sent" in request.GET, **_about(journey)}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The code from the text message."""
    return judge_code(
        request,
        journey,
        TextCodeForm(request.POST, length=code_length(journey, step=SMS)),
        step=SMS,
        trying=trying,
        prove=lambda typed, is_last: prove_by_text(journey, code=typed["code"], is_last_try=is_last),
        wrong=partial(about_code, wrong=WRONG),
        about=_about,
    )


def send(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """Send a code: the first to somebody who would rather have one than do something else, or another one."""
    return send_code(request, journey, step=SMS, send_another=send_another)


def _about(journey: Journey) -> dict[str, Any]:
    return seconds_left(sent_at(journey, step=SMS))
