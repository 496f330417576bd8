"""What every step returns to, and what all their pages share.

A step is shown here, what is sent from its page is answered by its own view, and that view comes back to `go_on`. A
journey is this browser's and still open, answers in its language, and leads whoever stands elsewhere to where it is.
"""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime, timedelta
from functools import wraps
from http import HTTPStatus
from math import ceil
from typing import Any, cast
from uuid import UUID

from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.credentials.hashers import Busy
from accounts.errors import EmailAddressTaken
from accounts.sessions.rules import session_rules
from audit.reasons import Reason
from common.problems import Refused
from common.web.limits import TooManyAttempts
from tenants.limits import BeyondLimit, limits_of_installation
from userflows.forms.kept import render_kept
from userflows.forms.pages import refuse, show, too_busy
from userflows.journeys import entry, events
from userflows.journeys.account.admission import SignUpClosed, check_address, check_browser, check_open, is_closed
from userflows.journeys.account.given import ask_again
from userflows.journeys.account.hooks import ask_for_account, has_to_ask
from userflows.journeys.account.offered import buttons_of
from userflows.journeys.addresses import see_other, step_url
from userflows.journeys.arrival import arrive
from userflows.journeys.attempts.refusals import offers_link, refusal_context
from userflows.journeys.browsers.browser import visitor_of
from userflows.journeys.browsers.known_browsers import know_browser
from userflows.journeys.dead_ends import OUT_OF_DATE, STOPPING, closed, over, stopped, unknown
from userflows.journeys.finish import finish, make_given_account
from userflows.journeys.next_step import (
    ACCOUNT,
    FINISH,
    IDENTIFYING,
    SETTING_UP,
    Finish,
    Step,
    alternatives,
    due_step,
    ends_with,
    has_open_buttons,
    is_open,
    next_step,
    progress_at,
    verifies_last,
)
from userflows.journeys.picked_up import pick_up
from userflows.journeys.progress import JourneyMovedOn, keep_typed, save_progress
from userflows.journeys.registry import step_named, step_with_button, table
from userflows.middleware import speak_for
from userflows.models import Journey
from userflows.pages import look_on_page, render_customer
from userflows.questions.given import is_sent
from userflows.second_factors.channels import MAILBOX, channels_of
from userflows.second_factors.due import days_offered
from userflows.second_factors.remembered import remember_browser
from userflows.sessions.signed_in import SECOND_FACTOR
from userflows.state import CHANGE, HUMAN, PROVIDER, REMEMBER, SIGN_IN, SIGN_UP


class JourneyRequest(HttpRequest):
    """A request for a page of this browser's journey."""

    journey: Journey


REFUSED, TOLD, STALE = "refused", "told", "stale"
# The tasks at which no account is made, or where whoever makes it has asked before.
BEFORE_ACCOUNT = IDENTIFYING | {ACCOUNT, HUMAN}
View = Callable[..., HttpResponse]


def journey_page(view: View) -> View:
    """A page of an open journey, given to the view. Any other journey says what has become of it."""

    @wraps(view)
    def page(request: HttpRequest, journey_id: UUID, **named: str) -> HttpResponse:
        journey = entry.any_journey_of(request, journey_id)
        if journey is None:
            return pick_up(request, journey_id) or unknown(request, journey_id)
        request = cast(JourneyRequest, request)
        request.journey = journey
        speak_for(request, journey)
        if not journey.is_open:
            _keep_sent(request, named.get("name", ""))
            return over(request, journey)
        try:
            return view(request, journey, **named)
        except JourneyMovedOn:
            request.journey = entry.any_journey_of(request, journey_id) or journey
            return see_other(step_url(request.journey)) if request.journey.is_open else over(request, request.journey)
        except STOPPING as reason:
            return stopped(request, request.journey, reason, step=named.get("name", ""))

    return require_http_methods(["GET", "HEAD", "POST"])(page)


def _keep_sent(request: JourneyRequest, name: str) -> None:
    """Keep what somebody has sent too late: it stands in the same page again, once they have gone on from here."""
    journey, step = request.journey, step_named(name)
    if request.method == "POST" and journey.finished_at is None and step and step.kept:
        keep_typed(journey, typed={**journey.typed, **step.kept(journey, request.POST)})


