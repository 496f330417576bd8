from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.http import HttpResponse, QueryDict

from accounts.credentials.hashers import Busy
from accounts.identity.values import judged
from audit.reasons import Reason
from common.problems import Refused
from common.text.spoken import spoken_language
from common.web.limits import TooManyAttempts
from hooks.calls.asking import HookDown
from userflows.forms.fields import ASKS_HERE, HELD_UP, TERMS, is_ticked, kept_tick, tell_problems
from userflows.journeys.account.admission import judge_birth
from userflows.journeys.account.given import answers_of, kept_password, unchecked_of_kept
from userflows.journeys.account.hooks import judged_by_hooks, prefill
from userflows.journeys.account.linking import brought_attributes
from userflows.journeys.addresses import page_of_step, see_other, step_url
from userflows.journeys.attempts import limits
from userflows.journeys.attempts.refusals import told
from userflows.journeys.browsers.browser import visitor_of
from userflows.journeys.dispatch import JourneyRequest, go_on, refuse_button, refuse_step, show_step
from userflows.journeys.events import record_hook
from userflows.journeys.finish import make_account
from userflows.journeys.jobs import look_up_later
from userflows.journeys.next_step import verifies_last
from userflows.journeys.progress import can_be_kept, save_progress
from userflows.models import Journey
from userflows.questions.given import DETAILS
from userflows.steps.details.actions import answers_to, first_open_page, keep_all, keep_page, keep_password
from userflows.steps.details.form import KEPT, DetailsForm

# What a page sends beside its fields, and where it stands in an address. No attribute has a hyphen in its name.
AT_PAGE, GO_BACK = "at-page", "go-back"


def blank(request: JourneyRequest, journey: Journey) -> tuple[DetailsForm, dict[str, Any]]:
    prefill(journey, visitor_of(request))
    # Each page has its address, so that the browser's own way back leads to the one before.
    page = _page_in(request.POST or request.GET, journey)
    initial = {"stay": is_ticked(journey), **brought_attributes(journey), **answers_of(journey), **journey.typed}
    form = DetailsForm(journey, page=page, initial=initial)
    return form, _around(journey, form) if request.method == "POST" else {"page": form.page}


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """One page; after the last of them the account is made, or the address is verified of which it shall be."""
    page = _page_in(request.POST, journey)
    form = DetailsForm(journey, request.POST, page=page)
    if request.POST.get(ASKS_HERE, form.asks) != form.asks:
        return _go_over(request, journey, form)
    try:
        prefill(journey, visitor_of(request))
    except TooManyAttempts as refusal:
        return refuse_step(request, DETAILS, form, refusal, **_around(journey, form))
    except HookDown as down:
        form.is_valid()
        return _hold_up(request, journey, form, down)
    if GO_BACK in request.POST:
        return _go_back(journey, page, kept(journey, request.POST))
    if not form.is_valid() or not judge_birth(journey, form):
        return _keep_and_show(request, journey, form)
    if not form.is_last:
        return _keep_and_turn(request, journey, form)
    if first_open_page(journey) < page:
        return see_other(_page_url(journey, first_open_page(journey)))
    return _end(request, journey, form)


def kept(journey: Journey, sent: QueryDict) -> dict[str, Any]:
    """What stands in the inputs, right or wrong, with the tick on the last page, and what was answered on pages before;
    without the password, which nobody keeps.
    """
    form = DetailsForm(journey, sent, page=_page_in(sent, journey))
    typed = {bound.name: bound.data for bound in form if bound.name not in {"password", "stay", TERMS}}
    return {**answers_of(journey), **typed, **(kept_tick(sent) if form.is_last else {})}


def _go_over(request: JourneyRequest, journey: Journey, form: DetailsForm) -> HttpResponse:
    """To the page as it is by now, if another page layout was published since it was shown: what was typed is kept
    for wherever it is asked.
    """
    asking = [DetailsForm(journey, request.POST, page=page) for page in range(1, form.pages + 1)]
    shown = {*request.POST[ASKS_HERE].split()}
    _keep_typed(journey, {name: each[name].data for each in asking for name in each.asks.split() if name in shown})
    form.is_valid()
    _keep_password(request, journey, form)
    return see_other(_page_url(journey, form.page))


def _page_in(sent: QueryDict, journey: Journey) -> int:
    """The page that is meant, if the customer has come so far; without a word of it the one they are at."""
    open_page = first_open_page(journey)
    with suppress(ValueError):
        return min(max(1, int(sent.get(AT_PAGE, ""))), open_page)
    return open_page


def _around(journey: Journey, form: DetailsForm) -> dict[str, Any]:
    """Which page of the step answers a form, and of several where it is asked for: the step's own address shows the
    newest.
    """
    if form.pages == 1:
        return {"page": form.page}
    return {"page": form.page, "asked_at": f"{page_of_step(journey, DETAILS)}?{AT_PAGE}={form.page}"}


