"""What an application may ask of APIs, and who has to consent to it."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from applications.models import ApiScope, Application, AppRole, RolePermission, ScopePermission
from applications.services.changes import announce_change
from audit.services import Actor, record


def set_permissions(
    application: Application, *, scopes: Iterable[ApiScope], roles: Iterable[AppRole], actor: Actor
) -> None:
    """Let the application ask for these scopes, and have these roles when it acts for itself; for no others.

    What stays keeps its grant. Raises `ValidationError` for `roles` that aren't for services.
    """
    scopes, roles = list(scopes), list(roles)
    if any(not role.for_services for role in roles):
        raise ValidationError({"roles": "One of these roles is for customers only."})
    if roles and "client_credentials" not in application.grant_types:
        raise ValidationError({"roles": "This application never acts for itself, so it can’t have roles."})
    if scopes and not application.calls_for_customers:
        problem = "Nobody signs in to this application. Give it roles, or let it exchange tokens."
        raise ValidationError({"scopes": problem})
    with transaction.atomic():
        ScopePermission.objects.filter(application=application).exclude(scope__in=scopes).delete()
        RolePermission.objects.filter(application=application).exclude(role__in=roles).delete()
        for scope in scopes:
            ScopePermission.objects.get_or_create(application=application, scope=scope)
        for role in roles:
            RolePermission.objects.get_or_create(application=application, role=role)
        details = {"scopes": [scope.full_name for scope in scopes], "roles": [role.value for role in roles]}
        record("application.permissions_changed", actor=actor, target=application, details=details)
        announce_change()


def grant_for_all(application: Application, *, actor: Actor) -> None:
    """Consent for every customer of the tenant: to the standard scopes and to all that is permitted now."""
    now, name = timezone.now(), actor.name[:254]
    permissions = ScopePermission.objects.filter(application=application, granted_at=None)
    with transaction.atomic():
        names = [permission.scope.full_name for permission in permissions.select_related("scope__application")]
        permissions.update(granted_at=now, granted_by=name)
        application.standard_scopes_granted_at, application.standard_scopes_granted_by = now, name
        application.save(update_fields=["standard_scopes_granted_at", "standard_scopes_granted_by", "updated"])
        record("application.consent_granted", actor=actor, target=application, details={"scopes": names})
        announce_change()


def revoke_grant_for_all(application: Application, *, actor: Actor) -> None:
    """Take that consent back: customers are asked again, and what needs an administrator is refused."""
    with transaction.atomic():
        ScopePermission.objects.filter(application=application).update(granted_at=None, granted_by="")
        application.standard_scopes_granted_at, application.standard_scopes_granted_by = None, ""
        application.save(update_fields=["standard_scopes_granted_at", "standard_scopes_granted_by", "updated"])
        record("application.consent_revoked", actor=actor, target=application)
        announce_change()


def ask_for_consent(application: Application, *, asks: bool, actor: Actor) -> None:
    """Choose whether customers are asked before the application gets what nobody granted for all of them."""
    with transaction.atomic():
        application.asks_for_consent = asks
        application.save(update_fields=["asks_for_consent", "updated"])
        record("application.consent_changed", actor=actor, target=application, details={"asks": asks})
        announce_change()
