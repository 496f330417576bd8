"""Issuing: what a grant has come to becomes tokens, made and kept by the toolkit through two seams.

oauthlib's token handler, which the toolkit issues all tokens by, makes the members of the answer and asks us for each
token; the toolkit's validator signs the ID token and keeps what is kept. Neither has a say in what is granted: that was
judged before, in the file of the grant.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.oauth2.rfc6749.tokens import BearerToken

from applications.lookup.clients import entitlements_by_id
from common.crypto.digests import digest_of
from oidc.grants.request import TokenRequest
from oidc.tokens.encrypted import encrypted_id_token
from oidc.tokens.hook_claims import claims_from_hook
from oidc.tokens.refresh_secrets import join_refresh_token
from oidc.tokens.resources import granted_with, target_of
from oidc.tokens.roles_and_groups import RolesAndGroups
from oidc.tokens.signed import CLAIM_NAMES, access_token, confirmation, id_token
from oidc.tokens.sql import PresentedCode, PresentedRefreshToken
from oidc.tokens.token_claims import ACCESS_TOKEN, ID_TOKEN, ClaimValue, claims_told, fitted, values_of
from oidc.wire.policies import STANDARD_SCOPES

OPENID = "openid"


class UsedMeanwhile(Exception):
    """Somebody else was quicker, or what was presented was revoked while the tokens were made. Nothing was kept."""


class UseUp(Protocol):
    """Uses up what was presented and keeps the digest of a refresh token's secret; False if somebody was quicker."""

    def __call__(self, *, digest: str) -> bool: ...


@dataclass(frozen=True)
class Granted:
    """What a grant has come to. Without something `held`, which stands for a sign-in, the tokens are the client's own.

    `scopes` go by their full names, `apis` are those they were asked for. `is_narrowed`: this request asks for some of
    its scopes only. `refresh_secret` is that of the refresh token handed out, "" for none.
    """

    scopes: tuple[str, ...]
    apis: tuple[str, ...]
    held: PresentedCode | PresentedRefreshToken | None = None
    is_narrowed: bool = False
    nonce: str = ""
    refresh_secret: str = ""
    use_up: UseUp | None = None


@dataclass(frozen=True)
class Issued:
    """The members of the answer (RFC 6749 section 5.1), and the tokens' family; a client's own have none."""

    members: Mapping[str, Any]
    family: UUID | None = None


def issue(request: TokenRequest, granted: Granted) -> Issued:
    """Make the tokens, then use up what was presented. A hook is asked first for its claims, if the client has one.

    Raises `InvalidTarget`, `UsedMeanwhile` or `TemporarilyUnavailable`.
    """
    issuing = _Issuing(request, granted)
    members = _tokens.create_token(issuing, refresh_token=bool(granted.refresh_secret))
    if granted.held is None:
        _validator.save_token(members, issuing)
        return Issued(members)
    if OPENID in granted.scopes:
        members["id_token"] = _validator.get_id_token(members, _tokens, issuing)
    _validator.save_token(members, issuing)
    return Issued(members, granted.held.sign_in.family)


class _Issuing:
    """What the toolkit takes for its request: it reads and writes the first four, and hands the rest back to us."""

    def __init__(self, request: TokenRequest, granted: Granted) -> None:
        self.scopes = granted.scopes
        self.refresh_token = ""
        self.extra_credentials: dict[str, Any] = {}
        self.expires_in = 0
        self.request, self.granted = request, granted
        self.target = target_of(
            granted.scopes,
            apis=granted.apis,
            resource=request.resource,
            is_about_person=granted.held is not None,
            is_narrowed=granted.is_narrowed,
            entitlements=request.entitlements,
            issuer=request.issuer.name,
        )
        # What a hook adds.
        self.added: Mapping[str, Any] = {}
        if granted.held is not None:
            self.added = claims_from_hook(
                request.client,
                granted.held.person,
                scopes=granted.scopes,
                grant_type=request.grant_type,
                told=lambda: _told(self),
            )
        # The access token names those of them for which the ID token has no room.
        self.id_token_claims = _id_token_claims(self) if OPENID in granted.scopes else {}


class SignedTokens(BearerToken):
    """The toolkit's token handler, with tokens that are signed."""

    def __init__(self, validator: OAuth2Validator) -> None:
        super().__init__(
            validator,
            token_generator=_access_token,
            refresh_token_generator=_refresh_token,
            expires_in=_lifetime,
        )

    def create_token(self, request: _Issuing, refresh_token: bool = False, **kwargs: Any) -> dict[str, Any]:
        """The members of the answer, but for the ID token."""
        members = dict(super().create_token(request, refresh_token=refresh_token, **kwargs))
        if request.request.dpop_jkt:
            members["token_type"] = "DPoP"  # noqa: S105 - RFC 9449 section 5
        told = granted_with(request.target, request.scopes, standard=STANDARD_SCOPES)
        members["scope"] = " ".join(told)
        if not told:
            # An empty scope can't be written (RFC 6749 section 3.3).
            del members["scope"]
        return members


