"""Where the issuer of a tenant is found: its name, and its endpoints."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings

from common.web.certificates import offers_certificates
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


# Where clients call that show a certificate (RFC 8705 section 5).
FOR_CERTIFICATES = (
    "token_endpoint",
    "pushed_authorization_request_endpoint",
    "device_authorization_endpoint",
    "userinfo_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
)


def issuer_of(tenant: Tenant) -> str:
    """The issuer's identifier: an address without a trailing slash."""
    return base_url(tenant) + ISSUER_PATH


def endpoints_of(tenant: Tenant) -> dict[str, str]:
    """The absolute addresses of the endpoints, by their names in discovery."""
    issuer = issuer_of(tenant)
    return {name: issuer + path for name, path in PATHS.items()}


def certificate_aliases_of(endpoints: Mapping[str, str]) -> dict[str, str]:
    """Those endpoints at another port, at which the proxy asks for certificates: browsers would show people a list.

    None where it asks for them at the usual port, or doesn't ask.
    """
    port = settings.CIAM_CLIENT_CERTIFICATE_PORT
    if not port or not offers_certificates():
        return {}
    return {name: _at_port(endpoints[name], port) for name in FOR_CERTIFICATES}


def _at_port(url: str, port: int) -> str:
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return parts._replace(netloc=f"{host}:{port}").geturl()
