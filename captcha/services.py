"""Every write about a tenant's CAPTCHA."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from audit.services import Actor, record
from captcha.description import (
    CaptchaDescription,
    captcha_in_force,
    described,
    kept_secret,
    problems_of,
    seal_secret,
    tidied,
)
from captcha.models import MAX_PROBLEM, CaptchaSettings
from captcha.verifying import Verdict, Verified, ask
from common.database.locks import locked_settings
from common.problems import Code, Problem, Refused, refuse_if_any, refuse_if_changed
from common.text.translation import KeptSentence, gettext
from common.text.translation import gettext_noop as _
from common.versions import differences
from common.web.limits import Limit
from common.web.trials import count_test, one_test
from tenants.postgresql import announce_change, current_schema

TESTS = Limit("tests of a CAPTCHA", 20, 60 * 60)
TOLD = {"provider", "on_failure"}
NOT_FOUND = "not-found-by-any-widget"
"""What is sent for a test: no provider takes it, and one that knows the secret says so."""


@dataclass(frozen=True)
class CaptchaTrial:
    """How a test went: what stood in the way, "" if nothing did."""

    name: str
    problem: str


def choose_captcha(wished: CaptchaDescription, *, secret: str = "", expected_version: str = "", actor: Actor) -> None:
    """Choose the provider that the tenant's user flows ask from now on. Where nothing differs, nothing is noted.

    Without a `secret` the one that is kept stays, for the server it was saved for and for no other.
    `expected_version` is that of the description somebody has seen. Raises `Refused`.
    """
    wished = tidied(wished)
    with transaction.atomic():
        kept = locked_settings(CaptchaSettings)
        before = described(kept)
        refuse_if_changed(expected_version, before.version)
        told = secret or kept_secret(kept, wished)
        refuse_if_any(problems_of(wished, told))
        changed = list(differences(before, wished))
        if not changed and not secret:
            return
        row = kept or CaptchaSettings()
        for name, value in vars(wished).items():
            setattr(row, name, list(value) if isinstance(value, tuple) else value)
        row.sealed_secret = seal_secret(told if wished.provider else "")
        row.failing_since, row.error = None, ""
        row.save()
        details = {
            "fields": [*changed, *(["secret"] if secret else [])],
            "now": {name: getattr(wished, name) for name in changed if name in TOLD},
        }
        record("captcha.changed", actor=actor, target=row, details=details)
        announce_change()


def try_captcha(wished: CaptchaDescription, *, secret: str) -> CaptchaTrial:
    """Ask the provider about what no widget has found, with these values, kept or not. Raises `Refused`.

    Not in a transaction.
    """
    wished = tidied(wished)
    secret = secret or kept_secret(CaptchaSettings.objects.first(), wished)
    refuse_if_any(problems_of(wished, secret))
    if not wished.provider:
        raise Refused([Problem(Code.NOT_ALLOWED, "provider", gettext("There is no provider to test."))])
    count_test(TESTS)
    with one_test(current_schema()):
        verified = ask(wished.widget, secret=secret, response=NOT_FOUND)
    return CaptchaTrial(wished.widget.name, str(_problem_in(verified)))


def note_answer(verified: Verified) -> None:
    """Keep whether the tenant's provider answers, where that has changed. Not in another transaction."""
    known = captcha_in_force()
    is_failing = verified.verdict is Verdict.NONE
    if known is None or is_failing == (known.failing_since is not None):
        return
    with transaction.atomic():
        told = verified.problem.written(MAX_PROBLEM)
        CaptchaSettings.objects.update(failing_since=timezone.now() if is_failing else None, error=told)
        announce_change()


def _problem_in(verified: Verified) -> KeptSentence:
    if verified.verdict is Verdict.GOOD:
        return KeptSentence(_("It accepts anything: this is a test secret. No one would be kept out."))
    return verified.problem
