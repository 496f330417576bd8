"""Deciding which languages customers can choose. It counts at once: what is published are words, not who speaks."""

import re
from collections.abc import Callable
from dataclasses import asdict, replace

from django.db import transaction

from audit.services import Actor, record
from branding.languages.offered import TRANSLATED, LanguageRules, OwnLanguage, rules_in
from branding.models import LanguageSettings
from common.database.locks import locked_settings
from common.problems import Code, Problem, Refused, refuse_if_any, refuse_if_changed
from common.text.languages import find_language
from common.text.texts import unseen_problem
from common.text.translation import gettext as _
from tenants.postgresql import announce_change

LONGEST_TAG, LONGEST_NAME, MOST_OF_ONES_OWN = 16, 40, 20
MOST_REMEMBERED = 100
"""Of those that were removed."""
# A language, with a script, a region and variants (RFC 5646 section 2.1). None has more letters yet; addresses of the
# portal have words in its place that do.
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*\Z")


def describe() -> LanguageRules:
    """What is decided by now."""
    return rules_in(LanguageSettings.objects.values("offered", "default", "own", "removed").first())


def apply(rules: LanguageRules, *, expected_version: str = "", actor: Actor) -> None:
    """Offer these languages from now on. Where nothing differs, nothing is noted. Raises `Refused`."""
    _change(
        lambda now: replace(rules, own=now.own, removed=now.removed), expected_version=expected_version, actor=actor
    )


def add_language_of_ones_own(language: OwnLanguage, *, actor: Actor) -> None:
    """Add a language that the product doesn't know, in which words can be said. Raises `Refused`."""
    tidy = replace(language, tag=language.tag.strip(), name=" ".join(language.name.split()))

    def added(now: LanguageRules) -> LanguageRules:
        refuse_if_any(_problems_of(tidy, now))
        removed = tuple(each for each in now.removed if each[0] != tidy.code)
        return replace(now, own=(*now.own, tidy), removed=removed)

    _change(added, actor=actor)


def remove_language_of_ones_own(code: str, *, actor: Actor) -> None:
    """Speak it no more. Its words stay, for when it is added again, and its name for what speaks of it.

    Raises `Refused` while it is the default, or alone offered.
    """

    def removed(now: LanguageRules) -> LanguageRules:
        left = tuple(each for each in now.offered if each != code)
        if now.offered and not left:
            raise Refused([Problem(Code.NOT_ALLOWED, "", _("No other language is offered. Offer another one first."))])
        names = [each for each in now.removed if each[0] != code]
        names += [(each.code, each.name) for each in now.own if each.code == code]
        own = tuple(each for each in now.own if each.code != code)
        return replace(now, offered=left, own=own, removed=tuple(names[-MOST_REMEMBERED:]))

    _change(removed, actor=actor)


def _change(how: Callable[[LanguageRules], LanguageRules], *, expected_version: str = "", actor: Actor) -> None:
    with transaction.atomic():
        locked_settings(LanguageSettings)
        before = describe()
        refuse_if_changed(expected_version, before.version)
        rules = how(before)
        refuse_if_any(_problems(rules))
        if rules == before:
            return
        own = [asdict(language) for language in rules.own]
        kept = {"offered": list(rules.offered), "default": rules.default, "own": own}
        LanguageSettings.objects.update_or_create(
            pk=1, defaults=kept | {"removed": [list(each) for each in rules.removed]}
        )
        told = kept | {"own": [language.code for language in rules.own]}
        record("branding.languages_changed", actor=actor, details=told)
        announce_change()


def _problems(rules: LanguageRules) -> list[Problem]:
    problems = []
    if not set(rules.offered) <= set(rules.codes):
        problems.append(Problem(Code.UNKNOWN, "offered", _("Choose from the languages that customer pages support.")))
    if rules.default not in (rules.offered or rules.codes):
        problems.append(Problem(Code.INVALID, "default", _("Choose one of the languages that are offered.")))
    return problems


def _problems_of(language: OwnLanguage, now: LanguageRules) -> list[Problem]:
    """What is wrong with a language of the tenant's own."""
    problems = []
    if not _TAG.match(language.tag) or len(language.tag) > LONGEST_TAG:
        problems.append(Problem(Code.INVALID, "tag", _("Enter a language tag such as gsw, nds or de-AT.")))
    elif find_language(language.tag) or language.code in now.codes:
        problems.append(Problem(Code.TAKEN, "tag", _("This language already exists.")))
    if not language.name:
        problems.append(Problem(Code.REQUIRED, "name", _("Enter what its readers call the language.")))
    elif len(language.name) > LONGEST_NAME:
        told = _("Enter at most %(most)d characters.") % {"most": LONGEST_NAME}
        problems.append(Problem(Code.TOO_LONG, "name", told))
    elif unseen := unseen_problem(language.name):
        problems.append(Problem(Code.INVALID, "name", unseen))
    if language.falls_back_to not in TRANSLATED:
        problems.append(Problem(Code.UNKNOWN, "falls_back_to", _("Choose one of the languages.")))
    if len(now.own) >= MOST_OF_ONES_OWN:
        told = _("A tenant can have %(most)d languages of its own at most.") % {"most": MOST_OF_ONES_OWN}
        problems.append(Problem(Code.TOO_MANY, "", told))
    return problems
