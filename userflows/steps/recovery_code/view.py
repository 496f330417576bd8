from functools import partial
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from userflows.forms.codes import RecoveryCodeForm
from userflows.journeys.codes.code_pages import judge_code
from userflows.journeys.codes.factor_tries import trying_factor
from userflows.journeys.dispatch import JourneyRequest
from userflows.models import Journey
from userflows.state import RECOVERY_CODE
from userflows.steps.recovery_code.actions import prove_by_recovery_code

WRONG = _("That code is incorrect or was already used. Try another one.")


def blank(_request: JourneyRequest, journey: Journey) -> tuple[RecoveryCodeForm, dict[str, Any]]:
    return RecoveryCodeForm(initial={"stay": journey.stays}), {}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """A code of the list that the customer has kept."""
    return judge_code(
        request,
        journey,
        RecoveryCodeForm(request.POST),
        step=RECOVERY_CODE,
        trying=partial(trying_factor, step=RECOVERY_CODE),
        prove=lambda typed, _: prove_by_recovery_code(journey, code=typed["code"], remembers=typed["remember"]),
        wrong=lambda _: WRONG,
    )
