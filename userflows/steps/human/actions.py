from collections.abc import Mapping
from typing import Any

from userflows.journeys import limits
from userflows.journeys.browser import Visitor
from userflows.models import Journey
from userflows.state import HUMAN, IS_HUMAN, WHEN_MANY
from userflows.steps.human.puzzle import MOST_LEVELS, TIMES, Puzzle

MANY = 60
"""Sign-ups begun at a tenant within ten minutes that are no cause to ask anybody; four times as many, and so on, make
puzzles harder."""


def begin(journey: Journey, _visitor: Visitor) -> None:
    """Count somebody who wants to sign up, and have a puzzle for them; or none, where few do and that is enough."""
    level = level_at(limits.count_sign_up_begun())
    if level < 0 and journey.rules.admission.human_check == WHEN_MANY:
        journey.note(HUMAN, **{IS_HUMAN: True})
    else:
        set_puzzle(journey, level=max(0, level))


def set_puzzle(journey: Journey, *, level: int) -> None:
    """Keep a new puzzle, in the place of any before."""
    journey.note(HUMAN, puzzle=vars(Puzzle.new(level)), level=level)


def puzzle_of(journey: Journey) -> Puzzle:
    """The one that the journey's browser is to solve."""
    kept: Mapping[str, Any] = journey.step_data[HUMAN]["puzzle"]
    return Puzzle(**kept)


def solve(journey: Journey) -> None:
    """The puzzle is solved, and good for nothing any more."""
    journey.note(HUMAN, puzzle=None, **{IS_HUMAN: True})


def level_at(begun: int) -> int:
    """How hard a puzzle is where so many have begun to sign up: -1 where nobody needs one."""
    level, many = -1, MANY
    while begun > many and level < MOST_LEVELS:
        level, many = level + 1, many * TIMES
    return level
