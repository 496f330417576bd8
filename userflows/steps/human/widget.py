"""The check by a provider's widget: what its page needs, and what comes of what it has found."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audit.reasons import Reason
from captcha.description import described
from captcha.models import CaptchaSettings
from captcha.services import note_answer
from captcha.verifying import Verdict, verify
from captcha.widgets import PUZZLE, Widget
from common.web.limits import TooManyAttempts
from common.web.outgoing import TooManyWaiting
from userflows.journeys import events
from userflows.journeys.addresses import see_other, step_url
from userflows.journeys.attempts import limits
from userflows.journeys.browsers.browser import visitor_of
from userflows.journeys.dispatch import JourneyRequest, go_on, refuse_step, show_step
from userflows.journeys.progress import save_progress
from userflows.models import Journey
from userflows.state import HUMAN
from userflows.steps.human.actions import ask_puzzle, solve
from userflows.steps.human.form import HumanForm

# The button of whoever can't do it, or whose browser doesn't show it.
WITHOUT = "without"
NOT_DONE = _("Complete the check first.")
NOT_FOUND = _("The check didn't work. Try again.")
NO_ANSWER = _("The check isn't available right now. Try again in a few minutes.")
SECONDS_TO_WAIT = 60


@dataclass(frozen=True)
class Shown:
    """What a page shows: the provider's widget, by this site key."""

    of: Widget
    site_key: str

    @property
    def provider(self) -> SafeString:
        """Its name, which leads to its privacy policy if there is one."""
        if not self.of.privacy_url:
            return format_html("<bdi>{}</bdi>", self.of.name)
        link = '<a href="{}" target="_blank" rel="noopener noreferrer"><bdi>{}</bdi></a>'
        return format_html(link, self.of.privacy_url, self.of.name)

    @property
    def origins(self) -> tuple[str, ...]:
        """From which the page may load."""
        return self.of.origins


def widget_of(captcha: CaptchaSettings) -> Shown:
    """Of the tenant's provider."""
    return Shown(described(captcha).widget, captcha.site_key)


def judge_widget(request: JourneyRequest, journey: Journey, captcha: CaptchaSettings) -> HttpResponse:
    """Go on if the provider takes what its widget has found; else say so, or have a puzzle where nobody knows."""
    response = request.POST.get(described(captcha).widget.response_field, "")
    if not response:
        return _again(request, captcha, NOT_DONE)
    try:
        attempts = limits.count_answer(visitor_of(request))
        verdict = _verdict(captcha, response, host=request.get_host())
        if verdict is Verdict.GOOD:
            limits.forgive(attempts)
            return go_on(request, journey, change=lambda: solve(journey))
    except TooManyAttempts as refusal:
        return refuse_step(request, HUMAN, HumanForm(), refusal, widget=widget_of(captcha))
    except TooManyWaiting:
        return _later(request, captcha)
    if verdict is Verdict.WRONG:
        events.record_failure(journey, step=HUMAN, reason=Reason.CAPTCHA_FAILED)
        return _again(request, captcha, NOT_FOUND)
    if captcha.on_failure != PUZZLE:
        return _later(request, captcha)
    ask_puzzle(journey)
    save_progress(journey)
    return see_other(step_url(journey))


def _verdict(captcha: CaptchaSettings, response: str, *, host: str) -> Verdict:
    """What the provider says. Raises `TooManyWaiting`."""
    verified = verify(captcha, response, host=urlsplit(f"//{host}").hostname or "")
    note_answer(verified)
    return verified.verdict


def _again(request: JourneyRequest, captcha: CaptchaSettings, sentence: Promise) -> HttpResponse:
    shown = widget_of(captcha)
    return show_step(request, HUMAN, HumanForm(), status=HTTPStatus.BAD_REQUEST, refusal=sentence, widget=shown)


def _later(request: JourneyRequest, captcha: CaptchaSettings) -> HttpResponse:
    shown = widget_of(captcha)
    status = HTTPStatus.SERVICE_UNAVAILABLE
    response = show_step(request, HUMAN, HumanForm(), status=status, refusal=NO_ANSWER, widget=shown)
    response["Retry-After"] = str(SECONDS_TO_WAIT)
    return response
