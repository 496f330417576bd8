from collections.abc import Mapping
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.credentials.breaches import sealed_digest
from accounts.credentials.hashers import Busy
from accounts.credentials.policies import normalise_password
from common.web.limits import TooManyAttempts
from userflows.journeys.account.given import answers_of, kept_password
from userflows.journeys.attempts import limits
from userflows.journeys.browsers.browser import Visitor
from userflows.journeys.progress import save_progress
from userflows.models import Journey
from userflows.questions.given import ANSWERS, ASKED, DETAILS, IS_SENT, LANGUAGE, PASSWORD, TERMS, UNCHECKED
from userflows.state import FlowRules


def page_count(rules: FlowRules) -> int:
    """How many pages the step has: one, where it asks for a password or the terms alone."""
    return max(1, len(rules.pages))


def first_open_page(journey: Journey) -> int:
    """The first page, counted from 1, on which something hasn't been answered yet."""
    answers, rules = answers_of(journey), journey.rules
    if rules.has_passwords and not journey.state.brought and not kept_password(journey):
        return 1
    for number, names in enumerate(rules.pages[:-1], start=1):
        if any(name not in answers for name in names):
            return number
    return page_count(rules)


def answers_to(rules: FlowRules, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to what the flow still asks for: meanwhile somebody may have taken a question out of it."""
    return {name: value for name, value in answers.items() if name in rules.asked}


def keep_page(journey: Journey, *, answers: Mapping[str, Any], password: str, unchecked: str, visitor: Visitor) -> None:
    """Keep a page that is right, until the last of them makes the account. If that was sent already, it has to be sent
    again: what was said of the answers then was about others.

    `unchecked` is by what lists know the password, if it is to be looked up whether one does.

    Raises `TooManyAttempts` or `Busy` if a password comes with it that nobody can hash now.
    """
    if password:
        _hash(journey, password=password, unchecked=unchecked, visitor=visitor)
    _note_answers(journey, {**answers_of(journey), **answers})
    journey.note(DETAILS, **{IS_SENT: False})
    save_progress(journey)


def keep_all(
    journey: Journey,
    *,
    answers: Mapping[str, Any],
    password: str,
    unchecked: str,
    language: str,
    visitor: Visitor,
) -> None:
    """Keep that the last page was sent, with all answers and the terms of use accepted, until the address is verified.

    `language` is what the account's owner reads. Raises `TooManyAttempts` or `Busy` as `keep_page` does.
    """
    if password:
        _hash(journey, password=password, unchecked=unchecked, visitor=visitor)
    _note_answers(journey, answers)
    said = {ASKED: sorted(journey.rules.asked), TERMS: journey.rules.terms_version, LANGUAGE: language}
    journey.note(DETAILS, **said, **{IS_SENT: True})
    save_progress(journey)


def keep_password(journey: Journey, *, password: str, unchecked: str, visitor: Visitor) -> None:
    """Keep a good password, as the account would, while something else on its page is put right.

    Nothing is kept while too much is hashed, for this visitor or in all: then it is to be typed again.
    """
    try:
        _hash(journey, password=password, unchecked=unchecked, visitor=visitor)
    except (TooManyAttempts, Busy):
        return
    save_progress(journey)


def _note_answers(journey: Journey, answers: Mapping[str, Any]) -> None:
    journey.note(DETAILS, **{ANSWERS: dict(answers)})
    journey.typed = {name: value for name, value in journey.typed.items() if name not in answers}


def _hash(journey: Journey, *, password: str, unchecked: str, visitor: Visitor) -> None:
    attempts = limits.count_hash(visitor)
    try:
        encoded = make_password(normalise_password(password))
        sealed = sealed_digest(unchecked, journey.pk) if unchecked else ""
        journey.note(DETAILS, **{PASSWORD: encoded, UNCHECKED: sealed})
    except Busy:
        limits.forgive(attempts)
        raise
