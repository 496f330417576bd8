"""What the issuer publishes."""

from django.http import HttpResponse

from oidc.issuer.identity import issuer_for
from oidc.wire.requests import TenantRequest
from oidc.wire.responses import endpoint, published


@endpoint("GET", "HEAD", is_for_anybody=True)
def metadata(request: TenantRequest) -> HttpResponse:
    """OpenID Connect Discovery 1.0 section 4 and RFC 8414 section 3."""
    return published(issuer_for(request.tenant).metadata)


@endpoint("GET", "HEAD", is_for_anybody=True)
def jwks(request: TenantRequest) -> HttpResponse:
    """The public keys that verify this issuer's tokens (RFC 7517 section 5)."""
    return published(issuer_for(request.tenant).jwks)
