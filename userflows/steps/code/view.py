from functools import partial
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.credentials.services.codes import LIFETIME
from common.web.limits import TooManyAttempts
from userflows.forms.codes import CodeForm
from userflows.journeys.attempts.refusals import SOON, about_code, told
from userflows.journeys.codes.code_pages import judge_code, send_code
from userflows.journeys.codes.code_tries import seconds_left, sent_at
from userflows.journeys.dispatch import JourneyRequest
from userflows.models import Journey
from userflows.state import CODE
from userflows.steps.code.actions import prove_by_code, send_another, trying
from userflows.steps.code.proof import code_length

WRONG = _("That code is incorrect. Use the code from our latest email.")


def blank(request: JourneyRequest, journey: Journey) -> tuple[CodeForm, dict[str, Any]]:
    form = CodeForm(initial={"stay": journey.stays}, length=code_length(journey))
    return form, {"is_sent_again": "sent" in request.GET, **_about_code(journey)}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The code from the mail."""
    return judge_code(
        request,
        journey,
        CodeForm(request.POST, length=code_length(journey)),
        step=CODE,
        trying=trying,
        prove=lambda typed, is_last: prove_by_code(journey, code=typed["code"], is_last_try=is_last),
        wrong=partial(about_code, wrong=WRONG),
        about=_about_code,
    )


def send(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """Send a code: the first to somebody who would rather have one than do something else, or another one."""
    refused = partial(_what_still_works, journey)
    return send_code(request, journey, step=CODE, send_another=send_another, refused=refused)


def _what_still_works(journey: Journey, refusal: TooManyAttempts) -> str:
    """No code can be sent now; which one may still be entered, or what else may be done."""
    if refusal.retry_after > SOON:
        return told(refusal)
    sent = sent_at(journey, step=CODE)
    return what_still_works(refusal.retry_after, works=bool(sent and sent > timezone.now() - LIFETIME))


def what_still_works(seconds: int, *, works: bool) -> str:
    """The sentence for whether the last code still `works`, and for how long there is no other."""
    minutes = -(-seconds // 60)
    if works:
        sentence = ngettext(
            "The last code we emailed still works. You can request another in %(count)d minute.",
            "The last code we emailed still works. You can request another in %(count)d minutes.",
            minutes,
        )
    else:
        sentence = ngettext(
            "You can request another code in %(count)d minute.",
            "You can request another code in %(count)d minutes.",
            minutes,
        )
    return sentence % {"count": minutes}


def _about_code(journey: Journey) -> dict[str, Any]:
    return seconds_left(sent_at(journey, step=CODE))
