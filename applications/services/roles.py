"""An application's roles, and who has them."""

from django.db import transaction
from django.utils.translation import gettext

from accounts.models import Account, Group
from applications.description import Role
from applications.models import Application, AppRole, RoleAssignment
from applications.services.application import change
from applications.services.changes import record_change
from audit.services import Actor, Circumstances
from common.database.locks import keep_from_deletion
from common.problems import Code, Problem, Refused


def define_role(application: Application, role: Role, *, actor: Actor) -> AppRole:
    """Add a role to the application, and return its row.

    Raises `Refused`, also if there is one of this value.
    """
    change(application, lambda now: now.with_values(roles=(*now.api.roles, role)), actor=actor)
    return application.roles.get(value=role.value.strip())


def change_role(application: Application, role: Role, *, actor: Actor) -> None:
    """Change the role of this value. Whoever may no longer have it loses it. Raises `Refused`."""
    change(application, lambda now: now.with_item("roles", role), actor=actor)


def delete_role(application: Application, value: str, *, actor: Actor) -> None:
    """Delete the role; whoever has it loses it."""
    change(application, lambda now: now.without_item("roles", value), actor=actor)


def assign_role(role: AppRole, *, account: Account | None = None, group: Group | None = None, actor: Actor) -> None:
    """Give the role to one customer, or to everybody in a group.

    Raises `Refused` if it isn't for customers, or the role or who should have it is gone.
    """
    with transaction.atomic():
        _keep_from_deletion(role, account or group)
        _, is_new = RoleAssignment.objects.get_or_create(role=role, account=account, group=group)
        if is_new:
            _record("role.assigned", role, actor, account=account, group=group)


def withdraw_role(assignment: RoleAssignment, *, actor: Actor) -> None:
    """Take the role from a customer or a group; tokens issued before keep it until they expire."""
    with transaction.atomic():
        _record("role.withdrawn", assignment.role, actor, account=assignment.account, group=assignment.group)
        assignment.delete()


def _keep_from_deletion(role: AppRole, holder: Account | Group | None) -> None:
    """Let nobody delete the role or who gets it, or change whom it is for, until this transaction ends."""
    # What changes or deletes an application's roles holds the application first.
    is_there = keep_from_deletion(role.application)
    now = AppRole.objects.filter(pk=role.pk).first() if is_there else None
    if now is None:
        raise Refused([Problem(Code.UNKNOWN, "", gettext("This role no longer exists."))])
    if not now.for_customers:
        sentence = gettext("This role is for services only. Give it on the service’s API permissions.")
        raise Refused([Problem(Code.NOT_ALLOWED, "assignee", sentence)])
    if holder is not None and not keep_from_deletion(holder):
        gone = (
            gettext("This group no longer exists.") if isinstance(holder, Group) else gettext("This customer is gone.")
        )
        raise Refused([Problem(Code.UNKNOWN, "assignee", gone)])


def _record(
    action: str, role: AppRole, actor: Actor, *, account: Account | None = None, group: Group | None = None
) -> None:
    details = {"role": role.value}
    if group:
        details["group"] = group.name
    concerned = Circumstances(account_id=account.pk) if account else None
    record_change(action, role.application, actor=actor, circumstances=concerned, details=details)
