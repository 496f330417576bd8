from functools import partial
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from userflows.forms.codes import SecondCodeForm
from userflows.journeys.attempts.refusals import about_code
from userflows.journeys.codes.code_pages import judge_code, send_code
from userflows.journeys.codes.code_tries import seconds_left, sent_at
from userflows.journeys.codes.factor_tries import trying_sent_factor
from userflows.journeys.dispatch import JourneyRequest
from userflows.models import Journey
from userflows.state import SECOND_MAIL
from userflows.steps.second_mail.actions import prove_by_mail, send_another

WRONG = _("That code is incorrect. Use the code from our latest email.")


def blank(request: JourneyRequest, journey: Journey) -> tuple[SecondCodeForm, dict[str, Any]]:
    return SecondCodeForm(initial={"stay": journey.stays}), {"is_sent_again": "sent" in request.GET, **_about(journey)}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The code from the mail."""
    return judge_code(
        request,
        journey,
        SecondCodeForm(request.POST),
        step=SECOND_MAIL,
        trying=partial(trying_sent_factor, step=SECOND_MAIL),
        prove=lambda typed, is_last: prove_by_mail(
            journey, code=typed["code"], remembers=typed["remember"], is_last_try=is_last
        ),
        wrong=partial(about_code, wrong=WRONG),
        about=_about,
    )


def send(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """Send a code: the first, or another one."""
    return send_code(request, journey, step=SECOND_MAIL, send_another=send_another)


def _about(journey: Journey) -> dict[str, Any]:
    sent = sent_at(journey, step=SECOND_MAIL)
    return {"is_sent": sent is not None, **seconds_left(sent)}
