"""What hooks are asked on a customer's way to an account, and what comes of their answers.

Each is asked outside of any transaction. What it has answered is noted with the journey where it counts for later.
"""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from accounts.identity.lookup import custom_attribute_types
from accounts.identity.values import judged
from accounts.models import Account
from common.problems import Code, Problem, Refused
from common.text.spoken import spoken_language
from hooks.calls.asking import ask
from hooks.lookup import hook_for
from hooks.models import Hook
from hooks.policies import ACCOUNT, START, SUBMIT
from hooks.wire.answers import BLOCK, INVALID, MODIFY, PREFILL, HookAnswer, Judge, nothing_left_out
from hooks.wire.requests import About, SomebodyNew, sign_up_request
from userflows.journeys.account.given import account_given, answers_of
from userflows.journeys.account.hook_answers import by_name_here, counting, left_out_of
from userflows.journeys.account.linking import brought_attributes
from userflows.journeys.attempts import limits
from userflows.journeys.browsers.browser import Visitor
from userflows.journeys.next_step import verifies_last
from userflows.journeys.progress import save_progress
from userflows.models import Journey
from userflows.state import SIGN_UP

HOOKS, FORM_SHOWN, AGREED, REFUSED = "hooks", "form_shown", "agreed", "refused"


class TurnedAway(Exception):
    """A hook lets this customer go no further, and says so in its own words; or has said so, if it `is_told_again`."""

    def __init__(self, hook: Hook, answer: HookAnswer, *, is_told_again: bool = False) -> None:
        super().__init__(answer.message)
        self.hook, self.title, self.message = hook, answer.title, answer.message
        self.is_told_again = is_told_again


def prefill(journey: Journey, visitor: Visitor) -> None:
    """Before the form is shown for the first time, or sent unseen: fill in what a hook says of attributes that haven't
    been answered. It isn't asked about an address that nobody has proved: whoever typed it would read what it knows.

    Raises `TurnedAway`, `HookDown` or `TooManyAttempts`.
    """
    if verifies_last(journey.state, journey.rules):
        return
    hook = hook_for(START, str(journey.user_flow_id))
    if hook is None or journey.step_data.get(HOOKS, {}).get(FORM_SHOWN):
        return
    asked, answered = journey.rules.asked, answers_of(journey)
    if journey.account:
        asked, answered = {*journey.state.owed}, _known(journey.account, journey.rules.asked)
    judge = partial(left_out_of, asked=asked, answered=answered, typed=journey.typed)
    known = answered if journey.account else brought_attributes(journey)
    answer = _answer_about_address(hook, journey, known, visitor, judge)
    if answer.action == PREFILL:
        journey.typed = {**journey.typed, **counting(answer, judge(answer))}
    journey.note(HOOKS, **{FORM_SHOWN: True})
    save_progress(journey)


def judged_by_hooks(
    journey: Journey,
    attributes: Mapping[str, Any],
    *,
    shown: Collection[str],
    makes_account: bool = True,
    visitor: Visitor,
) -> dict[str, Any]:
    """What was entered, as a hook leaves it; and whether the account may be made is asked, too, if it `makes_account`:
    each time, since what was agreed to before was about other answers.

    What it finds wrong is told at the fields that are `shown`, or for all. Sending the form asks, so it counts for the
    visitor until all have agreed.

    Raises `Refused` for what it finds wrong, `TurnedAway`, `HookDown` or `TooManyAttempts`.
    """
    without_form = {} if journey.account else {**dict(journey.rules.hidden), **brought_attributes(journey)}
    entered = {**without_form, **attributes}
    hook = hook_for(SUBMIT, str(journey.user_flow_id))
    of_account = _hook_of_account(journey) if makes_account else None
    if hook is None and of_account is None:
        return entered
    attempts = limits.count_answer(visitor)
    if hook is not None:
        answer = _answer(hook, journey, entered, left_out_of)
        if answer.action == INVALID:
            raise Refused(_problems(answer, shown))
        if answer.action == MODIFY:
            entered |= judged(counting(answer, left_out_of(answer)))
    if of_account is not None:
        _answer(of_account, journey, entered)
        _note_agreed(journey)
    limits.forgive(attempts)
    return entered


