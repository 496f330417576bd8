"""The grant of browsers (RFC 6749 section 4.1.3, RFC 7636 section 4.6): a code, redeemed once, for the first tokens."""

import hmac

from common.crypto.digests import digest_of
from oidc.grants.issuing import Issued, UsedMeanwhile
from oidc.grants.presented import Replayed, issue_for_code
from oidc.grants.request import TokenRequest
from oidc.tokens.sql import PresentedCode, presented_code
from oidc.tokens.token_claims import roles_needed_by
from oidc.wire.errors import InvalidGrant, InvalidRequest
from oidc.wire.policies import CODE_VERIFIER, challenge_of


def redeem_authorization_code(request: TokenRequest) -> Issued:
    """The tokens a code stands for; a refresh token among them if `offline_access` was granted.

    Raises `InvalidRequest` for what is missing, `Replayed` for a code that was used before, `InvalidTarget`, and
    `InvalidGrant` for all the rest.
    """
    if not request.code:
        raise InvalidRequest("The parameter code is missing.")
    code = _judged(request)
    try:
        return issue_for_code(request, code)
    except UsedMeanwhile as error:
        # Judged once more: by now this request is the code's replay, unless the code was revoked.
        _judged(request)
        raise InvalidGrant from error


def _judged(request: TokenRequest) -> PresentedCode:
    """The code's row, if this client may have its tokens for it now."""
    needed = roles_needed_by(request.entitlements)
    code = presented_code(digest_of(request.code), application_pk=request.client.pk, needed=needed)
    if code is None:
        raise InvalidGrant
    if code.redeemed_at is not None:
        # RFC 6749 section 4.1.2: what was made from it before goes as well.
        raise Replayed(code.sign_in.family)
    if code.expires_at <= request.now or not code.person.may_sign_in:
        raise InvalidGrant
    if code.dpop_jkt not in {"", request.dpop_jkt}:
        # RFC 9449 section 10.
        raise InvalidGrant
    _check_redirect_uri(code, request)
    _check_verifier(code, request)
    return code


def _check_redirect_uri(code: PresentedCode, request: TokenRequest) -> None:
    """Every authorization request names its redirect URI, so the exchange repeats it (RFC 6749 section 4.1.3)."""
    if not request.redirect_uri:
        raise InvalidRequest("The parameter redirect_uri is missing.")
    if request.redirect_uri != code.redirect_uri:
        raise InvalidGrant


def _check_verifier(code: PresentedCode, request: TokenRequest) -> None:
    """Where there is a challenge there is a verifier, and only there (RFC 7636 section 4.6, RFC 9700 section 4.8.2)."""
    is_due = bool(code.code_challenge) or request.client.requires_pkce
    if is_due and not request.code_verifier:
        # The certification suite wants the former; RFC 6749 section 5.2 has the latter for whatever is missing.
        refused = InvalidGrant if request.client.follows_fapi else InvalidRequest
        raise refused("The parameter code_verifier is missing.")
    if not is_due and not request.code_verifier:
        return
    if not CODE_VERIFIER.fullmatch(request.code_verifier):
        raise InvalidGrant
    if not hmac.compare_digest(challenge_of(request.code_verifier), code.code_challenge):
        raise InvalidGrant
