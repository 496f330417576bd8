"""The tokens that are signed: what stands in them, and how they are read back."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import UUID

from applications.lookup.clients import RegisteredClient
from oidc.issuer.identity import Issuer
from oidc.keys.jws import NotOurToken, sign, verify
from oidc.lifetimes import SIGNED_ANSWER_LIFETIME
from oidc.tokens.resources import Target
from oidc.tokens.subjects import account_in_token, subject_of
from oidc.wire.encoding import base64url
from oidc.wire.errors import InvalidToken
from oidc.wire.policies import acr_of

ACCESS_TOKEN_TYPE = "at+jwt"  # noqa: S105 - RFC 9068 section 2.1
ID_TOKEN_TYPE = "JWT"  # noqa: S105
LOGOUT_TOKEN_TYPE = "logout+jwt"  # noqa: S105 - OpenID Connect Back-Channel Logout section 2.4
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_TOKEN_LIFETIME = timedelta(minutes=2)
FAMILY_SEPARATOR = "."
# A JWE in the compact form (RFC 7516 section 7.1).
ENCRYPTED_DOTS = 4
X5T = "x5t#S256"
# Nobody's but ours: who named a claim by it would have userinfo tell what no scope grants.
NAMED_CLAIMS = "userinfo_claims"
# By what a token names claims that it doesn't have itself, and where these are (OpenID Connect Core section 5.6.2).
CLAIM_NAMES, CLAIM_SOURCES = "_claim_names", "_claim_sources"


@dataclass(frozen=True)
class NamedClaims:
    """Claims asked for by name, beside those of the scopes (OpenID Connect Core section 5.5)."""

    id_token: tuple[str, ...] = ()
    userinfo: tuple[str, ...] = ()

    @classmethod
    def of_text(cls, text: str) -> Self:
        """As `as_text` has written them."""
        return cls(**{place: tuple(names) for place, names in json.loads(text).items()})

    def as_text(self) -> str:
        """How they are kept with a code and a refresh token; "" if there are none."""
        return json.dumps(asdict(self)) if self.id_token or self.userinfo else ""


NO_CLAIMS = NamedClaims()


@dataclass(frozen=True)
class SignIn:
    """The sign-in behind a token: whose, when, in which browser session, how (RFC 8176), and of which family it is.

    `claims` are those that the request named when the customer was sent here.
    """

    account_id: UUID
    auth_time: datetime
    sid: str
    amr: Sequence[str]
    family: UUID
    claims: NamedClaims = NO_CLAIMS


@dataclass(frozen=True)
class AccessToken:
    """A verified access token. `account_id` is whom it is about, "" if that is nobody but the client; `subject` is by
    which ID the client knows them. `family` is the name of its family, "" for a service's own; `sid` likewise.

    `jkt` and `x5t` are the thumbprints of the key and the certificate it is bound to, "" where it isn't. `named_claims`
    are those that userinfo shall tell beside those of the scopes, `left_claims` those that it or introspection tells
    because a token had no room for them. `act` says who acts for the subject, once it was exchanged. `acr` and
    `auth_time` are those of the sign-in behind it, "" and 0 where there is none.
    """

    subject: str
    account_id: str
    client_id: str
    audience: str
    scopes: tuple[str, ...]
    named_claims: tuple[str, ...]
    jti: str
    family: str
    sid: str
    issued_at: int
    expires_at: int
    jkt: str
    x5t: str
    roles: tuple[str, ...]
    left_claims: tuple[str, ...] = ()
    auth_time: int = 0
    acr: str = ""
    act: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class IdTokenHint:
    """What an ID token of ours says, however old it is. `account_id` is "" if nobody can tell any more whose it was."""

    account_id: str
    client_id: str
    sid: str


def family_name(family: UUID) -> str:
    """The name of a family in access tokens and in the list of denied ones.

    A digest: who sees an access token must not learn how the family's refresh tokens begin, and so be able to revoke
    it by presenting a wrong one.
    """
    return base64url(hashlib.sha256(family.bytes).digest()[:16])


def confirmation(*, jkt: str, x5t: str) -> dict[str, str]:
    """What whoever uses an access token has to prove that they hold: the key, or the key of the certificate, or both.

    By their thumbprints, "" for none (RFC 9449 section 6.1, RFC 8705 section 3.1).
    """
    return {name: value for name, value in (("jkt", jkt), (X5T, x5t)) if value}


def access_token(
    issuer: Issuer,
    *,
    client: RegisteredClient,
    target: Target,
    now: datetime,
    sign_in: SignIn | None = None,
    claims: Mapping[str, Any] | None = None,
    bound_to: Mapping[str, str] | None = None,
) -> str:
    """A JWT access token (RFC 9068). Without a sign-in it is the client's own, whose subject is the client.

    `claims` are those an administrator chose, and the roles; none of them can take the place of one of the protocol's.
    `bound_to` is what `confirmation` makes.
    """
    issued_at = int(now.timestamp())
    protocol: dict[str, Any] = {
        "iss": issuer.name,
        "sub": subject_of(sign_in.account_id, client) if sign_in else client.client_id,
        "aud": target.audience,
        "client_id": client.client_id,
        "iat": issued_at,
        "exp": issued_at + int(client.tokens.access_token_lifetime.total_seconds()),
        "jti": secrets.token_urlsafe(16),
        "scope": " ".join(target.scopes),
    }
    if sign_in:
        protocol["jti"] = f"{family_name(sign_in.family)}{FAMILY_SEPARATOR}{secrets.token_urlsafe(9)}"
        protocol |= {"auth_time": int(sign_in.auth_time.timestamp()), "sid": sign_in.sid}
        if sign_in.claims.userinfo and target.api is None:
            protocol[NAMED_CLAIMS] = list(sign_in.claims.userinfo)
        if sign_in.amr:
            protocol["acr"] = acr_of(sign_in.amr)
    if bound_to:
        protocol["cnf"] = dict(bound_to)
    key = issuer.active[client.tokens.access_token_algorithm]
    return sign({**(claims or {}), **protocol}, key=key, typ=ACCESS_TOKEN_TYPE)


def id_token(
    issuer: Issuer,
    *,
    client: RegisteredClient,
    sign_in: SignIn,
    claims: Mapping[str, Any],
    access_token: str,
    now: datetime,
    nonce: str = "",
) -> str:
    """An ID token (OpenID Connect Core section 2). `claims` are those about the person."""
    issued_at = int(now.timestamp())
    protocol: dict[str, Any] = {
        "iss": issuer.name,
        "sub": subject_of(sign_in.account_id, client),
        "aud": client.client_id,
        "azp": client.client_id,
        "iat": issued_at,
        "exp": issued_at + int(client.tokens.id_token_lifetime.total_seconds()),
        "auth_time": int(sign_in.auth_time.timestamp()),
        "sid": sign_in.sid,
        "at_hash": base64url(hashlib.sha256(access_token.encode()).digest()[:16]),
    }
    if sign_in.amr:
        protocol |= {"amr": list(sign_in.amr), "acr": acr_of(sign_in.amr)}
    if nonce:
        protocol["nonce"] = nonce
    return sign({**claims, **protocol}, key=issuer.active[client.tokens.id_token_algorithm], typ=ID_TOKEN_TYPE)


def userinfo_token(issuer: Issuer, claims: Mapping[str, Any], *, client_id: str, algorithm: str) -> str:
    """What userinfo tells as a signed JWT (OpenID Connect Core section 5.3.2).

    It has no `typ`, so that this issuer never takes it for an ID token it once made, and no `exp`, so that nobody else
    does.
    """
    return sign({**claims, "iss": issuer.name, "aud": client_id}, key=issuer.active[algorithm], typ="")


def sign_out_token(issuer: Issuer, *, client: RegisteredClient, account_id: UUID, sid: str, now: datetime) -> str:
    """A logout token (OpenID Connect Back-Channel Logout section 2.4): this account's session, or all, have ended.

    It is signed with the algorithm of the application's ID tokens. It has a type of its own and no nonce, so that
    nobody takes it for an ID token.
    """
    issued_at = int(now.timestamp())
    claims: dict[str, Any] = {
        "iss": issuer.name,
        "aud": client.client_id,
        "iat": issued_at,
        "exp": issued_at + int(LOGOUT_TOKEN_LIFETIME.total_seconds()),
        "jti": secrets.token_urlsafe(16),
        "sub": subject_of(account_id, client),
        "events": {LOGOUT_EVENT: {}},
    }
    if sid:
        claims["sid"] = sid
    return sign(claims, key=issuer.active[client.tokens.id_token_algorithm], typ=LOGOUT_TOKEN_TYPE)


def authorization_response(
    issuer: Issuer, members: Mapping[str, str], *, client: RegisteredClient, now: datetime
) -> str:
    """The answer to an authorization request as a JWT (JARM section 2.1), signed as the client's ID tokens are.

    It has no `typ`, so that this issuer never takes it for an ID token it once made.
    """
    expires_at = int((now + SIGNED_ANSWER_LIFETIME).timestamp())
    claims = {**members, "iss": issuer.name, "aud": client.client_id, "exp": expires_at}
    return sign(claims, key=issuer.active[client.tokens.id_token_algorithm], typ="")


def read_access_token(issuer: Issuer, token: str, *, now: datetime | None = None) -> AccessToken:
    """What an access token of this issuer says. Raises `InvalidToken`, also for an expired one."""
    try:
        claims = verify(token, keys=issuer.keys, typ=ACCESS_TOKEN_TYPE)
    except NotOurToken as error:
        raise InvalidToken from error
    moment = (now or datetime.now(UTC)).timestamp()
    if claims["iss"] != issuer.name or claims["exp"] <= moment:
        raise InvalidToken
    family, separator, _ = claims["jti"].partition(FAMILY_SEPARATOR)
    account_id = account_in_token(claims["sub"], claims["client_id"]) if separator else ""
    if separator and not account_id:
        # The application has had IDs of a sector when it was issued, and has others by now.
        raise InvalidToken
    return AccessToken(
        subject=claims["sub"],
        account_id=account_id,
        client_id=claims["client_id"],
        audience=claims["aud"],
        scopes=tuple(claims["scope"].split()),
        named_claims=_named_in(claims.get(NAMED_CLAIMS)),
        jti=claims["jti"],
        family=family if separator else "",
        sid=claims.get("sid", ""),
        issued_at=claims["iat"],
        expires_at=claims["exp"],
        jkt=claims.get("cnf", {}).get("jkt", ""),
        x5t=claims.get("cnf", {}).get(X5T, ""),
        roles=tuple(claims.get("roles", ())),
        left_claims=tuple(claims.get(CLAIM_NAMES, ())),
        auth_time=claims.get("auth_time", 0),
        acr=claims.get("acr", ""),
        act=claims.get("act", {}),
    )


def _named_in(claim: Any) -> tuple[str, ...]:
    """The names of claims that an access token has for userinfo: none, if it isn't a list of such."""
    return tuple(name for name in claim if isinstance(name, str)) if isinstance(claim, list) else ()


def read_id_token_hint(issuer: Issuer, token: str) -> IdTokenHint:
    """What an ID token of this issuer says, expired or not. Raises `InvalidToken`."""
    if token.count(".") == ENCRYPTED_DOTS:
        # OpenID Connect Core section 3.1.2.1: whom it was encrypted to sends what they have decrypted.
        raise InvalidToken("The id_token_hint is encrypted. Decrypt it, and send the signed ID token that is in it.")
    try:
        claims = verify(token, keys=issuer.keys, typ=ID_TOKEN_TYPE)
    except NotOurToken as error:
        raise InvalidToken("The id_token_hint isn't an ID token of this issuer.") from error
    if claims["iss"] != issuer.name:
        raise InvalidToken("The id_token_hint is another issuer's.")
    account_id = account_in_token(claims["sub"], claims["aud"])
    return IdTokenHint(account_id=account_id, client_id=claims["aud"], sid=claims["sid"])