def judged_of_invited(
    journey: Journey, attributes: Mapping[str, Any], *, shown: Collection[str], visitor: Visitor
) -> dict[str, Any]:
    """The same of what somebody has entered who comes to an account that was made for them, told with what it has."""
    known = _known(journey.account, journey.rules.asked) if journey.account else {}
    left = judged_by_hooks(journey, {**known, **attributes}, shown=shown, makes_account=False, visitor=visitor)
    return {name: value for name, value in left.items() if name in attributes or known.get(name) != value}


def has_to_ask(journey: Journey) -> bool:
    """Whether a hook has yet to say that this customer's account may be made."""
    has_agreed = journey.step_data.get(HOOKS, {}).get(AGREED) == journey.email
    return _hook_of_account(journey) is not None and not has_agreed


def ask_for_account(journey: Journey, visitor: Visitor) -> None:
    """Ask whether the account may be made, of what was given before the address was verified, if anything was.

    Raises `TurnedAway`, `HookDown` or `TooManyAttempts`.
    """
    hook = hook_for(ACCOUNT, str(journey.user_flow_id))
    if hook is not None:
        given = account_given(journey)["attributes"]
        _answer_about_address(hook, journey, {**brought_attributes(journey), **given}, visitor)
    _note_agreed(journey)


def _known(account: Account, asked: Collection[str]) -> dict[str, Any]:
    """What is known of an account, of what sign-up asks for."""
    values = {name: account.attribute(name) for name in asked}
    return {name: value for name, value in values.items() if value not in (None, "")}


def _hook_of_account(journey: Journey) -> Hook | None:
    """The hook that has its say before the account is made, if one is to be made."""
    is_to_be_made = journey.purpose == SIGN_UP and journey.account_id is None
    return hook_for(ACCOUNT, str(journey.user_flow_id)) if is_to_be_made else None


def _note_agreed(journey: Journey) -> None:
    journey.note(HOOKS, **{AGREED: journey.email})


def _answer_about_address(
    hook: Hook,
    journey: Journey,
    attributes: Mapping[str, Any],
    visitor: Visitor,
    judge: Judge = nothing_left_out,
) -> HookAnswer:
    """The answer where nothing was sent that could be put right: a refusal holds as long as the journey is about this
    address. Looking at a page asks, so it counts for the visitor until the hook has agreed.
    """
    kept = journey.step_data.get(HOOKS, {}).get(REFUSED, {})
    if (kept.get("by"), kept.get("email")) == (str(hook.pk), journey.email):
        raise TurnedAway(hook, HookAnswer(BLOCK, title=kept["title"], message=kept["message"]), is_told_again=True)
    attempts = limits.count_answer(visitor)
    try:
        answer = _answer(hook, journey, attributes, judge)
    except TurnedAway as refusal:
        said = {"title": refusal.title, "message": refusal.message}
        journey.note(HOOKS, **{REFUSED: {"by": str(hook.pk), "email": journey.email, **said}})
        save_progress(journey)
        raise
    limits.forgive(attempts)
    return answer


def _answer(hook: Hook, journey: Journey, attributes: Mapping[str, Any], judge: Judge = nothing_left_out) -> HookAnswer:
    brought = journey.state.brought
    somebody = SomebodyNew(
        journey.email,
        attributes,
        custom=custom_attribute_types(),
        provider=brought.get("issuer", ""),
        subject=brought.get("subject", ""),
    )
    answer = ask(hook, sign_up_request(hook, about_journey(journey), somebody), judge=judge)
    if answer.action == BLOCK:
        raise TurnedAway(hook, answer)
    return answer


def about_journey(journey: Journey) -> About:
    """What hooks are told of a journey."""
    return About(
        client_id=journey.client_id,
        application=journey.application_name,
        ip=journey.client_ip,
        language=spoken_language(),
        user_flow=journey.user_flow.name,
    )


def _problems(answer: HookAnswer, asked: Collection[str]) -> list[Problem]:
    """At their fields; what is about none that was asked for stands on top, with what holds for all."""
    errors = by_name_here(answer.errors)
    told = [Problem(Code.INVALID, name if name in asked else "", text) for name, text in errors.items()]
    return [Problem(Code.INVALID, "", answer.message), *told]
