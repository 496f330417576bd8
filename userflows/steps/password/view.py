from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from common.web.limits import TooManyAttempts
from userflows.journeys.browser import visitor_of
from userflows.journeys.dispatch import JourneyRequest, go_on, refuse_step, show_step
from userflows.models import Journey
from userflows.steps.password.actions import PASSWORD, try_password
from userflows.steps.password.form import PasswordForm


def blank(_request: JourneyRequest, journey: Journey) -> tuple[PasswordForm, dict[str, Any]]:
    return PasswordForm(initial={"stay": journey.stays}), {}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """Whatever is wrong about address or password, the answer is the same."""
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return show_step(request, PASSWORD, form, status=400)
    journey.stays = form.cleaned_data["stay"]
    try:
        is_right = try_password(journey, password=form.cleaned_data["password"], visitor=visitor_of(request))
    except TooManyAttempts as refusal:
        return refuse_step(request, PASSWORD, form, refusal)
    if not is_right:
        form.add_error("password", _("Incorrect email or password."))
        return show_step(request, PASSWORD, form, status=400)
    return go_on(request, journey)
