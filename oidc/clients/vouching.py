"""Which applications somebody of the tenant vouches for."""

from applications.lookup.clients import RegisteredClient
from oidc.models import DynamicRegistration


def is_vouched_for(client: RegisteredClient) -> bool:
    """Whether an administrator registered it, let it register, or granted it for all; else it came by itself."""
    if not client.registered_dynamically or client.entitlements.has_granted_standard_scopes:
        return True
    registrations = DynamicRegistration.objects.filter(application_id=client.pk)
    return registrations.filter(initial_access_token__isnull=False).exists()
