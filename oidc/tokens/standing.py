"""What somebody is, beside what stands in their account's row: their roles and groups.

It is read in the same statement as the row, and only for applications that tell or use it.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

NO_STANDING = "NULL::json"
STANDING = """json_build_object(
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


class Standing(NamedTuple):
    """What somebody is: their roles by the key of the application's row, and the names of their groups."""

    roles: Mapping[int, Sequence[str]]
    groups: Sequence[str]


NOBODY_SPECIAL = Standing({}, ())


class Question(NamedTuple):
    """What is asked about somebody's standing: their roles in which applications, and whether their groups."""

    roles_of: tuple[int, ...] = ()
    wants_groups: bool = False


NO_QUESTION = Question()


def standing_of(column: Any) -> Standing:
    """What the database has answered in the place of `NO_STANDING`."""
    if column is None:
        return NOBODY_SPECIAL
    told = json.loads(column) if isinstance(column, str) else column
    roles = {int(pk): tuple(values) for pk, values in (told["roles"] or {}).items()}
    return Standing(roles, tuple(told["groups"] or ()))
