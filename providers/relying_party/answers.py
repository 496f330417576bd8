"""What comes back from a provider: a code, which is redeemed, and an ID token, of which nothing is taken on trust."""

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

from joserfc import jws
from joserfc.errors import JoseError

from common.crypto.encryption import CannotUnseal
from common.crypto.public_keys import ALGORITHMS, PublicKey
from common.text.email_address import MAX_EMAIL, is_plain_address, written_address
from common.web.outgoing import Content
from providers.credentials import ASSERTION_TYPE, assertion_for, secret_of
from providers.errors import AnswerRefused, ProviderFailed
from providers.models import IdentityProvider
from providers.policies import MICROSOFT, id_token_problem, vouches_for
from providers.relying_party.documents import OK, Metadata, called, keys_of, object_in
from providers.relying_party.requests import Challenge

MAX_TOKEN_LENGTH, MAX_HEADER_LENGTH = 16 * 1024, 8 * 1024
MAX_ANSWER_BYTES = 128 * 1024
MAX_VALUE = 1024
FORM = "application/x-www-form-urlencoded"
_registry = jws.JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
_registry.max_header_length = MAX_HEADER_LENGTH


@dataclass(frozen=True)
class Identity:
    """Who a customer is at a provider. The claims are what it tells of them, signed or from its UserInfo endpoint."""

    issuer: str
    subject: str
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def email(self) -> str:
        """Their address, as it is kept; "" if the provider tells none that mail could be sent to."""
        told = self.claims.get("email")
        email = written_address(told) if isinstance(told, str) and len(told) <= MAX_EMAIL else ""
        return email if is_plain_address(email) else ""

    def is_vouched_for(self, provider: IdentityProvider) -> bool:
        """Whether the address is its owner's by the provider's word, as far as the tenant believes that."""
        return bool(self.email) and vouches_for(
            self.email,
            self.claims,
            kind=provider.kind,
            trust=provider.trust,
            trusted_domains=provider.trusted_domains,
        )

    def attributes(self, provider: IdentityProvider) -> dict[str, Any]:
        """What fills attributes, by their names, as it was told: nobody has judged it yet."""
        told = {name: self.claims.get(claim) for name, claim in provider.claims.items()}
        return {name: value for name, value in told.items() if _is_value(value)}


def check_sender(told: str | None, metadata: Metadata) -> None:
    """An answer that says from whom it is says the right one (RFC 9207). Raises `AnswerRefused`."""
    if (told is None and metadata.names_itself) or (told is not None and told != metadata.issuer):
        raise AnswerRefused("The answer came from another provider than the one that was asked (iss).")


def identity_from(
    provider: IdentityProvider,
    metadata: Metadata,
    *,
    code: str,
    redirect_uri: str,
    challenge: Challenge,
    is_asked_anew: bool = False,
) -> tuple[Identity, str]:
    """Redeem the code: who has come, and the access token by which more is told about them ("" for none).

    With `is_asked_anew` they shall have proved themself at the provider just now. Raises `ProviderFailed` or
    `AnswerRefused`.
    """
    answered = redeem(provider, metadata, code=code, redirect_uri=redirect_uri, verifier=challenge.verifier)
    token, access_token = answered.get("id_token"), answered.get("access_token")
    if not isinstance(token, str):
        raise ProviderFailed("The provider gave no ID token for the code.")
    claims = _verified(provider, metadata, token)
    problem = id_token_problem(
        claims,
        issuer=metadata.issuer,
        client_id=provider.client_id,
        nonce=challenge.nonce,
        now=time.time(),
        is_asked_anew=is_asked_anew,
    )
    if problem:
        raise AnswerRefused(f"The ID token was refused. {problem}")
    bearer = access_token if isinstance(access_token, str) and 0 < len(access_token) <= MAX_TOKEN_LENGTH else ""
    if "at_hash" in claims and bearer and claims["at_hash"] != _half_hash(bearer):
        raise AnswerRefused("The ID token was refused. It came with another access token (at_hash).")
    return Identity(claims["iss"], claims["sub"], claims), bearer


def with_more(provider: IdentityProvider, metadata: Metadata, identity: Identity, *, access_token: str) -> Identity:
    """The identity with what UserInfo tells besides, if something is missing that it may tell (Core section 5.3).

    Raises `ProviderFailed` or `AnswerRefused`.
    """
    wanted = {"email", *provider.claims.values()}
    if not (access_token and metadata.userinfo_endpoint and access_token.isascii() and access_token.isprintable()):
        return identity
    if not wanted - identity.claims.keys():
        return identity
    content = Content(b"", FORM, {"Authorization": f"Bearer {access_token}"})
    answer = called(url=metadata.userinfo_endpoint, content=content, max_bytes=MAX_ANSWER_BYTES)
    if answer.status != OK:
        raise ProviderFailed(f"The UserInfo endpoint answered with status {answer.status}, not 200.")
    told = object_in(answer, "answer of the UserInfo endpoint")
    if told.get("sub") != identity.subject:
        raise AnswerRefused("The UserInfo endpoint told about somebody else (sub).")
    if identity.claims.get("email", told.get("email")) != told.get("email"):
        # That another address is verified says nothing of the one that was signed.
        told.pop("email_verified", None)
    # What was signed goes before what was not.
    return replace(identity, claims={**told, **identity.claims})


