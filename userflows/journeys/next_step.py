"""Which step of a journey comes next, decided from its state, its flow's rules and the table of steps alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from userflows.methods import SignInMethod, Text
from userflows.second_factors.due import is_first_proved_earlier, must_set_up_one
from userflows.state import (
    CHANGE,
    CODE,
    LINK,
    NEW_PASSWORD,
    RESET,
    SIGN_IN,
    SIGN_UP,
    VERIFIES_FIRST,
    FlowRules,
    JourneyState,
)

Guard = Callable[[JourneyState, FlowRules], bool]
# To prove who one is, and to say what an account is made of.
IDENTITY, ACCOUNT = "identity", "account"
# The tasks that whoever is signed in has done already, where the journey shall only add to it.
IDENTIFYING = frozenset({"address", IDENTITY})
# To make what somebody proves themselves by next time.
SETTING_UP = "app"
# What everybody comes through who forgot a password, whatever their account asks for besides.
OF_EVERY_RESET = IDENTIFYING | {NEW_PASSWORD}


def never(_state: JourneyState, _rules: FlowRules) -> bool:
    """The guard of what nobody may."""
    return False


def always(_state: JourneyState, _rules: FlowRules) -> bool:
    """The guard of what everybody may."""
    return True


class Finish(Enum):
    """Nothing is left to do: the account can be signed in."""

    FINISH = "finish"


FINISH = Finish.FINISH


@dataclass(frozen=True, eq=False)
class Step:
    """A row of the table of steps: one screen of a journey. The order of the rows is the order of the way.

    `is_for` says whether a journey has to come through it, `is_done` whether it has. Steps with the same `task` stand
    in for each other: one that is done does for all, and any of them may be gone to. A step that has to be begun by a
    press on the page before (a mail is sent) says so in `is_begun`, and how in `begin`. `may_return` says when it can
    be gone back to although it isn't due.

    `blank` gives a fresh page's form and context, `submit` answers what was sent, `buttons` are further addresses that
    are pressed on its pages, by name, `kept` reads from a form what may stay on the page while its language changes.
    `label` is what administrators call it where figures and the log tell how far somebody came. `invitation` is the
    template by which pages of other steps of the same task lead to it. `method` is for steps by which a flow may let
    customers sign in, under the step's name; `also` are further methods of the same page. `proofs` are the methods that
    it proves somebody by, each with what it is called within a sentence of the log: "a password". `pages` says how many
    pages it has. `is_kept`: its form is known by its class and what it begins with, so that its fresh
    page is rendered once for all whose journeys stand so.
    """

    name: str
    label: Text
    task: str
    is_for: Guard
    is_done: Guard
    blank: Callable[..., Any]
    submit: Callable[..., Any]
    is_begun: Guard = always
    begin: Callable[..., None] | None = None
    may_return: Guard = never
    buttons: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    kept: Callable[..., dict[str, Any]] | None = None
    invitation: str = ""
    method: SignInMethod | None = None
    also: Mapping[str, SignInMethod] = field(default_factory=dict)
    proofs: Mapping[str, Text] = field(default_factory=dict)
    pages: Callable[[JourneyState, FlowRules], int] = lambda _state, _rules: 1
    is_kept: bool = False


Table = Sequence[Step]


def due_step(state: JourneyState, rules: FlowRules, table: Table) -> Step | Finish:
    """The step that the journey has to come through next, begun or not. Of several that do, the one asked for."""
    for task in order_of(state, rules, table):
        if task in IDENTIFYING and is_first_proved_earlier(state, rules):
            continue
        steps = steps_for(task, state, rules, table)
        if steps and not any(step.is_done(state, rules) for step in steps):
            asked_for = (step for step in steps if step.begin and step.is_begun(state, rules))
            return next(asked_for, steps[0])
    return FINISH


def next_step(state: JourneyState, rules: FlowRules, table: Table) -> Step | Finish:
    """The screen that a journey in this state goes on with.

    One that hasn't been begun can't be gone to: then it is the one from which it is begun.
    """
    due = due_step(state, rules, table)
    return due if due is FINISH or due.is_begun(state, rules) else _step_before(due, state, rules, table)


def alternatives(state: JourneyState, rules: FlowRules, table: Table) -> Sequence[Step]:
    """The steps of which one is due; none at the end of the way."""
    due = due_step(state, rules, table)
    return [] if due is FINISH else steps_for(due.task, state, rules, table)


def is_open(step: Step, state: JourneyState, rules: FlowRules, table: Table) -> bool:
    """Whether a customer may be on this step's page: it is due, or stands in for what is, or can be gone back to."""
    if step.may_return(state, rules):
        return step.is_for(state, rules)
    return step in alternatives(state, rules, table) and step.is_begun(state, rules)


