"""What a customer is sent to a provider with (OpenID Connect Core section 3.1.2.1, RFC 6749 section 4.1.1)."""

import hashlib
from collections.abc import Mapping
from urllib.parse import urlencode

from providers.models import IdentityProvider
from providers.policies import asked_besides
from providers.relying_party.documents import OpenIdMetadata
from providers.relying_party.exchange import Request, base64url


def authorization_url(
    provider: IdentityProvider, metadata: OpenIdMetadata, request: Request, *, more: Mapping[str, str] | None = None
) -> str:
    """Where to send the browser: the provider's own address, with the request, and `more` that its protocol adds."""
    asked: Mapping[str, str] = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": request.redirect_uri,
        "scope": " ".join(provider.scopes),
        "state": request.state,
        "code_challenge": base64url(hashlib.sha256(request.challenge.verifier.encode()).digest()),
        "code_challenge_method": "S256",
        **asked_besides(
            provider.kind, known=metadata.prompts, asks_anew=request.asks_anew, offers_choice=request.offers_choice
        ),
        **(more or {}),
    }
    between = "&" if "?" in metadata.authorization_endpoint else "?"
    return f"{metadata.authorization_endpoint}{between}{urlencode({k: v for k, v in asked.items() if v})}"
