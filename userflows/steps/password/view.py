from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext_lazy as _

from audit.reasons import Reason
from common.text.email_address import MAX_EMAIL
from common.web.limits import TooManyAttempts
from hooks.calls.asking import HookDown
from userflows.forms.fields import is_ticked, kept_tick
from userflows.journeys.browsers.browser import visitor_of
from userflows.journeys.dispatch import JourneyRequest, go_on, refuse_step, show_step
from userflows.journeys.events import record_hook
from userflows.models import Journey
from userflows.state import PASSWORD
from userflows.steps.password.actions import is_meant_for, may_mean_the_same, try_password
from userflows.steps.password.form import PasswordForm

WRONG = _("Incorrect email or password.")
NOT_CHECKED = _("We couldn't check your password right now. Try again in a moment, or choose another way.")


def blank(_request: JourneyRequest, journey: Journey) -> tuple[PasswordForm, dict[str, Any]]:
    return PasswordForm(initial={"stay": is_ticked(journey)}), {}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """Whatever is wrong about address or password, the answer is the same. What was sent for another address than the
    journey's is neither tried nor counted; for what may be another name of the same account, it is.
    """
    shown = request.POST.get("username", "")
    is_another = bool(shown) and not is_meant_for(journey, shown)
    if is_another and not may_mean_the_same(journey, shown):
        return show_step(request, PASSWORD, blank(request, journey)[0], status=400, was_for=shown[:MAX_EMAIL])
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return show_step(request, PASSWORD, form, status=400)
    journey.stays = form.cleaned_data["stay"]
    try:
        is_right = try_password(
            journey,
            password=form.cleaned_data["password"],
            visitor=visitor_of(request),
            name=shown if is_another else "",
        )
    except TooManyAttempts as refusal:
        return refuse_step(request, PASSWORD, form, refusal)
    except HookDown as down:
        record_hook(journey, step=PASSWORD, reason=Reason.HOOK_FAILED, hook=down.hook, problem=str(down))
        return show_step(request, PASSWORD, form, status=503, refusal=NOT_CHECKED)
    if not is_right:
        form.add_error("password", WRONG)
        return show_step(request, PASSWORD, form, status=400)
    return go_on(request, journey)


def kept(_journey: Journey, sent: QueryDict) -> dict[str, Any]:
    """The tick; never the password."""
    return kept_tick(sent)
