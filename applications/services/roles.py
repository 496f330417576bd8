"""An application's roles, and who has them."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Account, Group
from applications.models import Application, AppRole, RoleAssignment, RolePermission
from applications.policies.apis import wire_name_problem
from applications.policies.roles import MAX_ROLES
from applications.services.apis import MAX_DESCRIPTION_LENGTH, MAX_NAME_LENGTH
from applications.services.changes import announce_change, raise_if_any
from audit.services import Actor, record


def define_role(
    application: Application,
    *,
    value: str,
    display_name: str,
    description: str = "",
    for_customers: bool = True,
    for_services: bool = False,
    actor: Actor,
) -> AppRole:
    """Let the application know one more role. Raises `ValidationError` keyed by argument."""
    role = AppRole(application=application, value=value.strip())
    problems = {"value": _value_problem(role)}
    problems |= _describe(role, display_name, description, for_customers=for_customers, for_services=for_services)
    raise_if_any(problems)
    with transaction.atomic():
        role.save(force_insert=True)
        _record("role.defined", role, actor)
    return role


def update_role(
    role: AppRole,
    *,
    display_name: str,
    description: str,
    for_customers: bool,
    for_services: bool,
    is_enabled: bool,
    actor: Actor,
) -> None:
    """Say otherwise what a role is for. Whoever may no longer have it, loses it. Raises `ValidationError`."""
    raise_if_any(_describe(role, display_name, description, for_customers=for_customers, for_services=for_services))
    role.is_enabled = is_enabled
    with transaction.atomic():
        role.save()
        if not for_customers:
            role.assignments.all().delete()
        if not for_services:
            RolePermission.objects.filter(role=role).delete()
        _record("role.changed", role, actor)


def delete_role(role: AppRole, *, actor: Actor) -> None:
    """Take the role from whoever has it, and forget it."""
    with transaction.atomic():
        _record("role.deleted", role, actor)
        role.delete()


def assign_role(role: AppRole, *, account: Account | None = None, group: Group | None = None, actor: Actor) -> None:
    """Give the role to one customer, or to everybody in a group. Raises `ValidationError` if it isn't for customers."""
    if not role.for_customers:
        raise ValidationError({"assignee": "This role is for services only. Give it on the service’s API permissions."})
    with transaction.atomic():
        _, is_new = RoleAssignment.objects.get_or_create(role=role, account=account, group=group)
        if is_new:
            _record("role.assigned", role, actor, account=account, group=group)


def withdraw_role(assignment: RoleAssignment, *, actor: Actor) -> None:
    """Take the role from a customer or a group; tokens issued before keep it until they expire."""
    with transaction.atomic():
        _record("role.withdrawn", assignment.role, actor, account=assignment.account, group=assignment.group)
        assignment.delete()


def _value_problem(role: AppRole) -> str:
    others = role.application.roles
    problem = wire_name_problem(role.value)
    if not problem and others.filter(value=role.value).exists():
        return "The application has a role of this value already."
    if not problem and others.count() >= MAX_ROLES:
        return f"An application can have {MAX_ROLES} roles at most."
    return problem


def _describe(
    role: AppRole, display_name: str, description: str, *, for_customers: bool, for_services: bool
) -> dict[str, str]:
    """Set on the row what is said of it, unsaved, and return what is wrong with it."""
    role.display_name, role.description = display_name.strip(), description.strip()
    role.for_customers, role.for_services = for_customers, for_services
    problems = {}
    if not 0 < len(role.display_name) <= MAX_NAME_LENGTH:
        problems["display_name"] = f"Enter a name of 1 to {MAX_NAME_LENGTH} characters."
    if len(role.description) > MAX_DESCRIPTION_LENGTH:
        problems["description"] = f"Use at most {MAX_DESCRIPTION_LENGTH} characters."
    if not for_customers and not for_services:
        problems["for_customers"] = "Choose who may have the role: customers, services or both."
    return problems


def _record(
    action: str, role: AppRole, actor: Actor, *, account: Account | None = None, group: Group | None = None
) -> None:
    details = {"role": role.value}
    if account:
        details["account"] = str(account.pk)
    if group:
        details["group"] = group.name
    record(action, actor=actor, target=role.application, details=details)
    announce_change()
