"""Providers that speak OAuth 2 without OpenID Connect: who somebody is there, their own API tells.

Nothing is signed, so what counts is that the token came for our code, from the provider's own endpoint, and was sent
nowhere but to its API.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from common.text.translation import gettext_noop as _
from providers.credentials import secret_of
from providers.errors import AnswerRefused, ProviderFailed
from providers.models import IdentityProvider
from providers.policies import FACEBOOK, GITHUB, GITHUB_COM
from providers.relying_party.documents import OpenIdMetadata
from providers.relying_party.exchange import Identity, ProviderAnswer, Request
from providers.relying_party.requests import authorization_url
from providers.relying_party.tokens import bearer_in, check_sender, code_of, redeem, told_about

GRAPH, GRAPH_VERSION = "https://graph.facebook.com", "v23.0"
GITHUB_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}


def sign_in_url(provider: IdentityProvider, request: Request) -> str:
    """Where to send the browser."""
    return authorization_url(provider, endpoints_of(provider), request)


def check(provider: IdentityProvider, answer: ProviderAnswer) -> None:
    """Whether the answer may be this provider's. Raises `AnswerRefused`."""
    check_sender(answer, endpoints_of(provider))


def identify(provider: IdentityProvider, answer: ProviderAnswer, *, is_known: Callable[[Identity], bool]) -> Identity:
    """Who has come. Raises `ProviderFailed`, `AnswerRefused` or `TurnedBack`."""
    code = code_of(answer)
    answered = redeem(
        provider,
        endpoints_of(provider),
        code=code,
        redirect_uri=answer.redirect_uri,
        verifier=answer.challenge.verifier,
    )
    bearer = bearer_in(answered)
    if not bearer:
        raise ProviderFailed(_("The provider gave no access token for the code."))
    return _ASKED[provider.kind](provider, bearer, is_known)


def endpoints_of(provider: IdentityProvider) -> OpenIdMetadata:
    """Where the provider is asked what. They publish none of it; a GitHub of one's own has the same paths."""
    if provider.kind == FACEBOOK:
        return OpenIdMetadata(
            issuer=provider.issuer,
            authorization_endpoint=f"{provider.issuer}/{GRAPH_VERSION}/dialog/oauth",
            token_endpoint=f"{GRAPH}/{GRAPH_VERSION}/oauth/access_token",
            jwks_uri="",
            token_authentication=("client_secret_post",),
        )
    base = f"{provider.issuer.rstrip('/')}/login/oauth"
    return OpenIdMetadata(
        issuer=base,
        authorization_endpoint=f"{base}/authorize",
        token_endpoint=f"{base}/access_token",
        jwks_uri="",
        token_authentication=("client_secret_post",),
    )


def _of_facebook(provider: IdentityProvider, bearer: str, _is_known: Callable[[Identity], bool]) -> Identity:
    """Facebook says of no address whether it is verified; so none is."""
    fields = ",".join(sorted({"id", "email", *(claim.partition(".")[0] for claim in provider.claims.values())}))
    proof = hmac.new(secret_of(provider).encode(), bearer.encode(), hashlib.sha256).hexdigest()
    asked = urlencode({"fields": fields, "appsecret_proof": proof})
    told = told_about(bearer, url=f"{GRAPH}/{GRAPH_VERSION}/me?{asked}")
    claims = {name: value for name, value in _object(told).items() if name != "email_verified"}
    return Identity(provider.issuer, _subject(claims.get("id")), claims)


def _of_github(provider: IdentityProvider, bearer: str, is_known: Callable[[Identity], bool]) -> Identity:
    """The address on somebody's public page is whatever they write there; the list of theirs says which is verified."""
    base = provider.issuer.rstrip("/")
    api = "https://api.github.com" if base == GITHUB_COM else f"{base}/api/v3"
    told = _object(told_about(bearer, url=f"{api}/user", headers=GITHUB_HEADERS))
    number = told.get("id")
    subject = _subject(str(number) if isinstance(number, int) and not isinstance(number, bool) else None)
    claims = {name: value for name, value in told.items() if name not in {"email", "email_verified"}}
    identity = Identity(base, subject, claims)
    if is_known(identity):
        return identity
    addresses = told_about(bearer, url=f"{api}/user/emails?per_page=100", headers=GITHUB_HEADERS)
    return Identity(base, subject, {**claims, **_primary(addresses)})


def _primary(addresses: Any) -> Mapping[str, Any]:
    """The verified address that its owner has made the primary one, as claims; empty if there is none."""
    for each in addresses if isinstance(addresses, list) else ():
        if isinstance(each, dict) and each.get("primary") is True and each.get("verified") is True:
            return {"email": each.get("email"), "email_verified": True}
    return {}


def _object(told: Any) -> Mapping[str, Any]:
    if not isinstance(told, dict):
        raise ProviderFailed(_("The provider’s answer about the customer isn’t a JSON object."))
    return told


def _subject(told: Any) -> str:
    if not isinstance(told, str) or not told.isdecimal() or not told.isascii() or len(told) > 32:
        raise AnswerRefused(_("The provider names no one (id)."))
    return told


_ASKED: Mapping[str, Callable[[IdentityProvider, str, Callable[[Identity], bool]], Identity]] = {
    FACEBOOK: _of_facebook,
    GITHUB: _of_github,
}
