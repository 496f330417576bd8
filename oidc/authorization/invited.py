"""The applications to which an administrator may invite somebody."""

from applications.errors import UnknownApplication
from applications.lookup.appearance import appearance_for_customers
from applications.lookup.clients import client_by_id
from applications.policies.redirect_uris import origin_of
from oidc.wire.addresses import issuer_of
from tenants.lookup import current_tenant
from userflows.links.destinations import LinkedApplication


def destination_of(client_id: str) -> LinkedApplication | None:
    """The application as a journey is begun for it that ends at its front page; None for one without customers."""
    tenant = current_tenant()
    try:
        client = client_by_id(client_id)
    except UnknownApplication:
        return None
    origins = list(dict.fromkeys(origin_of(uri) for uri in client.redirect_uris))
    if tenant is None or client.flow_id is None or not origins:
        return None
    look = appearance_for_customers(client, issuer=issuer_of(tenant))
    return LinkedApplication(client.client_id, client.name, client.flow_id, look, origins)
