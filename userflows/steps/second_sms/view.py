from functools import partial
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from common.text.phone_numbers import masked_phone_number
from userflows.forms.codes import SecondTextCodeForm
from userflows.journeys.attempts.refusals import about_code
from userflows.journeys.codes.code_pages import judge_code, send_code
from userflows.journeys.codes.code_tries import seconds_left, sent_at
from userflows.journeys.codes.factor_tries import trying_sent_factor
from userflows.journeys.dispatch import JourneyRequest
from userflows.models import Journey
from userflows.state import SECOND_SMS
from userflows.steps.second_sms.actions import prove_by_phone, send_another

WRONG = _("That code is incorrect. Use the code from our latest text message.")


def blank(request: JourneyRequest, journey: Journey) -> tuple[SecondTextCodeForm, dict[str, Any]]:
    form = SecondTextCodeForm(initial={"stay": journey.stays})
    return form, {"is_sent_again": "sent" in request.GET, **_about(journey)}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The code from the text message."""
    return judge_code(
        request,
        journey,
        SecondTextCodeForm(request.POST),
        step=SECOND_SMS,
        trying=partial(trying_sent_factor, step=SECOND_SMS),
        prove=lambda typed, is_last: prove_by_phone(
            journey, code=typed["code"], remembers=typed["remember"], is_last_try=is_last
        ),
        wrong=partial(about_code, wrong=WRONG),
        about=_about,
    )


def send(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """Send a code: the first, or another one."""
    return send_code(request, journey, step=SECOND_SMS, send_another=send_another)


def _about(journey: Journey) -> dict[str, Any]:
    sent, account = sent_at(journey, step=SECOND_SMS), journey.account
    number = masked_phone_number(account.phone_number) if account else ""
    return {"is_sent": sent is not None, "number": number, **seconds_left(sent)}
