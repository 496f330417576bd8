"""Delete applications, and restore them for 30 days."""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.models import (
    ApiScope,
    Application,
    ApplicationLogo,
    AppRole,
    ClaimRule,
    ClientSecret,
    DeletedApplication,
    RolePermission,
    ScopePermission,
)
from applications.services.changes import record_change
from audit.services import Actor, record
from branding.models import ThemedApplication
from branding.themes.services import forget_application
from common.problems import Code, Problem, Refused
from common.restorable.rows import KeptRows, bring_back, kept_rows, restoring
from hooks.services import serve_again, serve_no_more
from tenants.limits import APPLICATIONS, most_of, refuse_beyond
from tenants.lookup import current_tenant
from userflows.flows.second_factor import which_problems
from userflows.models import UserFlow

SET_ASIDE = """
    INSERT INTO applications_deletedapplication
        (client_id, name, kind, rows, hooks, holder_roles, holder_accounts, holder_groups)
    SELECT %(client_id)s, %(name)s, %(kind)s, %(rows)s::jsonb, %(hooks)s::uuid[],
        coalesce(array_agg(held.role_id), '{}'), coalesce(array_agg(held.account_id), '{}'),
        coalesce(array_agg(held.group_id), '{}')
    FROM applications_roleassignment held JOIN applications_approle role ON role.id = held.role_id
    WHERE role.application_id = %(application)s
"""
GIVE_ROLES_BACK = """
    INSERT INTO applications_roleassignment (id, role_id, account_id, group_id)
    SELECT gen_random_uuid(), held.role, account.id, team.id
    FROM applications_deletedapplication gone,
        unnest(gone.holder_roles, gone.holder_accounts, gone.holder_groups) AS held (role, account, team)
    LEFT JOIN accounts_account account ON account.id = held.account
    LEFT JOIN accounts_group team ON team.id = held.team
    WHERE gone.client_id = %(client_id)s AND (account.id IS NOT NULL OR team.id IS NOT NULL)
"""

# So many deleted ones are kept where a tenant may have as many applications as it likes, or hardly any.
MOST_KEPT, LEAST_KEPT = 1_000, 100

_rows_as_well: list[Callable[[Application], QuerySet[Any]]] = []


class Restored(NamedTuple):
    """An application that is there again, and by their names the fields that are not as they were.

    They are `user_flow` if it has the default one in the place of one that is gone, and `factors` if its own second
    factors don't fit that one, so that those of the flow count.
    """

    application: Application
    changed: tuple[str, ...]


def keep_as_well(rows: Callable[[Application], QuerySet[Any]]) -> None:
    """Let these rows of a floor above come back with an application that is restored."""
    _rows_as_well.append(rows)


def delete_application(application: Application, *, actor: Actor) -> DeletedApplication:
    """Remove the application with its codes, refresh tokens and consents; all else can be restored for 30 days.

    Its access tokens are refused from now on, also once it is restored. Of those that were deleted before, the oldest
    are forgotten if they are too many. Raises `Refused` if somebody else was faster.
    """
    with transaction.atomic():
        row = _held(application)
        kept = kept_rows(*_rows_of(row))
        _set_aside(row, kept, hooks=serve_no_more(row.client_id, actor=actor))
        _make_room(row, actor=actor)
        _remove(row, actor=actor)
        return DeletedApplication.objects.as_told().get(pk=row.client_id)


def delete_for_good(application: Application, *, actor: Actor) -> None:
    """Remove the application with all that it has. Raises `Refused` if somebody else was faster."""
    with transaction.atomic():
        row = _held(application)
        serve_no_more(row.client_id, actor=actor)
        _remove(row, actor=actor)


def restore_application(deleted: DeletedApplication, *, actor: Actor) -> Restored:
    """Restore a deleted application: the application is known by its client ID, secrets and keys, as it was described.

    What it had to do with others it has again as far as they are there: theme, hooks, APIs and who may call it, who has
    its roles. If its user flow is gone, it uses the default one. Nothing that was judged before is judged anew. Raises
    `Refused` if its 30 days are over, somebody else was faster, the tenant may have no more applications, or another
    one has its identifier URI by now.
    """
    with restoring():
        held = _restorable(deleted)
        refuse_beyond(current_tenant(), APPLICATIONS, Application.objects.all(), field="name")
        own = held.own_row
        _refuse_if_taken(own["identifier_uri"])
        changed = _fit_to_flow(own)
        # Tokens are refused by the second in which they were issued.
        own["tokens_count_from"] = timezone.now().replace(microsecond=0).isoformat()
        # What was given by processes that knew it until its deletion was committed.
        _delete_rows(Application(pk=own["id"], client_id=str(held.pk)))
        bring_back(held.rows)
        with connection.cursor() as cursor:
            cursor.execute(GIVE_ROLES_BACK, {"client_id": held.pk})
        serve_again(str(held.pk), hooks=held.hooks, actor=actor)
        row = Application.objects.get(client_id=str(held.pk))
        held.delete()
        details = {"fields": list(changed)} if changed else {}
        record_change("application.restored", row, actor=actor, details=details)
    return Restored(row, changed)


