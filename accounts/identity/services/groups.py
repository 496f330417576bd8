"""Groups of customers. Their names differ by more than capitals, or nobody could tell them apart."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Account, Group, GroupMember
from audit.services import Actor, Circumstances, record
from common.problems import Code, Problem, Refused, name_problems, refuse_if_any, wrong

MAX_GROUPS = 500
MAX_NAME_LENGTH = 120
MAX_DESCRIPTION_LENGTH = 500


def create_group(*, name: str, description: str = "", actor: Actor) -> Group:
    """Make an empty group. Raises `Refused`."""
    if Group.objects.count() >= MAX_GROUPS:
        raise Refused(
            [Problem(Code.TOO_MANY, "name", _("A tenant can have %(most)d groups at most.") % {"most": MAX_GROUPS})]
        )
    group = Group()
    _set(group, name, description)
    with _unless_taken(), transaction.atomic():
        group.save(force_insert=True)
        record("group.created", actor=actor, target=group)
    return group


def update_group(group: Group, *, name: str, description: str, actor: Actor) -> None:
    """Rename the group, or describe it anew. Where nothing differs, nothing is noted. Raises `Refused`."""
    before = group.name, group.description
    _set(group, name, description)
    if before == (group.name, group.description):
        return
    with _unless_taken(), transaction.atomic():
        group.save(update_fields=["name", "description"])
        record("group.changed", actor=actor, target=group)


def delete_group(group: Group, *, actor: Actor) -> None:
    """Remove a group with what it was assigned; its members' accounts stay."""
    with transaction.atomic():
        record("group.deleted", actor=actor, target=group)
        group.delete()


def add_to_group(group: Group, *, account: Account, actor: Actor) -> None:
    """Let an account be a member, if it isn't yet."""
    with transaction.atomic():
        _, is_new = GroupMember.objects.get_or_create(group=group, account=account)
        if is_new:
            record("group.member_added", actor=actor, target=group, circumstances=Circumstances(account_id=account.pk))


def remove_from_group(group: Group, *, account: Account, actor: Actor) -> None:
    """Let an account be a member no more."""
    with transaction.atomic():
        GroupMember.objects.filter(group=group, account=account).delete()
        record("group.member_removed", actor=actor, target=group, circumstances=Circumstances(account_id=account.pk))


@contextmanager
def _unless_taken() -> Iterator[None]:
    """Refuse a name that somebody else took at the same moment as any other that is taken."""
    try:
        yield
    except IntegrityError as error:
        raise Refused([_taken()]) from error


def _set(group: Group, name: str, description: str) -> None:
    name, description = name.strip(), description.strip()
    too_long = f"Use at most {MAX_DESCRIPTION_LENGTH} characters." if len(description) > MAX_DESCRIPTION_LENGTH else ""
    refuse_if_any([*_name_problems(group, name), *wrong(Code.TOO_LONG, "description", too_long)])
    group.name, group.description = name, description


def _name_problems(group: Group, name: str) -> list[Problem]:
    if name != group.name and (problems := name_problems(name, longest=MAX_NAME_LENGTH)):
        return problems
    is_taken = Group.objects.filter(name__iexact=name).exclude(pk=group.pk).exists()
    return [_taken()] if is_taken else []


def _taken() -> Problem:
    return Problem(Code.TAKEN, "name", _("There is already a group with this name."))
