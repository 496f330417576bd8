"""The refresh (RFC 6749 section 6, RFC 9700 section 4.14): a family's one valid refresh token for the next one.

A family has one row. Of its refresh tokens only the last one handed out is good; any other is a replay and ends the
family (`Replayed`, upon which `endpoints` revokes it), for nobody can tell which of the two who hold the same token is
the thief. An application may allow for a lost answer: for a short while the token before the last one is answered once
more, with the very same successor. One that follows FAPI 2.0 keeps its refresh token, which is worth nothing without
its keys.
"""

from functools import partial
from typing import NamedTuple

from common.crypto.digests import digest_of
from oidc.grants.issuing import Granted, Issued, UsedMeanwhile, issue
from oidc.grants.presented import Replayed, as_allowed
from oidc.grants.request import TokenRequest
from oidc.tokens.refresh_secrets import new_secret, split_refresh_token, successor_of
from oidc.tokens.sql import PresentedRefreshToken, presented_refresh_token, rotate_refresh_token
from oidc.tokens.token_claims import roles_needed_by
from oidc.wire.errors import InvalidGrant, InvalidRequest, InvalidScope


class _Judged(NamedTuple):
    """The family's row and the secret presented. `is_repeated`: it was exchanged a moment ago, and may be once more."""

    row: PresentedRefreshToken
    secret: str
    is_repeated: bool


def refresh(request: TokenRequest) -> Issued:
    """New tokens for a refresh token, with the scopes asked for, or all that were granted.

    Raises `InvalidRequest` if it is missing, `InvalidScope` for a scope that wasn't granted, `InvalidTarget`,
    `Replayed` for a refresh token that was used before, and `InvalidGrant` for any other that is good for nothing.
    """
    if not request.refresh_token:
        raise InvalidRequest("The parameter refresh_token is missing.")
    try:
        return _exchange(request, _judged(request))
    except UsedMeanwhile as error:
        judged = _judged(request)
        if judged.is_repeated:
            # Two tabs at the same moment: the slower one has lost nothing.
            return _exchange(request, judged)
        raise InvalidGrant from error


def _exchange(request: TokenRequest, judged: _Judged) -> Issued:
    """Raises `UsedMeanwhile` if somebody else was quicker."""
    held = as_allowed(judged.row, request)
    granted = Granted(
        scopes=_scopes(request, held),
        apis=held.apis,
        held=held,
        is_narrowed=bool(request.words),
        refresh_secret=_next_secret(request, judged),
        use_up=None
        if judged.is_repeated
        else partial(rotate_refresh_token, judged.row, now=request.now, tokens=request.client.tokens),
    )
    return issue(request, granted)


def _judged(request: TokenRequest) -> _Judged:
    """The family's row, if its client may refresh it now by this secret."""
    parts = split_refresh_token(request.refresh_token)
    if parts is None:
        raise InvalidGrant
    family, secret = parts
    needed = roles_needed_by(request.entitlements)
    row = presented_refresh_token(family, application_pk=request.client.pk, needed=needed)
    if row is None or row.revoked_at is not None:
        raise InvalidGrant
    is_repeated = row.checksum != digest_of(secret)
    if is_repeated and not _may_repeat(request, row, secret):
        raise Replayed(family)
    if row.expires_at <= request.now or not row.person.may_sign_in:
        raise InvalidGrant
    if row.dpop_jkt not in {"", request.dpop_jkt, request.x5t}:
        # RFC 9449 section 5, RFC 8705 section 4: a public client's refresh token is bound to its key or certificate.
        raise InvalidGrant
    return _Judged(row, secret, is_repeated)


def _may_repeat(request: TokenRequest, row: PresentedRefreshToken, secret: str) -> bool:
    """Whether the secret is the one before the valid one, and the client may not have received that yet."""
    grace = request.client.tokens.refresh_grace
    is_within = bool(grace) and row.rotated_at + grace > request.now
    return is_within and row.checksum == digest_of(successor_of(secret, family=row.sign_in.family))


def _scopes(request: TokenRequest, held: PresentedRefreshToken) -> tuple[str, ...]:
    """Those asked for, which were all granted before; without any, all of them."""
    granted = tuple(held.scope.split())
    if not set(request.scopes) <= set(granted):
        raise InvalidScope("The scope names something that wasn't granted.")
    return request.scopes or granted


def _next_secret(request: TokenRequest, judged: _Judged) -> str:
    """The secret of the next refresh token: at random, or, so that it can be handed out again, made of this one.

    Under FAPI 2.0 it stays the same (section 5.3.2.1-9): it takes the application's keys to use it.
    """
    if request.client.follows_fapi and not judged.is_repeated:
        return judged.secret
    if not request.client.tokens.refresh_grace:
        return new_secret()
    return successor_of(judged.secret, family=judged.row.sign_in.family)
