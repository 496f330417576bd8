from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.errors import CodeRefused
from common.web.limits import TooManyAttempts
from userflows.forms.codes import RecoveryCodeForm
from userflows.journeys.browsers.browser import visitor_of
from userflows.journeys.codes.factor_tries import trying_factor
from userflows.journeys.dispatch import JourneyRequest, go_on, refuse_step, show_step
from userflows.models import Journey
from userflows.state import RECOVERY_CODE
from userflows.steps.recovery_code.actions import prove_by_recovery_code

WRONG = _("That code is incorrect or was already used. Try another one.")


def blank(_request: JourneyRequest, journey: Journey) -> tuple[RecoveryCodeForm, dict[str, Any]]:
    return RecoveryCodeForm(initial={"stay": journey.stays}), {}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """A code of the list that the customer has kept."""
    form = RecoveryCodeForm(request.POST)
    if not form.is_valid():
        return show_step(request, RECOVERY_CODE, form, status=400)
    code, remembers = form.cleaned_data["code"], form.cleaned_data["remember"]
    journey.stays = form.cleaned_data["stay"]
    try:
        with trying_factor(journey, visitor_of(request), step=RECOVERY_CODE):
            return go_on(
                request, journey, change=lambda: prove_by_recovery_code(journey, code=code, remembers=remembers)
            )
    except TooManyAttempts as refusal:
        return refuse_step(request, RECOVERY_CODE, form, refusal)
    except CodeRefused:
        form.add_error("code", WRONG)
        return show_step(request, RECOVERY_CODE, form, status=400)
