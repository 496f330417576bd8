"""What can be done to a selection: for each action its words, the service that does it, and what undoes it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.credentials.services.passwords import require_new_password
from accounts.identity.services.accounts import delete_account, disable_account, enable_account, restore_account
from accounts.identity.services.groups import add_to_group, remove_from_group
from accounts.models import Account, Group, GroupMember, Standing
from accounts.sessions.services import sign_out_everywhere
from audit.services import Actor
from bulk.models import Kind
from userflows.links.services import send_invitation_again, send_password_link

Do = Callable[[Account, Group | None, Actor], bool]


@dataclass(frozen=True)
class Verb:
    """One action. `do` returns whether something changed; `deed` is a button's words, `done` what was done in numbers.

    `warns` says what happens to the customers. `undone_by` is the action that takes it back, if there is one.
    """

    deed: str | Promise
    done: str | Promise
    warns: str | Promise
    do: Do
    undone_by: Kind | None = None
    is_danger: bool = False
    has_group: bool = False
    reaches_deleted: bool = False


def _block(account: Account, _: Group | None, actor: Actor) -> bool:
    if account.standing != Standing.BLOCKED:
        disable_account(account, actor=actor)
        return True
    return False


def _unblock(account: Account, _: Group | None, actor: Actor) -> bool:
    if account.standing == Standing.BLOCKED:
        enable_account(account, actor=actor)
        return True
    return False


def _end_sessions(account: Account, _: Group | None, actor: Actor) -> bool:
    sign_out_everywhere(account, actor=actor)
    return True


def _require_password(account: Account, _: Group | None, actor: Actor) -> bool:
    if not account.has_usable_password() or account.needs_new_password:
        return False
    require_new_password(account, actor=actor)
    return True


def _send_link(account: Account, _: Group | None, actor: Actor) -> bool:
    send_password_link(account, actor=actor)
    return True


def _invite_again(account: Account, _: Group | None, actor: Actor) -> bool:
    if account.standing != Standing.INVITED:
        return False
    send_invitation_again(account, actor=actor)
    return True


def _delete(account: Account, _: Group | None, actor: Actor) -> bool:
    delete_account(account, actor=actor)
    return True


def _restore(account: Account, _: Group | None, actor: Actor) -> bool:
    is_deleted = account.deleted_at is not None
    restore_account(account, actor=actor)
    return is_deleted


def _add_to_group(account: Account, group: Group | None, actor: Actor) -> bool:
    if group is None or GroupMember.objects.filter(group=group, account=account).exists():
        return False
    add_to_group(group, account=account, actor=actor)
    return True


def _remove_from_group(account: Account, group: Group | None, actor: Actor) -> bool:
    if group is None or not GroupMember.objects.filter(group=group, account=account).exists():
        return False
    remove_from_group(group, account=account, actor=actor)
    return True


VERBS = {
    Kind.BLOCK: Verb(
        _("Block"),
        _("Blocked"),
        _("They can no longer sign in, and are signed out everywhere."),
        _block,
        Kind.UNBLOCK,
        is_danger=True,
    ),
    Kind.UNBLOCK: Verb(_("Unblock"), _("Unblocked"), _("They can sign in again."), _unblock, Kind.BLOCK),
    Kind.END_SESSIONS: Verb(
        _("End sessions"), _("Signed out"), _("They are signed out of every browser and application."), _end_sessions
    ),
    Kind.REQUIRE_PASSWORD: Verb(
        _("Require a new password"),
        _("New password required"),
        _("They choose another one at the next sign-in. Where they’re signed in they stay so."),
        _require_password,
    ),
    Kind.SEND_LINK: Verb(
        _("Send a link to a new password"),
        _("Link sent"),
        _("Each is mailed a link that works once, within a day. The password they have stays good until then."),
        _send_link,
    ),
    Kind.INVITE_AGAIN: Verb(
        _("Invite again"),
        _("Invited"),
        _(
            "Customers who haven’t accepted yet are emailed another link, valid for 7 days."
            " The previous one no longer works."
        ),
        _invite_again,
    ),
    Kind.DELETE: Verb(
        _("Delete"),
        _("Deleted"),
        _("They’re signed out and can’t sign in. You can restore them for 30 days; then they’re permanently deleted."),
        _delete,
        Kind.RESTORE,
        is_danger=True,
    ),
    Kind.RESTORE: Verb(
        _("Restore"),
        _("Restored"),
        _("They can sign in again, with their groups and consents."),
        _restore,
        reaches_deleted=True,
    ),
    Kind.ADD_TO_GROUP: Verb(
        _("Add to group"),
        _("Added"),
        _("They get the roles of the group, and applications are told of it."),
        _add_to_group,
        Kind.REMOVE_FROM_GROUP,
        has_group=True,
    ),
    Kind.REMOVE_FROM_GROUP: Verb(
        _("Remove from group"),
        _("Removed"),
        _("They lose the roles of the group."),
        _remove_from_group,
        Kind.ADD_TO_GROUP,
        has_group=True,
    ),
}