def _page_url(journey: Journey, page: int) -> str:
    return f"{step_url(journey)}?{AT_PAGE}={page}"


def _go_back(journey: Journey, page: int, typed: dict[str, Any]) -> HttpResponse:
    """To the page before, with what was typed here kept until the customer is here again."""
    _keep_typed(journey, typed)
    return see_other(_page_url(journey, max(1, page - 1)))


def _keep_typed(journey: Journey, typed: Mapping[str, Any]) -> None:
    if can_be_kept(typed):
        journey.typed = {**journey.typed, **typed}
        save_progress(journey)


def _keep_and_turn(request: JourneyRequest, journey: Journey, form: DetailsForm) -> HttpResponse:
    try:
        keep_page(
            journey,
            answers=form.attributes(),
            password=form.cleaned_data.get("password") or "",
            unchecked=form.unchecked,
            visitor=visitor_of(request),
        )
    except TooManyAttempts as refusal:
        return refuse_step(request, DETAILS, form, refusal, **_around(journey, form))
    return see_other(_page_url(journey, form.page + 1))


def _keep_and_show(
    request: JourneyRequest, journey: Journey, form: DetailsForm, *, status: int = 400, **context: Any
) -> HttpResponse:
    """What is wrong, with nothing lost of what is right, nor where the page is opened anew."""
    _keep_typed(journey, kept(journey, request.POST))
    _keep_password(request, journey, form)
    return show_step(request, DETAILS, form, status=status, **_around(journey, form), **context)


def _keep_password(request: JourneyRequest, journey: Journey, form: DetailsForm) -> None:
    """Keep a good one, and say so at its input: no page repeats a password."""
    if password := form.cleaned_data.get("password"):
        keep_password(journey, password=password, unchecked=form.unchecked, visitor=visitor_of(request))
        if kept_password(journey):
            form["password"].help_text = KEPT


def _end(request: JourneyRequest, journey: Journey, form: DetailsForm) -> HttpResponse:
    try:
        attempts = limits.count_sign_up(visitor_of(request))
    except TooManyAttempts as refusal:
        _keep_password(request, journey, form)
        return refuse_step(request, DETAILS, form, refusal, **_around(journey, form))
    is_early = verifies_last(journey.state, journey.rules)
    entered = {**answers_to(journey.rules, answers_of(journey)), **form.attributes()}
    try:
        attributes = judged_by_hooks(
            journey, entered, shown=form.fields, makes_account=not is_early, visitor=visitor_of(request)
        )
        if is_early:
            return _keep_and_verify(request, journey, form, attributes)
        journey.stays = form.cleaned_data["stay"]
        return go_on(request, journey, change=lambda: _make_account(journey, form, attributes))
    except Busy:
        limits.forgive(attempts)
        raise
    except Refused as refusal:
        tell_problems(form, refusal)
        return _keep_and_show(request, journey, form)
    except HookDown as down:
        limits.forgive(attempts)
        return _hold_up(request, journey, form, down)
    except TooManyAttempts as refusal:
        limits.forgive(attempts)
        return refuse_step(request, DETAILS, form, refusal, **_around(journey, form))


def _keep_and_verify(
    request: JourneyRequest, journey: Journey, form: DetailsForm, attributes: Mapping[str, Any]
) -> HttpResponse:
    """To the code, which whoever signs up enters last. Raises `Refused`, `TooManyAttempts` or `Busy`."""
    judged(attributes)
    keep_all(
        journey,
        answers=attributes,
        password=form.cleaned_data.get("password") or "",
        unchecked=form.unchecked,
        language=spoken_language(),
        visitor=visitor_of(request),
    )
    try:
        return go_on(request, journey)
    except TooManyAttempts as refusal:
        return refuse_button(request, DETAILS, refusal, told(refusal))


def _hold_up(request: JourneyRequest, journey: Journey, form: DetailsForm, down: HookDown) -> HttpResponse:
    record_hook(journey, step=DETAILS, reason=Reason.HOOK_FAILED, hook=down.hook, problem=str(down))
    return _keep_and_show(request, journey, form, status=503, refusal=HELD_UP)


def _make_account(journey: Journey, form: DetailsForm, attributes: Mapping[str, Any]) -> None:
    make_account(
        journey,
        password=form.cleaned_data.get("password") or None,
        password_hash=kept_password(journey),
        attributes=attributes,
        language=spoken_language(),
        terms_version=journey.rules.terms_version,
    )
    digest = form.unchecked if form.cleaned_data.get("password") else unchecked_of_kept(journey)
    if journey.account and digest:
        look_up_later(journey.account, digest)
