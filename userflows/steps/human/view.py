from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from common.web.limits import TooManyAttempts
from userflows.journeys.attempts import limits
from userflows.journeys.browsers.browser import visitor_of
from userflows.journeys.dispatch import JourneyRequest, go_on, refuse_step, show_step
from userflows.journeys.progress import save_progress
from userflows.models import Journey
from userflows.state import HUMAN
from userflows.steps.human.actions import captcha_of, puzzle_of, set_puzzle, solve
from userflows.steps.human.form import HumanForm
from userflows.steps.human.widget import WITHOUT, judge_widget, widget_of

NOT_SOLVED = _("That didn't work. Your browser tries again.")


def blank(_request: JourneyRequest, journey: Journey) -> tuple[HumanForm, dict[str, Any]]:
    captcha = captcha_of(journey)
    return HumanForm(), {"widget": widget_of(captcha)} if captcha else {"puzzle": puzzle_of(journey)}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """What the widget has found, or the number; or nothing, from whoever can do neither: so a few may go on, by the
    code that proves their mailbox.
    """
    form, captcha = HumanForm(request.POST), captcha_of(journey)
    answer = form.cleaned_data["answer"] if form.is_valid() else "wrong"
    if captcha is not None and WITHOUT not in request.POST:
        return judge_widget(request, journey, captcha)
    if captcha is None and answer and not puzzle_of(journey).is_solved_by(answer):
        set_puzzle(journey, level=journey.step_data[HUMAN]["level"])
        save_progress(journey)
        return show_step(request, HUMAN, HumanForm(), status=400, refusal=NOT_SOLVED, puzzle=puzzle_of(journey))
    try:
        if captcha is not None or not answer:
            limits.count_without_check(visitor_of(request))
        return go_on(request, journey, change=lambda: solve(journey))
    except TooManyAttempts as refusal:
        # It may be the code that follows: then the answer is good another time, and the page sends nothing by itself.
        shown = {"widget": widget_of(captcha)} if captcha else {"puzzle": None}
        return refuse_step(request, HUMAN, form, refusal, **shown)
