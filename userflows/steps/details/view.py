from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils.translation import get_language

from accounts.credentials.hashers import Busy
from common.problems import Refused
from common.web.limits import TooManyAttempts
from userflows.forms.fields import tell_problems
from userflows.journeys import limits
from userflows.journeys.browser import visitor_of
from userflows.journeys.dispatch import JourneyRequest, go_on, refuse_step, show_step
from userflows.journeys.finish import make_account
from userflows.journeys.jobs import look_up_later
from userflows.models import Journey
from userflows.steps.details.actions import DETAILS, keep_password, kept_password
from userflows.steps.details.form import KEPT, DetailsForm


def blank(_request: JourneyRequest, journey: Journey) -> tuple[DetailsForm, dict[str, Any]]:
    return DetailsForm(journey, initial={"stay": journey.stays, **journey.typed}), {}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """Password and attributes; then the account is made."""
    form = DetailsForm(journey, request.POST)
    if not form.is_valid():
        return _keep_and_show(request, journey, form)
    try:
        attempts = limits.count_sign_up(visitor_of(request))
    except TooManyAttempts as refusal:
        return refuse_step(request, DETAILS, form, refusal)
    journey.stays = form.cleaned_data["stay"]
    try:
        return go_on(request, journey, change=lambda: _make_account(journey, form))
    except Busy:
        limits.forgive(attempts)
        raise
    except Refused as refusal:
        tell_problems(form, refusal)
        return show_step(request, DETAILS, form, status=400)


def _keep_and_show(request: JourneyRequest, journey: Journey, form: DetailsForm) -> HttpResponse:
    """What is wrong, with nothing lost of what is right; no page repeats a password, so it is kept elsewhere."""
    if form.cleaned_data.get("password"):
        keep_password(journey, password=form.cleaned_data["password"], visitor=visitor_of(request))
        if kept_password(journey):
            form["password"].help_text = KEPT
    return show_step(request, DETAILS, form, status=400)


def kept(journey: Journey, sent: QueryDict) -> dict[str, Any]:
    """What stands in the inputs, right or wrong; without the password, which nobody keeps."""
    return {bound.name: bound.data for bound in DetailsForm(journey, sent) if bound.name not in {"password", "stay"}}


def _make_account(journey: Journey, form: DetailsForm) -> None:
    make_account(
        journey,
        password=form.cleaned_data.get("password") or None,
        password_hash=kept_password(journey),
        attributes=form.attributes(),
        language=get_language() or "",
    )
    if form.is_unchecked and journey.account:
        look_up_later(journey.account, form.cleaned_data["password"])
