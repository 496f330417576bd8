"""What oauthlib's grants ask about a token request, answered from one row read and locked once.

Each method answers truthfully by itself. A refusal leaves no trace: the view rolls the transaction back.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.common import Request

from accounts.models import Account
from oidc.claims import claims_of
from oidc.models import Grant, RefreshToken
from oidc.policies import (
    CODE_VERIFIER,
    REFRESH_ABSOLUTE_LIFETIME,
    REFRESH_IDLE_LIFETIME,
    grantable_scopes,
)
from oidc.services.codes import digest_of
from oidc.token_request import TokenRequest, split_refresh_token
from oidc.tokens import id_token


class IssuerValidator(OAuth2Validator):
    """Speaks for our models. `request.token_request` is the `TokenRequest` under way."""

    # --- The client, which the view has authenticated ---------------------------------------------------------------

    def client_authentication_required(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        return not _of(request).client.is_public

    def authenticate_client(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        """Whether it proved its secret: a confidential client gets no further without."""
        request.client = _of(request).client
        return not request.client.is_public

    def authenticate_client_id(self, client_id: str, request: Request, *args: Any, **kwargs: Any) -> bool:
        """Whether the client may do without a secret."""
        request.client = _of(request).client
        return bool(request.client.is_public and request.client.client_id == client_id)

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        return grant_type in _of(request).client.grant_types

    # --- Scopes of a client's own tokens ----------------------------------------------------------------------------

    def get_default_scopes(self, client_id: str, request: Request, *args: Any, **kwargs: Any) -> list[str]:
        return list(_of(request).client.scopes)

    def validate_scopes(
        self, client_id: str, scopes: Sequence[str], client: Any, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Whether the client may have all of them without anybody signing in."""
        registered = _of(request).client.scopes
        return set(scopes) == set(grantable_scopes(scopes, registered=registered, signs_in=False))

    # --- Authorization codes (RFC 6749 section 4.1.3, RFC 7636) -----------------------------------------------------

    def validate_code(
        self, client_id: str, code: str, client: Any, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Read and lock the code's row, and judge it."""
        token_request = _of(request)
        grant = (
            Grant.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(code=digest_of(code), application_id=token_request.client.pk)
            .first()
        )
        if grant is None:
            return False
        if grant.redeemed_at is not None:
            # RFC 6749 section 4.1.2: what was made from it before goes as well.
            token_request.replayed = grant.family
            return False
        is_good = (
            grant.expires > token_request.now
            and _may_sign_in(grant.user)
            and grant.redirect_uri == token_request.parameters.get("redirect_uri", grant.redirect_uri)
            and _verifier_is_due(grant, token_request.parameters)
        )
        if is_good:
            token_request.grant = grant
            request.user, request.scopes = grant.user, grant.scope.split()
        return is_good

    def get_code_challenge(self, code: str, request: Request) -> str | None:
        return _grant_of(request).code_challenge or None

    def get_code_challenge_method(self, code: str, request: Request) -> str | None:
        return _grant_of(request).code_challenge_method or None

    def is_pkce_required(self, client_id: str, request: Request) -> bool:
        return _of(request).client.requires_pkce

    def get_default_redirect_uri(self, client_id: str, request: Request, *args: Any, **kwargs: Any) -> None:
        """None: every authorization request names its redirect URI, so the exchange must repeat it."""

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Any, *args: Any, **kwargs: Any
    ) -> bool:
        request: Request = args[0] if args else kwargs["request"]
        return bool(_grant_of(request).redirect_uri == redirect_uri)

    def get_authorization_code_nonce(self, client_id: str, code: str, redirect_uri: str, request: Request) -> str:
        return _grant_of(request).nonce

    def invalidate_authorization_code(
        self, client_id: str, code: str, request: Request, *args: Any, **kwargs: Any
    ) -> None:
        Grant.objects.filter(pk=_grant_of(request).pk).update(redeemed_at=_of(request).now)

    # --- Refresh tokens (RFC 6749 section 6, RFC 9700 section 4.14) -------------------------------------------------

    def validate_refresh_token(
        self, refresh_token: str, client: Any, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Read and lock the family's row, and judge the secret: any but the last one handed out is a replay."""
        token_request = _of(request)
        parts = split_refresh_token(refresh_token)
        if parts is None:
            return False
        family, secret = parts
        row = (
            RefreshToken.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(token_family=family, application_id=token_request.client.pk)
            .first()
        )
        if row is None or row.revoked is not None:
            return False
        if row.token_checksum != digest_of(secret):
            token_request.replayed = family
            return False
        if min(row.idle_expires_at, row.expires_at) <= token_request.now or not _may_sign_in(row.user):
            return False
        token_request.refresh_token = row
        request.user = row.user
        return True

    def get_original_scopes(self, refresh_token: str, request: Request, *args: Any, **kwargs: Any) -> list[str]:
        return _refresh_token_of(request).scope.split()

    def is_within_original_scope(
        self, request_scopes: Sequence[str], refresh_token: str, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        return set(request_scopes) <= set(_refresh_token_of(request).scope.split())

    def rotate_refresh_token(self, request: Request) -> bool:
        return True

    def refresh_id_token(self, request: Request) -> bool:
        return "openid" in request.scopes

    # --- What is handed out -----------------------------------------------------------------------------------------

    def get_id_token(self, token: Mapping[str, Any], token_handler: Any, request: Request) -> str:
        """Signed and not stored. After a refresh it has no nonce (OpenID Connect Core section 12.2)."""
        token_request = _of(request)
        sign_in = token_request.sign_in
        if sign_in is None:
            raise LookupError("An ID token is about somebody.")
        client = token_request.client
        return id_token(
            token_request.issuer,
            client_id=client.client_id,
            sign_in=sign_in,
            claims=claims_of(token_request.account, scopes=request.scopes, custom_names=token_request.custom_names),
            access_token=token["access_token"],
            now=token_request.now,
            nonce=token_request.grant.nonce if token_request.grant else "",
        )

    def save_bearer_token(self, token: Mapping[str, Any], request: Request, *args: Any, **kwargs: Any) -> None:
        """Keep the refresh token's digest, in the family's one row; access tokens aren't kept."""
        token_request = _of(request)
        if "refresh_token" not in token:
            return
        parts = split_refresh_token(token["refresh_token"])
        if parts is None:
            raise LookupError("A refresh token consists of a family and a secret.")
        if token_request.refresh_token is not None:
            _rotate(token_request.refresh_token, secret=parts[1], now=token_request.now)
        elif token_request.grant is not None:
            _keep(token_request.grant, secret=parts[1], now=token_request.now)


def _of(request: Request) -> TokenRequest:
    token_request: TokenRequest = request.token_request
    return token_request


def _grant_of(request: Request) -> Grant:
    grant = _of(request).grant
    if grant is None:
        raise LookupError("The code wasn't accepted.")
    return grant


def _refresh_token_of(request: Request) -> RefreshToken:
    refresh_token = _of(request).refresh_token
    if refresh_token is None:
        raise LookupError("The refresh token wasn't accepted.")
    return refresh_token


def _may_sign_in(account: Account) -> bool:
    return account.is_active and account.deleted_at is None


def _verifier_is_due(grant: Grant, parameters: Mapping[str, str]) -> bool:
    """Whether a verifier, if there is one, is well formed and answers a challenge (RFC 9700 section 4.8.2)."""
    verifier = parameters.get("code_verifier")
    if verifier is None:
        return True
    return bool(grant.code_challenge) and CODE_VERIFIER.fullmatch(verifier) is not None


def _keep(grant: Grant, *, secret: str, now: datetime) -> None:
    RefreshToken(
        token_family=grant.family,
        token_checksum=digest_of(secret),
        application_id=grant.application_id,
        user_id=grant.user_id,
        scope=grant.scope,
        auth_time=grant.auth_time,
        sid=grant.sid,
        amr=grant.amr,
        idle_expires_at=now + REFRESH_IDLE_LIFETIME,
        expires_at=now + REFRESH_ABSOLUTE_LIFETIME,
    ).save(force_insert=True)


def _rotate(row: RefreshToken, *, secret: str, now: datetime) -> None:
    RefreshToken.objects.filter(pk=row.pk).update(
        token_checksum=digest_of(secret), idle_expires_at=now + REFRESH_IDLE_LIFETIME, updated=now
    )