def purge_application(deleted: DeletedApplication, *, actor: Actor) -> None:
    """Forget a deleted application before its time is over. Raises `Refused` if somebody else was faster."""
    with transaction.atomic():
        _purge(_restorable(deleted), actor=actor)


def forget_deleted_applications() -> None:
    """Forget the applications whose time to be restored is over."""
    DeletedApplication.objects.over().delete()


def _rows_of(row: Application) -> Iterator[QuerySet[Any]]:
    """What comes back with the application, itself first; of what is left out, customers make anew what they need."""
    yield Application.objects.filter(pk=row.pk)
    yield ClientSecret.objects.filter(application=row)
    yield ApplicationLogo.objects.filter(application=row)
    yield ApiScope.objects.filter(application=row)
    yield AppRole.objects.filter(application=row)
    yield ClaimRule.objects.filter(application=row)
    # What it may ask of others, and others of it.
    yield ScopePermission.objects.filter(Q(application=row) | Q(scope__application=row))
    yield RolePermission.objects.filter(Q(application=row) | Q(role__application=row))
    yield ThemedApplication.objects.filter(client_id=row.client_id)
    for rows in _rows_as_well:
        yield rows(row)


def _held(application: Application) -> Application:
    """The application's row. Until this transaction ends, nobody adds anything to it, its roles or its scopes."""
    row = Application.objects.select_for_update().filter(pk=application.pk).first()
    if row is None:
        raise Refused([Problem(Code.CHANGED_MEANWHILE, "", _("This application no longer exists."))])
    for theirs in (AppRole.objects, ApiScope.objects):
        list(theirs.select_for_update().filter(application=row).values_list("pk"))
    return row


def _set_aside(row: Application, kept: KeptRows, *, hooks: list[UUID]) -> None:
    told = {"client_id": row.client_id, "name": row.name, "kind": row.kind, "application": row.pk}
    with connection.cursor() as cursor:
        cursor.execute(SET_ASIDE, {**told, "rows": json.dumps(kept), "hooks": hooks})


def _make_room(row: Application, *, actor: Actor) -> None:
    """Forget the oldest beyond those that are kept: else whoever may register applications could fill the database."""
    most = max(most_of(current_tenant(), APPLICATIONS) or MOST_KEPT, LEAST_KEPT)
    for held in DeletedApplication.objects.exclude(pk=row.client_id).beyond(most - 1):
        _purge(held, actor=actor)


def _purge(held: DeletedApplication, *, actor: Actor) -> None:
    target = Application(pk=held.own_row["id"], client_id=str(held.pk), name=held.name)
    held.delete()
    record("application.purged", actor=actor, target=target)


def _remove(row: Application, *, actor: Actor) -> None:
    record_change("application.deleted", row, actor=actor)
    _delete_rows(row)


def _delete_rows(row: Application) -> None:
    """Delete the application's row, if there is one, and all that name it."""
    forget_application(row.client_id)
    row.delete()


def _restorable(deleted: DeletedApplication) -> DeletedApplication:
    """What is kept of it but for the holders of its roles, which nobody else restores or forgets meanwhile."""
    holders = ("holder_roles", "holder_accounts", "holder_groups")
    held: DeletedApplication | None = DeletedApplication.objects.defer(*holders).hold(deleted.pk)
    if held is None:
        raise Refused([Problem(Code.NOT_ALLOWED, "", _("This application can no longer be restored."))])
    return held


def _refuse_if_taken(identifier_uri: str) -> None:
    taken = identifier_uri and Application.objects.filter(identifier_uri=identifier_uri).first()
    if taken:
        sentence = _("%(application)s has its identifier URI by now. Change that first, then restore this one.")
        raise Refused([Problem(Code.TAKEN, "identifier_uri", sentence % {"application": taken})])


def _fit_to_flow(own: dict[str, Any]) -> tuple[str, ...]:
    """Let its customers go through the default user flow if its own is gone, and through second factors that fit that
    one's methods. Returns the fields that are changed by this.
    """
    key = own["user_flow_id"]
    if key is None or UserFlow.objects.filter(pk=key).exists():
        return ()
    flow = UserFlow.objects.get(is_default=True)
    own["user_flow_id"] = str(flow.pk)
    if not any(which_problems(own["factors"].split(), methods=flow.methods)):
        return ("user_flow",)
    own["factors"] = ""
    return ("user_flow", "factors")
