"""The roles and groups of whoever a token is about.

It is read in the same statement as the row, and only for applications that tell or use it.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

NOT_ASKED = "NULL::json"
ASKED = """json_build_object(
        'roles', (
            SELECT json_object_agg(held_roles.application_id, held_roles.roles) FROM (
                SELECT role.application_id, json_agg(role.value ORDER BY role.value) AS roles
                FROM applications_approle role
                WHERE role.application_id = ANY(%(roles_of)s) AND role.is_enabled AND EXISTS (
                    SELECT FROM applications_roleassignment given WHERE given.role_id = role.id AND (
                        given.account_id = account.id
                        OR given.group_id IN (
                            SELECT member.group_id FROM accounts_groupmember member
                            WHERE member.account_id = account.id
                        )
                    )
                )
                GROUP BY role.application_id
            ) held_roles
        ),
        'groups', (
            SELECT json_agg(grp.name ORDER BY grp.name)
            FROM accounts_groupmember member JOIN accounts_group grp ON grp.id = member.group_id
            WHERE member.account_id = account.id
        )
    )"""


class RolesAndGroups(NamedTuple):
    """What somebody is: their roles by the key of the application's row, and the names of their groups."""

    roles: Mapping[int, Sequence[str]]
    groups: Sequence[str]


NO_ROLES_OR_GROUPS = RolesAndGroups({}, ())


class RolesNeeded(NamedTuple):
    """What has to be known about somebody: their roles in which applications, and whether their groups."""

    roles_of: tuple[int, ...] = ()
    wants_groups: bool = False


NOTHING_NEEDED = RolesNeeded()


def read_roles_and_groups(column: Any) -> RolesAndGroups:
    """What the database has answered in the place of `NOT_ASKED`."""
    if column is None:
        return NO_ROLES_OR_GROUPS
    told = json.loads(column) if isinstance(column, str) else column
    roles = {int(pk): tuple(values) for pk, values in (told["roles"] or {}).items()}
    return RolesAndGroups(roles, tuple(told["groups"] or ()))
