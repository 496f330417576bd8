"""Every write about how the log is kept."""

from django.db import transaction

from audit.services import Actor, record
from common.database.locks import locked_settings
from common.problems import refuse_if_any, refuse_if_changed
from common.versions import differences
from logs.models import LogSettings
from logs.rules import LogRules, describe, problems_of


def apply(rules: LogRules, *, expected_version: str = "", actor: Actor) -> None:
    """Keep events as long as these rules say; what is older then goes at the next housekeeping.

    `expected_version` is that of the rules somebody has seen; if it is another by now, nothing is done. Where nothing
    differs, nothing is noted. Raises `Refused`.
    """
    with transaction.atomic():
        locked_settings(LogSettings)
        before = describe()
        refuse_if_changed(expected_version, before.version)
        refuse_if_any(problems_of(rules))
        now = differences(before, rules)
        if not now:
            return
        LogSettings.objects.update_or_create(pk=1, defaults=vars(rules))
        record("log.rules_changed", actor=actor, details={"fields": list(now), "now": now})
