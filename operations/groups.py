"""What happens to a group across several apps: it is deleted with its roles of applications, and restored."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.identity.services.groups import hold_group, set_group_aside, take_group_back
from accounts.models import DeletedGroup, Group
from applications.models import AppRole, RoleAssignment
from audit.services import Actor, record
from common.problems import Code, Problem, Refused


def delete_group(group: Group, *, actor: Actor) -> DeletedGroup:
    """Delete a group, which can be restored for 30 days; its members' accounts stay, without the group's roles.

    Raises `Refused` if somebody else was faster.
    """
    with transaction.atomic():
        hold_group(group)
        given = RoleAssignment.objects.filter(group=group)
        roles = list(given.values_list("role_id", flat=True))
        given.delete()
        record("group.deleted", actor=actor, target=group)
        return set_group_aside(group, roles=roles)


def restore_group(deleted: DeletedGroup, *, actor: Actor) -> Group:
    """Restore a deleted group: the group has the members and the roles that it had, of those there still are.

    Raises `Refused` if its 30 days are over, somebody else was faster, or its name is another group's by now.
    """
    with transaction.atomic():
        held = DeletedGroup.objects.without_members().select_for_update().filter(pk=deleted.pk).first()
        if held is None or held.restorable_until < timezone.now():
            raise Refused([Problem(Code.NOT_ALLOWED, "", _("This group can no longer be restored."))])
        group = take_group_back(held)
        # Held, so that none is deleted, or made one for services, at this moment.
        roles = AppRole.objects.filter(pk__in=held.roles, for_customers=True).order_by("pk")
        RoleAssignment.objects.bulk_create(
            RoleAssignment(role=role, group=group) for role in roles.select_for_update(no_key=True)
        )
        record("group.restored", actor=actor, target=group)
    return group
