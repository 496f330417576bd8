"""What oauthlib's grants ask about a token request, answered from one row read once.

Each method answers truthfully by itself, and nothing is written until every question has been answered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.common import Request
from oauthlib.oauth2.rfc6749.errors import InvalidGrantError

from applications.policies.apis import DEFAULT_SCOPE
from applications.policies.grants import DEVICE_CODE
from oidc.devices.grant import status_of_device
from oidc.policies import CODE_VERIFIER, grantable_scopes, usable_scopes
from oidc.services.codes import digest_of
from oidc.services.consents import still_allowed
from oidc.tokens.request import TokenRequest, split_refresh_token, successor_of
from oidc.tokens.signed import NO_CLAIMS, id_token
from oidc.tokens.standing import Question
from oidc.tokens.statements import (
    PresentedCode,
    PresentedRefreshToken,
    presented_code,
    presented_refresh_token,
    redeem_code,
    rotate_refresh_token,
)
from oidc.tokens.token_claims import id_token_claims, question_about

Presented = TypeVar("Presented", PresentedCode, PresentedRefreshToken)


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
        # Those of no API: beside a resource they would mean nothing.
        return [] if _of(request).apis else list(_of(request).client.scopes)

    def validate_scopes(
        self, client_id: str, scopes: Sequence[str], client: Any, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Whether the client may have all of them without anybody signing in."""
        token_request = _of(request)
        every_role = {f"{uri}/{DEFAULT_SCOPE}" for uri in token_request.entitlements.service_roles}
        registered = [*every_role, *(() if token_request.apis else token_request.client.scopes)]
        return set(scopes) == set(grantable_scopes(scopes, registered=registered, signs_in=False))

    # --- Authorization codes (RFC 6749 section 4.1.3, RFC 7636) -----------------------------------------------------

    def validate_code(
        self, client_id: str, code: str, client: Any, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Read the code's row, and judge it."""
        token_request = _of(request)
        presented = presented_code(
            digest_of(code), application_pk=token_request.client.pk, question=_question(token_request)
        )
        if presented is None:
            return False
        if presented.redeemed_at is not None:
            # RFC 6749 section 4.1.2: what was made from it before goes as well.
            token_request.replayed = presented.sign_in.family
            return False
        is_good = (
            presented.expires_at > token_request.now
            and presented.person.may_sign_in
            and presented.redirect_uri == token_request.parameters.get("redirect_uri", presented.redirect_uri)
            and presented.dpop_jkt in {"", token_request.dpop_jkt}
            and _verifier_is_due(presented, token_request.parameters)
        )
        if not is_good:
            return False
        token_request.code = _as_allowed(presented, token_request)
        request.user, request.scopes = presented.person, token_request.code.scope.split()
        return bool(request.scopes)

    def get_code_challenge(self, code: str, request: Request) -> str | None:
        return _code_of(request).code_challenge or None

    def get_code_challenge_method(self, code: str, request: Request) -> str | None:
        return _code_of(request).code_challenge_method or None

    def is_pkce_required(self, client_id: str, request: Request) -> bool:
        return _of(request).client.requires_pkce

    def get_default_redirect_uri(self, client_id: str, request: Request, *args: Any, **kwargs: Any) -> None:
        """None: every authorization request names its redirect URI, so the exchange must repeat it."""

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Any, *args: Any, **kwargs: Any
    ) -> bool:
        request: Request = args[0] if args else kwargs["request"]
        return bool(_code_of(request).redirect_uri == redirect_uri)

    def get_authorization_code_nonce(self, client_id: str, code: str, redirect_uri: str, request: Request) -> str:
        return _code_of(request).nonce

    def invalidate_authorization_code(
        self, client_id: str, code: str, request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """Nothing: `save_bearer_token` used it up, in the statement that kept what came of it."""

    # --- Devices (RFC 8628 section 3.4) -----------------------------------------------------------------------------

    def validate_device_code(
        self, client_id: str, device_code: str, request: Request, *args: Any, **kwargs: Any
    ) -> str | None:
        """What has become of the device, in the words of section 3.5; None if there is none."""
        token_request = _of(request)
        status = status_of_device(device_code, token_request)
        if token_request.code is None:
            return status
        token_request.code = _as_allowed(token_request.code, token_request)
        request.user, request.scopes = token_request.code.person, token_request.code.scope.split()
        return status if request.scopes else None

    # --- Refresh tokens (RFC 6749 section 6, RFC 9700 section 4.14) -------------------------------------------------

    def validate_refresh_token(
        self, refresh_token: str, client: Any, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Read the family's row, and judge the secret: any but the last one handed out is a replay."""
        token_request = _of(request)
        parts = split_refresh_token(refresh_token)
        if parts is None:
            return False
        family, secret = parts
        question = _question(token_request)
        presented = presented_refresh_token(family, application_pk=token_request.client.pk, question=question)
        if presented is None or presented.revoked_at is not None:
            return False
        token_request.presented_secret = secret
        if presented.checksum != digest_of(secret):
            token_request.is_repeated = _is_repeated(presented, token_request)
            if not token_request.is_repeated:
                token_request.replayed = family
                return False
        if presented.expires_at <= token_request.now or not presented.person.may_sign_in:
            return False
        if presented.dpop_jkt not in {"", token_request.dpop_jkt}:
            return False
        token_request.refresh_token = _as_allowed(presented, token_request)
        request.user = presented.person
        return bool(token_request.refresh_token.scope)

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
            client=client,
            sign_in=sign_in,
            claims=id_token_claims(token_request, scopes=request.scopes),
            access_token=token["access_token"],
            now=token_request.now,
            nonce=token_request.code.nonce if token_request.code else "",
        )

    def save_bearer_token(self, token: Mapping[str, Any], request: Request, *args: Any, **kwargs: Any) -> None:
        """Use up what was presented and keep the digest of the new refresh token; access tokens aren't kept.

        Raises `InvalidGrantError` if somebody else was quicker, or what was presented has been revoked meanwhile.
        """
        token_request = _of(request)
        digest, now, tokens = _digest_of_refresh_token(token), token_request.now, token_request.client.tokens
        if token_request.code is not None:
            is_first = redeem_code(
                token_request.code, now=now, tokens=tokens, digest=digest, dpop_jkt=token_request.refresh_jkt
            )
        elif token_request.refresh_token is not None and not token_request.is_repeated:
            is_first = rotate_refresh_token(token_request.refresh_token, now=now, tokens=tokens, digest=digest)
        else:
            return
        if not is_first:
            self._find_out_why_late(request)
            raise InvalidGrantError(request=request)

    def _find_out_why_late(self, request: Request) -> None:
        """Judge once more what was presented: if it has been used meanwhile, this request is its replay."""
        if request.grant_type == DEVICE_CODE:
            self.validate_device_code(request.client_id, request.device_code, request)
        elif request.grant_type == "authorization_code":
            self.validate_code(request.client_id, request.code, request.client, request)
        else:
            self.validate_refresh_token(request.refresh_token, request.client, request)


def _of(request: Request) -> TokenRequest:
    token_request: TokenRequest = request.token_request
    return token_request


def _question(token_request: TokenRequest) -> Question:
    return question_about(token_request.entitlements)


def _code_of(request: Request) -> PresentedCode:
    code = _of(request).code
    if code is None:
        raise LookupError("The code wasn't accepted.")
    return code


def _as_allowed(presented: Presented, token_request: TokenRequest) -> Presented:
    """The row with those of its scopes that the client can use, and is allowed by now.

    Where some aren't, claims that were asked for by name aren't told either: nobody knows which went with which.
    """
    client = token_request.client
    usable = usable_scopes(presented.scope.split(), grant_types=client.grant_types)
    allowed = still_allowed(
        usable, account_id=presented.person.id, application_pk=client.pk, entitlements=token_request.entitlements
    )
    sign_in = presented.sign_in if len(allowed) == len(usable) else replace(presented.sign_in, claims=NO_CLAIMS)
    return presented._replace(scope=" ".join(allowed), sign_in=sign_in)


def _refresh_token_of(request: Request) -> PresentedRefreshToken:
    refresh_token = _of(request).refresh_token
    if refresh_token is None:
        raise LookupError("The refresh token wasn't accepted.")
    return refresh_token


def _is_repeated(presented: PresentedRefreshToken, token_request: TokenRequest) -> bool:
    """Whether the secret is the one before the valid one, and the client may not have received that yet."""
    grace = token_request.client.tokens.refresh_grace
    is_within = bool(grace) and presented.rotated_at + grace > token_request.now
    family = presented.sign_in.family
    return is_within and presented.checksum == digest_of(successor_of(token_request.presented_secret, family=family))


def _verifier_is_due(code: PresentedCode, parameters: Mapping[str, str]) -> bool:
    """Whether a verifier, if there is one, is well formed and answers a challenge (RFC 9700 section 4.8.2)."""
    verifier = parameters.get("code_verifier")
    if verifier is None:
        return True
    return bool(code.code_challenge) and CODE_VERIFIER.fullmatch(verifier) is not None


def _digest_of_refresh_token(token: Mapping[str, Any]) -> str:
    """What is kept of the refresh token that is handed out; "" if none is."""
    parts = split_refresh_token(token.get("refresh_token", ""))
    return digest_of(parts[1]) if parts else ""
