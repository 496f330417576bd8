"""What the issuer publishes."""

from oidc.issuer.identity import issuer_for, metadata_for
from oidc.wire.requests import Call
from oidc.wire.responses import EndpointAnswer, endpoint, published


@endpoint("GET", "HEAD", is_for_anybody=True)
def metadata(request: Call) -> EndpointAnswer:
    """OpenID Connect Discovery 1.0 section 4 and RFC 8414 section 3."""
    return published(metadata_for(request.tenant))


@endpoint("GET", "HEAD", is_for_anybody=True)
def jwks(request: Call) -> EndpointAnswer:
    """The public keys that verify this issuer's tokens (RFC 7517 section 5)."""
    return published(issuer_for(request.tenant).jwks)
