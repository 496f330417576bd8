"""What an administrator consents to for every customer."""

from django.db import transaction
from django.utils import timezone

from applications.models import Application, ScopePermission
from applications.services.changes import record_change
from audit.services import Actor


def grant_for_all(application: Application, *, actor: Actor) -> None:
    """Consent for every customer of the tenant: to the standard scopes and to all that is permitted now."""
    now, name = timezone.now(), actor.name[:254]
    permissions = ScopePermission.objects.filter(application=application, granted_at=None)
    with transaction.atomic():
        names = [permission.scope.full_name for permission in permissions.select_related("scope__application")]
        permissions.update(granted_at=now, granted_by=name)
        application.standard_scopes_granted_at, application.standard_scopes_granted_by = now, name
        application.save(update_fields=["standard_scopes_granted_at", "standard_scopes_granted_by", "updated"])
        record_change("application.consent_granted", application, actor=actor, details={"scopes": names})


def revoke_grant_for_all(application: Application, *, actor: Actor) -> None:
    """Revoke that consent: customers are asked again, and what needs an administrator is refused.

    Where there is none, nothing is noted.
    """
    permissions = ScopePermission.objects.filter(application=application).exclude(granted_at=None)
    standard = Application.objects.filter(pk=application.pk).exclude(standard_scopes_granted_at=None)
    nothing = {"standard_scopes_granted_at": None, "standard_scopes_granted_by": "", "updated": timezone.now()}
    with transaction.atomic():
        ended = permissions.update(granted_at=None, granted_by="") + standard.update(**nothing)
        if ended:
            record_change("application.consent_revoked", application, actor=actor)
    application.standard_scopes_granted_at, application.standard_scopes_granted_by = None, ""