def has_open_buttons(step: Step, state: JourneyState, rules: FlowRules, table: Table) -> bool:
    """Whether what this step's buttons do may be done: by who is on its page, or on one that it stands in for."""
    steps = alternatives(state, rules, table)
    return step in steps and next_step(state, rules, table) in steps


def progress_at(
    step: Step, state: JourneyState, rules: FlowRules, table: Table, *, page: int = 1
) -> tuple[int, int] | None:
    """Where on its way a page of a step stands, as (1, 3); None for signing in, and for changing a password, which are
    too short for being counted, for whoever begins halfway, and for what only shows on the way: if it counted, the
    numbers would change underway.

    `page` is the number of the page within its step.
    """
    if state.purpose in {SIGN_IN, CHANGE} or _has_begun_proved(state):
        return None
    tasks = [task for task in tasks_of(state, rules, table) if _is_known_before(task, state, rules)]
    if step.task not in tasks:
        return None
    pages = {task: steps_for(task, state, rules, table)[0].pages(state, rules) for task in tasks}
    before = tasks[: tasks.index(step.task)]
    return sum(pages[task] for task in before) + page, sum(pages.values())


def _has_begun_proved(state: JourneyState) -> bool:
    """Whether a link from a mail has begun the journey, not one that was asked for on its way."""
    return LINK in state.shown and CODE not in state.step_data


def _is_known_before(task: str, state: JourneyState, rules: FlowRules) -> bool:
    """Whether it is certain from the beginning that the way has this task. Whose password is to be reset shows with the
    code, and by that what else is asked of them; and only then whether this customer is offered a passkey.
    """
    if state.purpose == RESET:
        return task in OF_EVERY_RESET
    return task != SETTING_UP or must_set_up_one(state, rules)


def tasks_of(state: JourneyState, rules: FlowRules, table: Table) -> list[str]:
    """The way of this journey from its beginning to its end."""
    own = {step.task for step in table if step.is_for(state, rules)}
    return [task for task in order_of(state, rules, table) if task in own]


def ends_with(step: Step, state: JourneyState, rules: FlowRules, table: Table) -> bool:
    """Whether nothing follows for sure a step that the way of this journey has, but for others of the same task. Who is
    offered a passkey shows later: whoever has one isn't asked.
    """
    order = order_of(state, rules, table)
    later = set(order[order.index(step.task) + 1 :])
    if not must_set_up_one(state, rules):
        later.discard(SETTING_UP)
    return not any(each.task in later and each.is_for(state, rules) for each in table)


def order_of(state: JourneyState, rules: FlowRules, table: Table) -> list[str]:
    """All tasks in the order of this way: that of the table, but for the address that is verified last, and a passkey
    that is only offered to whoever has come for a new password.
    """
    tasks = list(dict.fromkeys([step.task for step in table]))
    if state.purpose == RESET and not must_set_up_one(state, rules):
        tasks.remove(SETTING_UP)
        tasks.insert(tasks.index(NEW_PASSWORD) + 1, SETTING_UP)
    if verifies_last(state, rules):
        tasks.remove(IDENTITY)
        tasks.insert(tasks.index(ACCOUNT) + 1, IDENTITY)
    return tasks


def verifies_last(state: JourneyState, rules: FlowRules) -> bool:
    """Whether whoever signs up by an address says all else first, and then shows to read its mail.

    Not whoever comes from a provider: most have an account, and a code shows whose. Nor where only who was invited
    signs up: everybody else would say it all for nothing. Nor on a journey that was picked up: what was typed there is
    for whoever reads the address's mail.
    """
    is_wanted = rules.verifies_last and rules.allows_sign_up and rules.takes_addresses
    return (
        is_wanted
        and state.purpose == SIGN_UP
        and not (state.brought or state.counting or state.account_id or VERIFIES_FIRST in state.step_data)
    )


def _step_before(step: Step, state: JourneyState, rules: FlowRules, table: Table) -> Step:
    """From which page this step is begun: the last before it that can be gone back to, or the first of the table."""
    tasks = tasks_of(state, rules, table)
    before = [task for task in tasks[: tasks.index(step.task)] if task not in IDENTIFYING]
    back = [each for task in before for each in steps_for(task, state, rules, table) if each.may_return(state, rules)]
    return back[-1] if back else table[0]


def steps_for(task: str, state: JourneyState, rules: FlowRules, table: Table) -> list[Step]:
    """The steps that do for a task here; sign-in methods in the order of the flow."""
    steps = [step for step in table if step.task == task and step.is_for(state, rules)]
    if len(steps) <= 1:
        return steps
    order = {method: place for place, method in enumerate(rules.methods)}
    return sorted(steps, key=lambda step: min(order.get(name, len(order)) for name in (step.name, *step.also)))
