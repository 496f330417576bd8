from collections.abc import Mapping
from typing import Any

from captcha.description import captcha_in_force
from captcha.models import CaptchaSettings
from userflows.journeys.attempts import limits
from userflows.journeys.browsers.browser import Visitor
from userflows.models import Journey
from userflows.state import CAPTCHA, HUMAN, IS_HUMAN, WHEN_MANY
from userflows.steps.human.puzzle import MOST_LEVELS, TIMES, Puzzle

MANY = 60
"""Sign-ups begun at a tenant within ten minutes that are no cause to ask anybody; four times as many, and so on, make
puzzles harder."""


def begin(journey: Journey, _visitor: Visitor) -> None:
    """Count somebody who wants to sign up, and have a puzzle for them; or none, where few do and that is enough.

    Where the flow asks the CAPTCHA, the puzzle is for when that can't be asked.
    """
    level = level_at(limits.count_sign_up_begun())
    if level < 0 and journey.rules.admission.human_check == WHEN_MANY:
        journey.note(HUMAN, **{IS_HUMAN: True})
    else:
        set_puzzle(journey, level=max(0, level))
        if journey.rules.admission.human_by == CAPTCHA:
            journey.note(HUMAN, **{CAPTCHA: True})


def captcha_of(journey: Journey) -> CaptchaSettings | None:
    """The provider whose widget the journey's browser is to show; None if it has the puzzle to solve."""
    return captcha_in_force() if journey.step_data[HUMAN].get(CAPTCHA) else None


def ask_puzzle(journey: Journey) -> None:
    """Have the journey's browser solve its puzzle, since the provider can't be asked."""
    journey.note(HUMAN, **{CAPTCHA: False})


def set_puzzle(journey: Journey, *, level: int) -> None:
    """Keep a new puzzle, in the place of any before."""
    journey.note(HUMAN, puzzle=vars(Puzzle.new(level)), level=level)


def puzzle_of(journey: Journey) -> Puzzle:
    """The one that the journey's browser is to solve."""
    kept: Mapping[str, Any] = journey.step_data[HUMAN]["puzzle"]
    return Puzzle(**kept)


def solve(journey: Journey) -> None:
    """A person is there; the puzzle is good for nothing any more."""
    journey.note(HUMAN, puzzle=None, **{IS_HUMAN: True})


def level_at(begun: int) -> int:
    """How hard a puzzle is where so many have begun to sign up: -1 where nobody needs one."""
    level, many = -1, MANY
    while begun > many and level < MOST_LEVELS:
        level, many = level + 1, many * TIMES
    return level