class IssuerValidator(OAuth2Validator):
    """The toolkit's validator, for our tokens and our rows."""

    def get_id_token(self, token: Mapping[str, Any], token_handler: Any, request: _Issuing) -> str:
        """Signed and not stored. After a refresh it has no nonce (OpenID Connect Core section 12.2)."""
        asked, granted = request.request, request.granted
        held = granted.held
        if held is None:
            raise LookupError("An ID token is about somebody.")
        signed = id_token(
            asked.issuer,
            client=asked.client,
            sign_in=held.sign_in,
            claims=request.id_token_claims,
            access_token=token["access_token"],
            now=asked.now,
            nonce=granted.nonce,
        )
        return encrypted_id_token(signed, asked.client)

    def save_bearer_token(self, token: Mapping[str, Any], request: _Issuing, *args: Any, **kwargs: Any) -> None:
        """Use up what was presented, and keep the digest of the new refresh token. Raises `UsedMeanwhile`."""
        granted = request.granted
        digest = digest_of(granted.refresh_secret) if granted.refresh_secret else ""
        if granted.use_up is not None and not granted.use_up(digest=digest):
            raise UsedMeanwhile


def _access_token(request: _Issuing) -> str:
    asked, granted = request.request, request.granted
    return access_token(
        asked.issuer,
        client=asked.client,
        target=request.target,
        now=asked.now,
        sign_in=granted.held.sign_in if granted.held else None,
        claims=_access_token_claims(request),
        bound_to=confirmation(jkt=asked.dpop_jkt, x5t=asked.x5t),
    )


def _id_token_claims(request: _Issuing) -> dict[str, Any]:
    """What it tells about the person, as far as there is room, and what a hook adds; userinfo tells the rest."""
    told, endpoint = _told_in_id_token(request), request.request.issuer.endpoints["userinfo_endpoint"]
    return _added(request, told) | fitted(told, endpoint=endpoint, scopes=request.granted.scopes)


def _told(request: _Issuing) -> dict[str, dict[str, ClaimValue]]:
    """What each token that is made tells without a hook."""
    in_id_token = {ID_TOKEN: _told_in_id_token(request)} if OPENID in request.granted.scopes else {}
    return {**in_id_token, ACCESS_TOKEN: _told_in_access_token(request)}


def _told_in_id_token(request: _Issuing) -> dict[str, ClaimValue]:
    asked, granted, target = request.request, request.granted, request.target
    held = granted.held
    if held is None:
        return {}
    return claims_told(
        ID_TOKEN,
        person=held.person,
        roles_and_groups=held.roles_and_groups,
        scopes=granted.scopes,
        names=held.sign_in.claims.id_token,
        custom_names=asked.custom_names,
        entitlements=asked.entitlements,
        tells_customer=asked.client.tokens.id_token_tells_customer or target.api is not None,
    )


def _access_token_claims(request: _Issuing) -> dict[str, Any]:
    """What it tells beside the protocol: by the choice of the API, or the application without one, and of a hook.

    One for userinfo says what that tells for the ID token, too.
    """
    asked, told = request.request, _told_in_access_token(request)
    if request.granted.held is None:
        return values_of(told)
    if request.target.api:
        return _added(request, told) | fitted(told, endpoint=asked.issuer.endpoints["introspection_endpoint"])
    besides = request.id_token_claims.get(CLAIM_NAMES, ())
    added = _added(request, {*told, *besides})
    return added | fitted(told, endpoint=asked.issuer.endpoints["userinfo_endpoint"], besides=besides)


def _told_in_access_token(request: _Issuing) -> dict[str, ClaimValue]:
    asked, granted, target = request.request, request.granted, request.target
    entitlements = entitlements_by_id(target.api.client_id) if target.api else asked.entitlements
    if granted.held is None:
        roles_and_groups = RolesAndGroups(
            {entitlements.own.pk: asked.entitlements.service_roles.get(target.audience, ())}, ()
        )
        return claims_told(ACCESS_TOKEN, person=None, roles_and_groups=roles_and_groups, entitlements=entitlements)
    return claims_told(
        ACCESS_TOKEN,
        person=granted.held.person,
        roles_and_groups=granted.held.roles_and_groups,
        scopes=granted.scopes,
        custom_names=asked.custom_names,
        entitlements=entitlements,
    )


def _added(request: _Issuing, told: Collection[str]) -> dict[str, Any]:
    """What a hook adds to a token: nothing in the place of what is told, there or where the token leads to."""
    return {name: value for name, value in request.added.items() if name not in told}


def _refresh_token(request: _Issuing) -> str:
    granted = request.granted
    if granted.held is None:
        raise LookupError("A refresh token belongs to a sign-in.")
    return join_refresh_token(granted.held.sign_in.family, granted.refresh_secret)


def _lifetime(request: _Issuing) -> int:
    return int(request.request.client.tokens.access_token_lifetime.total_seconds())


_validator = IssuerValidator()
_tokens = SignedTokens(_validator)
