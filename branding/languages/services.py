"""Deciding which languages customers can choose. It counts at once: what is published are words, not who speaks."""

from django.db import transaction

from audit.services import Actor, record
from branding.languages.offered import TRANSLATED, LanguageRules
from branding.models import LanguageSettings
from common.problems import CHANGED_MEANWHILE, Code, Problem, Refused, refuse_if_any
from common.text.translation import gettext as _
from tenants.postgresql import announce_change


def describe() -> LanguageRules:
    """What is decided by now."""
    row = LanguageSettings.objects.first()
    return LanguageRules(tuple(row.offered), row.default) if row else LanguageRules()


def apply(rules: LanguageRules, *, expected_version: str = "", actor: Actor) -> None:
    """Offer these languages from now on. Where nothing differs, nothing is noted. Raises `Refused`."""
    with transaction.atomic():
        LanguageSettings.objects.select_for_update().first()
        before = describe()
        if expected_version and expected_version != before.version:
            raise Refused([CHANGED_MEANWHILE])
        refuse_if_any(_problems(rules))
        if rules == before:
            return
        kept = {"offered": list(rules.offered), "default": rules.default}
        LanguageSettings.objects.update_or_create(pk=1, defaults=kept)
        record("branding.languages_changed", actor=actor, details=kept)
        announce_change()


def _problems(rules: LanguageRules) -> list[Problem]:
    problems = []
    if not set(rules.offered) <= set(TRANSLATED):
        problems.append(Problem(Code.UNKNOWN, "offered", _("Choose from the languages that customer pages speak.")))
    if rules.default not in (rules.offered or TRANSLATED):
        problems.append(Problem(Code.INVALID, "default", _("Choose one of the languages that are offered.")))
    return problems