@journey_page
def dispatch(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The step the journey goes on with."""
    following = due_step(journey.state, journey.rules, table())
    if following is FINISH or _needs_agreement(journey, following):
        return go_on(request, journey)
    return see_other(step_url(journey))


@sensitive_post_parameters()
@journey_page
def step_page(request: JourneyRequest, journey: Journey, name: str) -> HttpResponse:
    """A step's page, or what one of its buttons does, for journeys that have come so far; others are led to theirs."""
    step = step_named(name)
    pressed = None if step else step_with_button(name)
    if not step and not pressed:
        raise Http404
    if is_closed(journey):
        return closed(request, journey.user_flow, journey)
    if journey.purpose == Journey.Purpose.SIGN_UP:
        check_browser(request, journey)
    if step and is_open(step, journey.state, journey.rules, table()):
        return _submit(request, step) if request.method == "POST" else show_blank(request, step)
    if pressed and request.method == "POST" and has_open_buttons(pressed, journey.state, journey.rules, table()):
        return cast(HttpResponse, pressed.buttons[name](request, journey))
    return see_other(step_url(journey))


def _submit(request: JourneyRequest, step: Step) -> HttpResponse:
    """What the step makes of its form; if nobody could look at it now, the form, with all but a password in it."""
    journey = request.journey
    try:
        return cast(HttpResponse, step.submit(request, journey))
    except Busy:
        journey.typed = step.kept(journey, request.POST) if step.kept else {}
        form, context = step.blank(request, journey)
        around = _surroundings(request, step.name, page=context.pop("page", 1))
        return too_busy(request, f"steps/{step.name}", form, **{**around, **context})


@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Go on after a journey has expired."""
    journey = entry.any_journey_of(request, journey_id)
    if journey is None:
        return pick_up(request, journey_id) or unknown(request, journey_id)
    if request.method != "POST" or journey.is_open or (journey.finished_at and journey.redirect_origins):
        return see_other(reverse("customer:journey", args=[journey.pk]))
    return entry.begin_again(request, journey)


def go_on(request: HttpRequest, journey: Journey, *, change: Callable[[], None] | None = None) -> HttpResponse:
    """Let a step change the journey, and send the browser to what follows: the next step, or where the journey leads.

    What the step has changed, what `change` does besides, and what follows from it happen together or not at all.
    Raises `TooManyAttempts` if the step that follows can't be begun now, nor a hook be asked; `TurnedAway` or
    `HookDown` where a hook has to agree before the account is made; and whatever `change` raises.
    """
    if journey.purpose == SIGN_UP and journey.state.counting:
        # Known from here on, where nothing that a transaction reads would be: making the account asks for it.
        limits_of_installation()
    state = None if change else journey.state
    due = due_step(state, journey.rules, table()) if state else None
    try:
        with nullcontext() if due and _writes_journey_alone(due) else transaction.atomic():
            if change:
                change()
            state, days = state or journey.state, _days_to_remember(journey)
            reads_mail = MAILBOX in channels_of(state.shown)
            following = _go_to_next(request, journey, due or due_step(state, journey.rules, table()))
    except TooManyAttempts as refusal:
        # The count was taken back with all the rest; so each would be noted as the first that was refused.
        refusal.count_again()
        raise
    except EmailAddressTaken:
        events.record_failure(journey, step="", reason=Reason.ADDRESS_TAKEN)
        # Its owner stands here: the code has proved the address.
        return render_customer(request, "customer/account_exists.html", status=409)
    except (SignUpClosed, BeyondLimit) as full:
        reason = Reason.TENANT_FULL if isinstance(full, BeyondLimit) else Reason.SIGN_UP_CLOSED
        return closed(request, journey.user_flow, journey, reason=reason)
    except Refused as refusal:
        return _ask_again(journey, refusal, change=change)
    if following is None:
        # With what was proved kept, and no transaction open while somebody else's server thinks.
        ask_for_account(journey, visitor_of(request))
        return go_on(request, journey)
    if following is not FINISH:
        return _lead_on(request, journey, following)
    response = arrive(request, journey)
    know_browser(request, response, journey.whose, reads_mail=reads_mail)
    if days:
        factor = request.session[SECOND_FACTOR]
        remember_browser(request, response, str(journey.account_id), factor=factor, days=days)
    return response


def _ask_again(journey: Journey, refusal: Refused, *, change: Callable[[], None] | None) -> HttpResponse:
    """Back to the pages of which no account can be made after all, such as with a user name that somebody else has. The
    address counts as verified, so nobody is told who wasn't. What a step's own form sent is refused there: raises it.
    """
    if not is_sent(journey.state):
        raise refusal
    sentence = ask_again(journey, refusal)
    with transaction.atomic():
        if change:
            change()
        return go_back(journey, sentence)


def show_first(request: HttpRequest, journey: Journey) -> HttpResponse:
    """The first page of a journey that has just begun, in answer to a GET: instead of a redirect."""
    step = next_step(journey.state, journey.rules, table())
    if step is FINISH or not step.is_kept or journey.purpose != SIGN_IN:
        return see_other(step_url(journey))
    request.journey = journey  # type: ignore[attr-defined]
    speak_for(request, journey)
    return show_blank(cast(JourneyRequest, request), step, place=step_url(journey, step))


def _lead_on(request: HttpRequest, journey: Journey, step: Step) -> HttpResponse:
    """To the page of the step that follows; or that page at once after the address, which may well be sent again."""
    stood_at, place = _stood_at(request), step_url(journey, step)
    if request.method == "POST" and step.is_kept and stood_at and stood_at.is_kept:
        return show_blank(cast(JourneyRequest, request), step, place=place)
    return see_other(place)


def show_blank(request: JourneyRequest, step: Step, *, place: str = "") -> HttpResponse:
    """A step's page as it is before anything was sent from it; with what was refused to a button of it. In answer to
    something else it is remembered by its own `place`.
    """
    form, context = step.blank(request, request.journey)
    around: dict[str, Any] = {"here": place, "asked_at": place} if place else {}
    refused = request.journey.step_data.get(REFUSED, {})
    left = (datetime.fromisoformat(refused["until"]) - timezone.now()).total_seconds() if refused else 0
    notes = {**request.journey.step_data, STALE: {"sentence": OUT_OF_DATE}}
    said = next((notes[which] for which in (TOLD, STALE) if which in request.GET and which in notes), None)
    if said and not place:
        told = {"done" if said.get("is_done") else "refusal": said["sentence"]}
        return show_step(request, step.name, form, **{**context, **told})
    if place or REFUSED not in request.GET or left <= 0:
        render = render_kept if step.is_kept and not context else render_to_string
        return show_step(request, step.name, form, render=render, **context, **around)
    refusal = {"status": HTTPStatus.TOO_MANY_REQUESTS, "refusal": refused["sentence"]}
    refusal |= {"offers_link": refused.get("offers_link", False)}
    response = show_step(request, step.name, form, **{**context, **refusal})
    response["Retry-After"] = str(ceil(left))
    return response


def show_step(
    request: HttpRequest, name: str, form: Form, *, status: int = 200, page: int = 1, **context: Any
) -> HttpResponse:
    """A step's page with this form; of a step with several, which."""
    return show(request, f"steps/{name}", form, status=status, **_surroundings(request, name, page=page), **context)


def refuse_step(
    request: JourneyRequest, name: str, form: Form, refusal: TooManyAttempts, *, page: int = 1, **context: Any
) -> HttpResponse:
    """A step's page with this form, telling when another attempt may be made."""
    events.record_too_many(request.journey, step=name, refusal=refusal)
    told = refusal_context(refusal, visitor_of(request), request.journey.whose)
    around = _surroundings(request, name, page=page)
    return refuse(request, f"steps/{name}", form, refusal, **around, **told, **context)


def refuse_button(request: JourneyRequest, name: str, refusal: TooManyAttempts, sentence: str) -> HttpResponse:
    """Back to the page of the step that the journey is at, which says what was refused to the step of this name."""
    journey = request.journey
    events.record_too_many(journey, step=name, refusal=refusal)
    until = timezone.now() + timedelta(seconds=refusal.retry_after)
    offers = offers_link(refusal, visitor_of(request), journey.whose)
    journey.note(REFUSED, sentence=sentence, until=until.isoformat(), offers_link=offers)
    save_progress(journey)
    return see_other(f"{step_url(journey)}?{REFUSED}")


def go_back(journey: Journey, sentence: str, *, done: bool = False) -> HttpResponse:
    """Back to where the journey is, whose page says what happened elsewhere, or what was done."""
    journey.note(TOLD, sentence=sentence, is_done=done)
    save_progress(journey)
    return see_other(f"{step_url(journey)}?{TOLD}")


def _writes_journey_alone(due: Step | Finish) -> bool:
    """Whether to go on to this step, where nothing else was changed, takes one statement, and so no transaction."""
    return due is not FINISH and due.begin is None and due.task != SETTING_UP


def _go_to_next(request: HttpRequest, journey: Journey, following: Step | Finish) -> Step | Finish | None:
    """What follows, begun or done; None where a hook has to agree before: then what was proved is kept, and no more."""
    check_open(journey)
    check_address(journey)
    if _needs_agreement(journey, following):
        save_progress(journey)
        return None
    stood_at = _stood_at(request)
    if stood_at and following is not stood_at:
        journey.note_time(stood_at.name)
    if following is FINISH:
        finish(request, journey)
        return following
    return _begin(following, request, journey)


def _needs_agreement(journey: Journey, following: Step | Finish) -> bool:
    """Whether an account would be made next, to which a hook hasn't agreed yet: at the end, or as a second factor is
    begun.
    """
    comes_before = following is not FINISH and following.task in BEFORE_ACCOUNT
    return not comes_before and has_to_ask(journey)


def _stood_at(request: HttpRequest) -> Step | None:
    """The step whose page was sent, or has this button; None where somebody comes from elsewhere."""
    named = request.resolver_match.kwargs if request.resolver_match else {}
    name = PROVIDER if "provider_id" in named else named.get("name", "")
    return step_named(name) or step_with_button(name)


def _begin(step: Step, request: HttpRequest, journey: Journey) -> Step | Finish | None:
    """Have made what the step's page needs. Returns the step, or what follows if nobody has to come through it."""
    if step.task == SETTING_UP and journey.purpose == SIGN_UP and journey.account_id is None:
        make_given_account(journey, language=journey.language)
    if step.begin and not step.is_begun(journey.state, journey.rules):
        step.begin(journey, visitor_of(request))
        if step.is_done(journey.state, journey.rules):
            return _go_to_next(request, journey, due_step(journey.state, journey.rules, table()))
    save_progress(journey)
    return step


def _days_to_remember(journey: Journey) -> int:
    """For how many days the browser is remembered, if the customer asked for it on a page that offered it."""
    return days_offered(journey.state, journey.rules) if journey.step_data.get(REMEMBER, {}).get("is_wanted") else 0


def _surroundings(request: HttpRequest, name: str, *, page: int = 1) -> dict[str, Any]:
    """What the pages of all steps are told."""
    journey: Journey = request.journey  # type: ignore[attr-defined]
    step, state, rules, purpose = step_named(name), journey.state, journey.rules, journey.purpose
    if step is None:
        raise LookupError(name)
    # Whoever is signed in shall show that it is still them.
    confirms = journey.account_id is not None and journey.account_id == request.user.pk
    return {
        "rules": rules,
        "progress": progress_at(step, state, rules, table(), page=page),
        "is_last": page == step.pages(state, rules) and ends_with(step, state, rules, table()),
        "verifies_last": (is_early := verifies_last(state, rules)),
        "may_change_details": is_early and is_sent(state),
        "other_ways": [other for other in alternatives(state, rules, table()) if other is not step],
        "offers_stay": session_rules().offers_stay and not confirms,
        "remember_days": days_offered(state, rules),
        "confirms": confirms,
        "offers_password": offers_password(request, journey),
        "leads_back": _back_to_profile(journey),
        "because": journey.step_data.get(entry.BECAUSE, {}).get("of", ""),
        # Of the identity providers, for whoever may still choose one.
        "provider_buttons": buttons_of(journey) if purpose in {SIGN_IN, SIGN_UP} and not state.brought else (),
        "brought": state.brought,
    }


def offers_password(request: HttpRequest, journey: Journey) -> bool:
    """Whether a page that asks for something else leads to a new password, for whoever has lost what it asks for."""
    rules = journey.rules
    may_choose = journey.may_choose_password and not (rules.has_passwords or rules.signs_in_by_mail)
    return may_choose and look_on_page(request, client_id=journey.client_id).shows_reset


def _back_to_profile(journey: Journey) -> str:
    """Where to whoever would rather leave the account as it is; nowhere for who confirms it for an application."""
    if journey.purpose == CHANGE:
        return journey.return_to
    if journey.state.changes_factors:
        # Without what the page says once that is done.
        return journey.return_to.partition("?")[0]
    return reverse("customer:profile") if journey.rules.is_own_account else ""
