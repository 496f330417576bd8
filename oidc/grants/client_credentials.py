"""The grant of services (RFC 6749 section 4.4): an application asks for itself, and nobody signs in."""

from applications.policies.apis import DEFAULT_SCOPE
from oidc.grants.issuing import Granted, Issued, issue
from oidc.grants.request import TokenRequest
from oidc.tokens.resources import apis_asked_for
from oidc.wire.errors import InvalidClient, InvalidScope
from oidc.wire.policies import grantable_scopes


def issue_to_client(request: TokenRequest) -> Issued:
    """An access token of the client's own, with the scopes it asks for, or those it is registered with.

    Raises `InvalidClient` for a client that proves nothing, `InvalidScope` and `InvalidTarget`.
    """
    if request.client.is_public:
        raise InvalidClient
    apis = apis_asked_for(
        request.scope.split(" "),
        resources=request.resources,
        entitlements=request.entitlements,
        issuer=request.issuer.name,
    )
    # Registered scopes are those of no API: beside a resource they would mean nothing.
    registered = () if apis else tuple(request.client.scopes)
    every_role = [f"{uri}/{DEFAULT_SCOPE}" for uri in request.entitlements.service_roles]
    scopes = request.scopes or registered
    if set(scopes) != set(grantable_scopes(scopes, registered=[*every_role, *registered], signs_in=False)):
        raise InvalidScope("The scope names something that this application can't have for itself.")
    return issue(request, Granted(scopes=scopes, apis=apis))