def redeem(
    provider: IdentityProvider, metadata: Metadata, *, code: str, redirect_uri: str, verifier: str
) -> dict[str, Any]:
    """What the token endpoint gives for a code. Raises `ProviderFailed`, or `AnswerRefused` for the code."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    try:
        proof, headers = _proof(provider, metadata)
    except CannotUnseal as error:
        raise ProviderFailed("The kept secret can’t be read: its encryption key is gone. Enter it again.") from error
    content = Content(urlencode({**form, **proof}).encode(), FORM, headers)
    answer = called(url=metadata.token_endpoint, content=content, max_bytes=MAX_ANSWER_BYTES)
    if answer.status != OK:
        raise _refusal(answer.status, answer.body)
    return object_in(answer, "answer of the token endpoint")


def _refusal(status: int, body: bytes) -> ProviderFailed | AnswerRefused:
    """What a token endpoint meant that gave nothing (RFC 6749 section 5.2)."""
    try:
        said = json.loads(body)
        error = said.get("error") if isinstance(said, dict) else ""
    except (ValueError, RecursionError):
        error = ""
    if error == "invalid_grant":
        return AnswerRefused("The provider didn’t take the code that came with the customer (invalid_grant).")
    if error in ("invalid_client", "unauthorized_client"):
        return ProviderFailed(f"The provider doesn’t accept our client ID, secret or key ({error}).")
    told = f" ({error[:60]})" if isinstance(error, str) and error.isprintable() and error else ""
    return ProviderFailed(f"The token endpoint answered with status {status}{told}.")


def _proof(provider: IdentityProvider, metadata: Metadata) -> tuple[dict[str, str], dict[str, str]]:
    """By which members of the form and headers we show who we are (Core section 9). Raises `CannotUnseal`."""
    if provider.authentication == provider.Authentication.KEY:
        # An assertion for the issuer can't be used at another's endpoint; Microsoft knows its endpoint alone.
        audience = metadata.token_endpoint if provider.kind == MICROSOFT else metadata.issuer
        assertion = assertion_for(provider, audience=audience)
        return {
            "client_id": provider.client_id,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
        }, {}
    secret = secret_of(provider)
    if "client_secret_basic" not in metadata.token_authentication:
        return {"client_id": provider.client_id, "client_secret": secret}, {}
    # Each half is encoded as in a form (RFC 6749 section 2.3.1).
    pair = f"{quote(provider.client_id, safe='')}:{quote(secret, safe='')}"
    return {}, {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _verified(provider: IdentityProvider, metadata: Metadata, token: str) -> dict[str, Any]:
    """The claims of a token that one of the provider's keys has signed (RFC 8725 section 3)."""
    signature, claims = _read(token)
    header = signature.protected
    kid, algorithm = header.get("kid"), header.get("alg")
    if "crit" in header or "b64" in header or algorithm not in ALGORITHMS:
        raise AnswerRefused(f"The ID token is signed by none of {', '.join(ALGORITHMS)}.")
    if kid is not None and not isinstance(kid, str):
        raise AnswerRefused("The ID token names no key.")
    key = _key_for(kid, algorithm, keys_of(provider, metadata, kid=kid))
    try:
        is_signed = jws.validate_compact(signature, key.key, registry=_registry)
    except (JoseError, ValueError, TypeError) as error:
        raise AnswerRefused("The signature of the ID token can’t be verified.") from error
    if not is_signed:
        raise AnswerRefused("The signature of the ID token is wrong.")
    return claims


def _read(token: str) -> tuple[jws.CompactSignature, dict[str, Any]]:
    try:
        if len(token) > MAX_TOKEN_LENGTH:
            raise ValueError
        signature = jws.extract_compact(token.encode(), registry=_registry)
        claims = json.loads(signature.payload)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise AnswerRefused("The ID token isn’t a signed JWT.") from error
    if not isinstance(claims, dict):
        raise AnswerRefused("The ID token isn’t a signed JWT.")
    return signature, claims


def _key_for(kid: str | None, algorithm: str, keys: tuple[PublicKey, ...]) -> PublicKey:
    """The key that the header names; without a name, the only one that fits the algorithm."""
    fitting = [key for key in keys if algorithm in key.algorithms and kid in {None, key.kid}]
    if len(fitting) != 1:
        raise AnswerRefused("No key of the provider fits the ID token (kid).")
    return fitting[0]


def _half_hash(token: str) -> str:
    """The left half of its SHA-256, which all our algorithms sign by (Core section 3.1.3.6)."""
    half = hashlib.sha256(token.encode()).digest()[:16]
    return base64.urlsafe_b64encode(half).rstrip(b"=").decode()


def _is_value(value: Any) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= MAX_VALUE and "\0" not in value
    return isinstance(value, bool | int) and abs(value) < 2**53
