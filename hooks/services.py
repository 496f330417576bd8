"""Every write about hooks by those who administer them."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import Actor, record
from common.crypto.encryption import CannotUnseal
from common.problems import Code, Problem, Refused, refuse_if_any, refuse_if_changed, wrong
from common.versions import differences
from hooks.description import (
    HookDescription,
    clash_problem,
    described,
    header_value_problems,
    problems_of,
    tidied,
    told_url,
)
from hooks.models import Hook
from hooks.wire.signing import header_of, new_secret, seal_header, seal_secret
from tenants.postgresql import announce_change

MOST_HOOKS = 100
OLD_SECRET_GOOD_FOR = timedelta(days=1)
AS_NEW = {"failures": 0, "failing_since": None, "rests": 0, "rests_until": None, "error": ""}


def create_hook(description: HookDescription, *, header_value: str = "", actor: Actor) -> tuple[Hook, str]:
    """Ask this server from now on. Returns the secret too, to be shown this once. Raises `Refused`."""
    hook, secret = Hook(), new_secret()
    with transaction.atomic():
        others = list(Hook.objects.select_for_update())
        if len(others) >= MOST_HOOKS:
            sentence = _("A tenant has %(count)d hooks at most.") % {"count": MOST_HOOKS}
            raise Refused([Problem(Code.TOO_MANY, "", sentence)])
        hook.sealed_secret = seal_secret(secret, hook_id=hook.pk)
        _save(hook, tidied(description), others, header_value, force_insert=True)
        record("hook.created", actor=actor, target=hook, details=_where(hook))
        announce_change()
    return hook, secret


def apply(
    hook: Hook, description: HookDescription, *, header_value: str = "", expected_version: str = "", actor: Actor
) -> None:
    """Make the hook as described; its moment stays. Where nothing differs, nothing is noted.

    `expected_version` is that of the description somebody has seen; if it is another by now, nothing is done. At
    another address it begins anew, whatever it did at the one before. Without a `header_value` the one that is kept
    stays, for the host and the header it was saved for and for no other. Raises `Refused`.
    """
    with transaction.atomic():
        rows = {each.pk: each for each in Hook.objects.select_for_update()}
        row = rows.pop(hook.pk)
        before, after = described(row), tidied(description)
        refuse_if_changed(expected_version, before.version)
        if after.moment != before.moment:
            raise Refused([Problem(Code.NOT_ALLOWED, "moment", _("A hook keeps its moment. Add another one."))])
        changed = list(differences(before, after))
        if not changed and not header_value:
            return
        if header_value:
            changed.append("header_value")
        if "url" in changed or ("is_on" in changed and after.is_on):
            for name, value in AS_NEW.items():
                setattr(row, name, value)
        # A value that can't be read any more is in nobody's way while the hook is off.
        is_judged = after.is_on or not {"url", "header", "header_value"}.isdisjoint(changed)
        _save(row, after, list(rows.values()), header_value or _kept_value(row, after) if is_judged else None)
        record("hook.changed", actor=actor, target=row, details={"fields": changed, **_where(row)})
        announce_change()
    for column in Hook._meta.concrete_fields:
        setattr(hook, column.attname, getattr(row, column.attname))


def serve_as_well(served: str, *, beside: str, actor: Actor) -> None:
    """Ask the hooks that name one user flow or application for a new one, too, which no other hook names."""
    with transaction.atomic():
        for hook in Hook.objects.select_for_update().filter(serves__contains=[beside]):
            hook.serves.append(served)
            _save_served(hook, actor=actor)
        announce_change()


def serve_no_more(served: str, *, actor: Actor) -> list[UUID]:
    """Take a user flow or application that is deleted out of the hooks that name it. The last one that a hook names
    stays, since none would mean all. Returns the IDs of the hooks that name it no longer.
    """
    with transaction.atomic():
        named = Hook.objects.select_for_update().filter(serves__contains=[served])
        found = [hook for hook in named if hook.serves != [served]]
        for hook in found:
            hook.serves.remove(served)
            _save_served(hook, actor=actor)
        announce_change()
    return [hook.pk for hook in found]


def serve_again(served: str, *, hooks: Collection[UUID], actor: Actor) -> None:
    """Let these hooks name what is restored, if they name others still. One that names none is asked for all."""
    with transaction.atomic():
        for hook in Hook.objects.select_for_update().filter(pk__in=hooks).exclude(serves=[]):
            hook.serves.append(served)
            _save_served(hook, actor=actor)
        announce_change()


def exchange_secret(hook: Hook, *, actor: Actor) -> str:
    """Sign by a new secret, and for a day by the old one as well. Returns the new one, to be shown this once."""
    secret = new_secret()
    with transaction.atomic():
        row = Hook.objects.select_for_update().get(pk=hook.pk)
        Hook.objects.filter(pk=hook.pk).update(
            sealed_secret=seal_secret(secret, hook_id=hook.pk),
            sealed_old_secret=row.sealed_secret,
            old_secret_until=timezone.now() + OLD_SECRET_GOOD_FOR,
        )
        record("hook.secret_exchanged", actor=actor, target=row)
        announce_change()
    return secret


def delete_hook(hook: Hook, *, actor: Actor) -> None:
    """Ask this server no more, and forget what it was asked."""
    with transaction.atomic():
        record("hook.deleted", actor=actor, target=hook, details=_where(hook))
        Hook.objects.filter(pk=hook.pk).delete()
        announce_change()


def _kept_value(row: Hook, after: HookDescription) -> str:
    """The value kept of its header, for the host it was saved for; "" for any other, and if its key is gone."""
    if described(row).place != after.place:
        return ""
    try:
        return header_of(row).get(after.header, "")
    except CannotUnseal:
        return ""


def _save(row: Hook, after: HookDescription, others: list[Hook], header_value: str | None, **how: Any) -> None:
    """Judge what is wished, and write it; None for `header_value` leaves it as it is. Raises `Refused`."""
    clash = clash_problem(after, [described(each) for each in others])
    of_value = [] if header_value is None else header_value_problems(after, header_value)
    refuse_if_any([*problems_of(after), *of_value, *wrong(Code.TAKEN, "serves", clash)])
    for name, value in vars(after).items():
        setattr(row, name, list(value) if isinstance(value, tuple) else value)
    if header_value is not None:
        row.sealed_header = seal_header(header_value if after.header else "", hook_id=row.pk)
    try:
        with transaction.atomic():
            row.save(**how)
    except IntegrityError as error:
        sentence = _("A hook named “%(name)s” already exists. Choose another name.") % {"name": row.name}
        raise Refused([Problem(Code.TAKEN, "name", sentence)]) from error


def _save_served(hook: Hook, *, actor: Actor) -> None:
    hook.save(update_fields=["serves"])
    record("hook.changed", actor=actor, target=hook, details={"fields": ["serves"], **_where(hook)})


def _where(hook: Hook) -> dict[str, Any]:
    return {"moment": hook.moment, "address": told_url(hook.url), "on_failure": str(hook.on_failure)}
