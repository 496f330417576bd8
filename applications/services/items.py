"""The rows beside an application's own: what it offers as an API, the claims it is told, what it may ask of others."""

from collections.abc import Collection
from uuid import UUID

from applications.description import ApplicationDescription
from applications.models import ApiScope, Application, AppRole, ClaimRule, RolePermission, ScopePermission
from applications.policies.changes import Changes


def save_items(row: Application, after: ApplicationDescription, changes: Changes) -> None:
    """Make these rows be as the description says, as far as something about them differs."""
    if changes.touches("api_scopes"):
        _save_scopes(row, after, changes)
    if changes.touches("roles"):
        _save_roles(row, after, changes)
    if changes.touches("claims"):
        _save_claims(row, after, changes)
    if changes.touches("permitted_scopes"):
        _save_permitted_scopes(row, after.permissions.permitted_scopes)
    if changes.touches("permitted_roles"):
        _save_permitted_roles(row, after.permissions.permitted_roles)


def _save_scopes(row: Application, after: ApplicationDescription, changes: Changes) -> None:
    ApiScope.objects.filter(application=row).exclude(name__in=[scope.name for scope in after.api.api_scopes]).delete()
    for scope in after.api.api_scopes:
        if changes.includes(f"api_scopes.{scope.name}"):
            chosen = {name: value for name, value in vars(scope).items() if name != "name"}
            ApiScope.objects.update_or_create(application=row, name=scope.name, defaults=chosen)


def _save_roles(row: Application, after: ApplicationDescription, changes: Changes) -> None:
    """Who may no longer have a role loses it."""
    AppRole.objects.filter(application=row).exclude(value__in=[role.value for role in after.api.roles]).delete()
    for role in after.api.roles:
        if changes.includes(f"roles.{role.value}"):
            chosen = {name: value for name, value in vars(role).items() if name != "value"}
            kept, _ = AppRole.objects.update_or_create(application=row, value=role.value, defaults=chosen)
            if not role.for_customers:
                kept.assignments.all().delete()
            if not role.for_services:
                RolePermission.objects.filter(role=kept).delete()


def _save_claims(row: Application, after: ApplicationDescription, changes: Changes) -> None:
    ClaimRule.objects.filter(application=row).exclude(name__in=[claim.name for claim in after.claims]).delete()
    for claim in after.claims:
        if changes.includes(f"claims.{claim.name}"):
            chosen = {name: value for name, value in vars(claim).items() if name != "name"}
            ClaimRule.objects.update_or_create(application=row, name=claim.name, defaults=chosen)


def _save_permitted_scopes(row: Application, wished: Collection[UUID]) -> None:
    """What stays keeps its grant."""
    there = ScopePermission.objects.filter(application=row)
    there.exclude(scope__in=wished).delete()
    kept = set(there.values_list("scope_id", flat=True))
    ScopePermission.objects.bulk_create(
        ScopePermission(application=row, scope_id=key) for key in wished if key not in kept
    )


def _save_permitted_roles(row: Application, wished: Collection[UUID]) -> None:
    there = RolePermission.objects.filter(application=row)
    there.exclude(role__in=wished).delete()
    kept = set(there.values_list("role_id", flat=True))
    RolePermission.objects.bulk_create(
        RolePermission(application=row, role_id=key) for key in wished if key not in kept
    )
