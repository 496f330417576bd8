"""Where the issuer of a tenant is found: its name, and its endpoints."""

from tenants.addressing import base_url
from tenants.models import Tenant

ISSUER_PATH = "/oidc"
PATHS = {
    "authorization_endpoint": "/authorize",
    "pushed_authorization_request_endpoint": "/par",
    "token_endpoint": "/token",
    "device_authorization_endpoint": "/device_authorization",
    "userinfo_endpoint": "/userinfo",
    "introspection_endpoint": "/introspect",
    "revocation_endpoint": "/revoke",
    "end_session_endpoint": "/logout",
    "jwks_uri": "/jwks",
}
# Listed only while the tenant lets applications register themselves.
REGISTRATION_PATH = "/register"


def issuer_of(tenant: Tenant) -> str:
    """The issuer's identifier: an address without a trailing slash."""
    return base_url(tenant) + ISSUER_PATH


def endpoints_of(tenant: Tenant) -> dict[str, str]:
    """The absolute addresses of the endpoints, by their names in discovery."""
    issuer = issuer_of(tenant)
    return {name: issuer + path for name, path in PATHS.items()}
