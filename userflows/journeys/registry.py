"""The table of steps, as this process knows it. `userflows.step_table` fills it; who is below only reads."""

from audit.sentences import tell_methods
from userflows.journeys.next_step import Step, Table
from userflows.methods import SignInMethod, offer_methods

_table: list[Step] = []


def offer_steps(steps: Table) -> None:
    """Make these the steps of all journeys, in the order of the way, and those that are one the ways to sign in; and
    tell the log what their proofs are called.
    """
    _table[:] = steps
    offer_methods({name: method for step in steps for name, method in _methods_of(step).items()})
    tell_methods({name: called for step in steps for name, called in step.proofs.items()})


def _methods_of(step: Step) -> dict[str, SignInMethod]:
    return ({step.name: step.method} if step.method else {}) | dict(step.also)


def table() -> Table:
    """The steps, in the order of the way."""
    return _table


def step_named(name: str) -> Step | None:
    """The step of this name."""
    return next((step for step in _table if step.name == name), None)


def step_with_button(name: str) -> Step | None:
    """The step whose pages have this button."""
    return next((step for step in _table if name in step.buttons), None)
