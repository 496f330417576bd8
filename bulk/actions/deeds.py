"""What an action does to one customer of its selection, by the service that does it to one alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.credentials.services import passwords
from accounts.identity.services import accounts, closing
from accounts.identity.services.groups import add_to_group, remove_from_group
from accounts.models import Account, Factor, Group, GroupMember, Standing
from accounts.sessions.services import sign_out_everywhere
from audit.services import Actor
from common.problems import Code, Problem, Refused
from operations.customers import purge_customer
from operations.customers import withdraw_invitation as take_invitation_back
from userflows.factors.passkeys import remove_lost_passkeys
from userflows.factors.phones import remove_lost_phone
from userflows.factors.services import remove_second_factor
from userflows.journeys.attempts.lockouts import holds_of, lift_lockout
from userflows.links import services as links


@dataclass(frozen=True)
class How:
    """How it is done, as whoever began it has said: `until` is when a block ends, `factors` are those taken away."""

    group: Group | None = None
    reason: str = ""
    until: datetime | None = None
    factors: tuple[str, ...] = ()


Deed = Callable[[Account, How, Actor], bool]
"""Returns whether something changed. Raises `Refused` or an `AccountError`."""


def block(account: Account, how: How, actor: Actor) -> bool:
    """Not where it would be over by now, because others had their turns first."""
    is_over = how.until is not None and how.until <= timezone.now()
    if account.standing == Standing.BLOCKED or is_over:
        return False
    accounts.disable_account(account, reason=how.reason, until=how.until, actor=actor)
    return True


def unblock(account: Account, _how: How, actor: Actor) -> bool:
    if account.standing != Standing.BLOCKED:
        return False
    accounts.enable_account(account, actor=actor)
    return True


def unlock(account: Account, _how: How, actor: Actor) -> bool:
    if not holds_of(account):
        return False
    lift_lockout(account, actor=actor)
    return True


def end_sessions(account: Account, _how: How, actor: Actor) -> bool:
    sign_out_everywhere(account, actor=actor)
    return True


def require_password(account: Account, _how: How, actor: Actor) -> bool:
    if not account.has_usable_password() or account.needs_new_password:
        return False
    passwords.require_new_password(account, actor=actor)
    return True


def send_link(account: Account, _how: How, actor: Actor) -> bool:
    links.send_password_link(account, actor=actor)
    return True


def remove_password(account: Account, _how: How, actor: Actor) -> bool:
    if not passwords.has_password(account):
        return False
    passwords.remove_password(account, actor=actor)
    return True


REMOVALS: Mapping[str, Callable[..., bool]] = {
    Factor.APP: remove_second_factor,
    Factor.PASSKEY: remove_lost_passkeys,
    Factor.PHONE: remove_lost_phone,
}


def remove_factors(account: Account, how: How, actor: Actor) -> bool:
    """Those that were named, each with its mail."""
    removed = [REMOVALS[factor](account, reason=how.reason, actor=actor) for factor in how.factors]
    return any(removed)


def invite_again(account: Account, _how: How, actor: Actor) -> bool:
    if account.standing != Standing.INVITED:
        return False
    links.send_invitation_again(account, actor=actor)
    return True


def withdraw_invitation(account: Account, _how: How, actor: Actor) -> bool:
    """The account goes with it."""
    if account.standing != Standing.INVITED:
        return False
    take_invitation_back(account, actor=actor)
    return True


def delete(account: Account, _how: How, actor: Actor) -> bool:
    accounts.delete_account(account, actor=actor)
    return True


def cancel_deletion(account: Account, _how: How, actor: Actor) -> bool:
    """Of those who have asked for it themselves."""
    is_asked_for = account.closes_at is not None
    closing.take_deletion_back(account, actor=actor)
    return is_asked_for


def restore(account: Account, _how: How, actor: Actor) -> bool:
    is_deleted = account.deleted_at is not None
    accounts.restore_account(account, actor=actor)
    return is_deleted


def purge(account: Account, _how: How, actor: Actor) -> bool:
    """Of a selection only who was deleted before: so a slip takes nobody away for good. Raises `Refused`."""
    if account.deleted_at is None:
        raise Refused([Problem(Code.NOT_ALLOWED, "", _("This customer isn’t deleted. Delete them first."))])
    purge_customer(account, actor=actor)
    return True


def enter_group(account: Account, how: How, actor: Actor) -> bool:
    if how.group is None or GroupMember.objects.filter(group=how.group, account=account).exists():
        return False
    add_to_group(how.group, account=account, actor=actor)
    return True


def leave_group(account: Account, how: How, actor: Actor) -> bool:
    if how.group is None or not GroupMember.objects.filter(group=how.group, account=account).exists():
        return False
    remove_from_group(how.group, account=account, actor=actor)
    return True
