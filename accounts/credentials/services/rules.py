"""Deciding what new passwords have to be like. Those there are stay as they are."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db import connection, transaction

from accounts.credentials.rules import PasswordRules, describe, problems_of
from accounts.models import PasswordSettings
from audit.services import Actor, record
from common.database.locks import locked_settings
from common.problems import refuse_if_any, refuse_if_changed
from common.versions import differences
from tenants.postgresql import announce_change

# Of each account the newest stay, as many as mustn't be chosen again.
FORGET = """
    DELETE FROM accounts_formerpassword WHERE id IN (
        SELECT id FROM (
            SELECT id, row_number() OVER (PARTITION BY account_id ORDER BY until DESC, id DESC) AS place
            FROM accounts_formerpassword
        ) placed WHERE place > %s
    )
"""


def apply(rules: PasswordRules, *, expected_version: str = "", actor: Actor) -> None:
    """Set the rules for new passwords. Where nothing differs, nothing is noted.

    `expected_version` is that of the rules somebody has seen; if it is another by now, nothing is done. Raises
    `Refused`.
    """
    _change(lambda _: rules, expected_version=expected_version, actor=actor)


def change_password_rules(*, actor: Actor, **values: Any) -> None:
    """As `apply`, for these of the rules alone, by their names."""
    _change(lambda now: replace(now, **values), expected_version="", actor=actor)


def _change(how: Callable[[PasswordRules], PasswordRules], *, expected_version: str, actor: Actor) -> None:
    with transaction.atomic():
        locked_settings(PasswordSettings)
        before = describe()
        refuse_if_changed(expected_version, before.version)
        after = how(before)
        refuse_if_any(problems_of(after))
        now = differences(before, after)
        if not now:
            return
        kept = {**vars(after), "blocked_words": list(after.blocked_words)}
        PasswordSettings.objects.update_or_create(pk=1, defaults=kept)
        if after.history < before.history:
            with connection.cursor() as cursor:
                cursor.execute(FORGET, [max(1, after.history)])
        record("passwords.rules_changed", actor=actor, details={"fields": list(now), "now": now})
        announce_change()
