"""Groups of customers. Their names differ by more than capitals, or nobody could tell them apart."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import GROUP_RESTORABLE_FOR, Account, DeletedGroup, Group, GroupMember
from audit.services import Actor, Circumstances, record
from common.database.locks import keep_from_deletion
from common.problems import Code, Problem, Refused, name_problems, refuse_if_any, wrong

MAX_GROUPS = 500
MAX_NAME_LENGTH = 120
MAX_DESCRIPTION_LENGTH = 500
SET_ASIDE = """
    INSERT INTO accounts_deletedgroup (id, name, description, created_at, members, since, roles)
    SELECT gone.id, gone.name, gone.description, gone.created_at,
        ARRAY(SELECT account_id FROM accounts_groupmember WHERE group_id = gone.id ORDER BY accounts_groupmember.id),
        ARRAY(SELECT since FROM accounts_groupmember WHERE group_id = gone.id ORDER BY accounts_groupmember.id),
        %(roles)s::uuid[]
    FROM accounts_group gone WHERE gone.id = %(group)s
"""
TAKE_BACK = """
    INSERT INTO accounts_groupmember (group_id, account_id, since)
    SELECT gone.id, member.account_id, member.since
    FROM accounts_deletedgroup gone, unnest(gone.members, gone.since) AS member (account_id, since)
    JOIN accounts_account account ON account.id = member.account_id
    WHERE gone.id = %(group)s
"""


def create_group(*, name: str, description: str = "", actor: Actor) -> Group:
    """Make an empty group. Raises `Refused`."""
    _refuse_if_full()
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


def hold_group(group: Group) -> None:
    """Before a group is deleted: whoever puts a customer in or gives it a role at this moment waits, and finds none.

    Raises `Refused` if somebody else was faster.
    """
    if Group.objects.select_for_update().filter(pk=group.pk).first() is None:
        raise Refused([_gone()])


def set_group_aside(group: Group, *, roles: Collection[UUID]) -> DeletedGroup:
    """Delete a group that is held, and keep what it was apart, with these roles. What floors above keep about it has to
    be gone. Called by `operations.groups`, in its transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(SET_ASIDE, {"group": group.pk, "roles": list(roles)})
        cursor.execute("DELETE FROM accounts_groupmember WHERE group_id = %s", [group.pk])
    Group.objects.filter(pk=group.pk).delete()
    return DeletedGroup.objects.without_members().get(pk=group.pk)


def take_group_back(deleted: DeletedGroup) -> Group:
    """Let a deleted group be there again, with its ID and those of its members whose accounts are there, likewise.

    Raises `Refused`, also if another group has its name by now.
    """
    group = Group(pk=deleted.pk, created_at=deleted.created_at)
    _refuse_if_full()
    _set(group, deleted.name, deleted.description)
    with _unless_taken(), transaction.atomic(), connection.cursor() as cursor:
        group.save(force_insert=True)
        cursor.execute(TAKE_BACK, {"group": group.pk})
    deleted.delete()
    return group


def forget_deleted_groups() -> None:
    """Forget the groups whose time to be restored is over."""
    DeletedGroup.objects.filter(deleted_at__lt=timezone.now() - GROUP_RESTORABLE_FOR).delete()


def add_to_group(group: Group, *, account: Account, actor: Actor) -> None:
    """Make an account a member, if it isn't one yet. Raises `Refused` if the group or the account is gone."""
    with transaction.atomic():
        if not keep_from_deletion(group):
            raise Refused([_gone()])
        if not keep_from_deletion(account):
            raise Refused([Problem(Code.CHANGED_MEANWHILE, "", _("This customer is gone."))])
        is_new = GroupMember.objects.get_or_create(group=group, account=account)[1]
        if is_new:
            record("group.member_added", actor=actor, target=group, circumstances=Circumstances(account_id=account.pk))


def remove_from_group(group: Group, *, account: Account, actor: Actor) -> None:
    """Remove an account from the group."""
    with transaction.atomic():
        GroupMember.objects.filter(group=group, account=account).delete()
        record("group.member_removed", actor=actor, target=group, circumstances=Circumstances(account_id=account.pk))


def _refuse_if_full() -> None:
    if Group.objects.count() >= MAX_GROUPS:
        sentence = _("A tenant can have %(most)d groups at most.") % {"most": MAX_GROUPS}
        raise Refused([Problem(Code.TOO_MANY, "name", sentence)])


@contextmanager
def _unless_taken() -> Iterator[None]:
    """Refuse a name that somebody else took at the same moment as any other that is taken."""
    try:
        yield
    except IntegrityError as error:
        raise Refused([_taken()]) from error


def _set(group: Group, name: str, description: str) -> None:
    name, description = name.strip(), description.strip()
    is_long = len(description) > MAX_DESCRIPTION_LENGTH
    too_long = _("Use at most %(most)d characters.") % {"most": MAX_DESCRIPTION_LENGTH} if is_long else ""
    refuse_if_any([*_name_problems(group, name), *wrong(Code.TOO_LONG, "description", too_long)])
    group.name, group.description = name, description


def _name_problems(group: Group, name: str) -> list[Problem]:
    if name != group.name and (problems := name_problems(name, longest=MAX_NAME_LENGTH)):
        return problems
    is_taken = Group.objects.filter(name__iexact=name).exclude(pk=group.pk).exists()
    return [_taken()] if is_taken else []


def _gone() -> Problem:
    return Problem(Code.CHANGED_MEANWHILE, "", _("This group no longer exists."))


def _taken() -> Problem:
    return Problem(Code.TAKEN, "name", _("There is already a group with this name."))
