from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.errors import CodeRefused
from common.web.limits import TooManyAttempts
from userflows.forms.codes import AppCodeForm
from userflows.journeys.browsers.browser import visitor_of
from userflows.journeys.codes.factor_tries import trying_factor
from userflows.journeys.dispatch import JourneyRequest, go_on, refuse_step, show_step
from userflows.models import Journey
from userflows.state import APP_CODE
from userflows.steps.app_code.actions import prove_by_app

USED = _("This code was already used. Wait for the next one.")
WRONG = _("That code is incorrect. Enter the one your app shows now.")


def blank(_request: JourneyRequest, journey: Journey) -> tuple[AppCodeForm, dict[str, Any]]:
    return AppCodeForm(initial={"stay": journey.stays}), {}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The code from the app."""
    form = AppCodeForm(request.POST)
    if not form.is_valid():
        return show_step(request, APP_CODE, form, status=400)
    code, remembers = form.cleaned_data["code"], form.cleaned_data["remember"]
    journey.stays = form.cleaned_data["stay"]
    try:
        with trying_factor(journey, visitor_of(request), step=APP_CODE):
            return go_on(request, journey, change=lambda: prove_by_app(journey, code=code, remembers=remembers))
    except TooManyAttempts as refusal:
        return refuse_step(request, APP_CODE, form, refusal)
    except CodeRefused as refusal:
        form.add_error("code", USED if refusal.is_spent else WRONG)
        return show_step(request, APP_CODE, form, status=400)
