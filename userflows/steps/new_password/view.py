from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.errors import AccountRefused
from accounts.models import Account
from common.problems import Refused
from userflows.forms.fields import tell_problems
from userflows.journeys.dispatch import JourneyRequest, go_on, show_step
from userflows.models import Journey
from userflows.state import NEW_PASSWORD
from userflows.steps.new_password.actions import choose_password
from userflows.steps.new_password.form import NewPasswordForm

GONE = _("This account is no longer available.")


def blank(_request: JourneyRequest, journey: Journey) -> tuple[NewPasswordForm, dict[str, Any]]:
    return NewPasswordForm(_account(journey), initial={"stay": journey.stays}), {}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The new password; then its owner is signed in."""
    form = NewPasswordForm(_account(journey), request.POST)
    if not form.is_valid():
        return show_step(request, NEW_PASSWORD, form, status=400)
    journey.stays, password = form.cleaned_data["stay"], form.cleaned_data["password"]
    try:
        return go_on(
            request, journey, change=lambda: choose_password(journey, password=password, is_unchecked=form.is_unchecked)
        )
    except AccountRefused:
        form.add_error(None, GONE)
        return show_step(request, NEW_PASSWORD, form, status=400)
    except Refused as refusal:
        tell_problems(form, refusal)
        return show_step(request, NEW_PASSWORD, form, status=400)


def _account(journey: Journey) -> Account:
    """Whose password it shall be, by all of whose names it is judged; where it is gone, the service says so."""
    return journey.account or Account(email=journey.whose)
