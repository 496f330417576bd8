from functools import partial
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from userflows.forms.codes import AppCodeForm
from userflows.journeys.codes.code_pages import judge_code
from userflows.journeys.codes.factor_tries import trying_factor
from userflows.journeys.dispatch import JourneyRequest
from userflows.models import Journey
from userflows.state import APP_CODE
from userflows.steps.app_code.actions import prove_by_app

USED = _("This code was already used. Wait for the next one.")
WRONG = _("That code is incorrect. Enter the one your app shows now.")


def blank(_request: JourneyRequest, journey: Journey) -> tuple[AppCodeForm, dict[str, Any]]:
    return AppCodeForm(initial={"stay": journey.stays}), {}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The code from the app."""
    return judge_code(
        request,
        journey,
        AppCodeForm(request.POST),
        step=APP_CODE,
        trying=partial(trying_factor, step=APP_CODE),
        prove=lambda typed, _: prove_by_app(journey, code=typed["code"], remembers=typed["remember"]),
        wrong=lambda refused: USED if refused.is_spent else WRONG,
    )
