"""Revoking. A family is all that was made from one authorization code: access tokens, and one refresh token at a time.

Access tokens aren't stored, so a revoked family is remembered in `Denied` for as long as its last access token lives.
Each verb takes its locks in one order, codes first, then refresh tokens: an exchange or a rotation in flight is waited
for, and what it made is revoked with the rest.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from applications.policies.tokens import LONGEST_TOKEN_LIFETIME
from audit.reasons import Reason
from audit.services import Actor, record
from common.web.limits import Limit, TooManyAttempts
from oidc.lifetimes import CODE_KEPT_FOR
from oidc.models import Denied, Grant, RefreshToken
from oidc.tokens.signed import AccessToken, family_name

# Longer than any access token lives that an exchange in flight may still be signing.
DENIED_FOR = LONGEST_TOKEN_LIFETIME + timedelta(minutes=5)
NOTED = Limit("revocations noted by family", 10, 3600)


def revoke_family(family: UUID, *, actor: Actor, action: str = "tokens.revoked") -> None:
    """Revoke everything made from one code. `action` names the event: revoked, or replayed.

    Neither is bounded by anything else: of one family, ten of each are noted an hour.
    """
    try:
        NOTED.count(f"{action} {family}")
    except TooManyAttempts:
        end_family(family)
        return
    with transaction.atomic():
        _revoke(Q(family=family), Q(token_family=family))
        reason = Reason.TOKEN_REPLAYED if action == "tokens.replayed" else None
        record(action, actor=actor, reason=reason, details={"family": family_name(family)})


def end_family(family: UUID) -> None:
    """Revoke everything made from one code, without an event of its own: the caller records one."""
    with transaction.atomic():
        _revoke(Q(family=family), Q(token_family=family))


def revoke_access_token(token: AccessToken, *, actor: Actor) -> None:
    """Revoke an access token and, if it came from a sign-in, to its whole family (RFC 7009 section 2.1).

    One that was exchanged ends alone: the rest of its family is other applications'.
    """
    family = None if token.act else _family_of(token)
    if family:
        revoke_family(family, actor=actor)
        return
    with transaction.atomic():
        _deny([f"family:{token.family}" if token.family and not token.act else f"jti:{token.jti}"])
        record("tokens.revoked", actor=actor, details={"jti": token.jti})


def revoke_session(sid: str) -> None:
    """Revoke all tokens of one browser's session. The sign-out that causes it records the event."""
    with transaction.atomic():
        _revoke(Q(sid=sid), Q(sid=sid))


def revoke_account(account_id: UUID) -> None:
    """Revoke all tokens of an account. The change that causes it records the event."""
    with transaction.atomic():
        _revoke(Q(user_id=account_id), Q(user_id=account_id))


def revoke_tokens(of: Q) -> None:
    """Revoke the tokens and codes that fit, such as an account's at one application. The caller records the event."""
    with transaction.atomic():
        _revoke(of, of)


def delete_expired() -> int:
    """Delete what has expired and is no longer of use, in this tenant. Returns how many rows that were."""
    codes, _ = Grant.objects.filter(expires__lt=Now() - CODE_KEPT_FOR).delete()
    refresh_tokens, _ = RefreshToken.objects.filter(
        Q(expires_at__lt=Now()) | Q(idle_expires_at__lt=Now()) | Q(revoked__lt=Now() - CODE_KEPT_FOR)
    ).delete()
    denied, _ = Denied.objects.filter(expires_at__lt=Now()).delete()
    return int(codes + refresh_tokens + denied)


def _revoke(codes: Q, refresh_tokens: Q) -> None:
    now = datetime.now(UTC)
    # Codes that wait to be redeemed expire; the rows stay, so that a replay is still recognised.
    grants, kept = Grant.objects.filter(codes), RefreshToken.objects.filter(refresh_tokens)
    list(grants.select_for_update().order_by("pk").values_list("pk"))
    list(kept.select_for_update().order_by("pk").values_list("pk"))
    grants.filter(expires__gt=now).update(expires=now)
    alive_since = now - DENIED_FOR
    families = {
        *grants.filter(redeemed_at__gt=alive_since).values_list("family", flat=True),
        *kept.filter(updated__gt=alive_since).values_list("token_family", flat=True),
    }
    kept.filter(revoked=None).update(revoked=now)
    _deny(f"family:{family_name(family)}" for family in families)


def _deny(keys: Iterable[str]) -> None:
    until = datetime.now(UTC) + DENIED_FOR
    Denied.objects.bulk_create([Denied(key=key, expires_at=until) for key in keys], ignore_conflicts=True)


def _family_of(token: AccessToken) -> UUID | None:
    """The family whose name stands in the token: one of the few of its browser session."""
    if not token.family:
        return None
    grants = Grant.objects.filter(sid=token.sid, user_id=token.account_id).values_list("family", flat=True)
    refresh_tokens = RefreshToken.objects.filter(sid=token.sid, user_id=token.account_id)
    families = {*grants, *refresh_tokens.values_list("token_family", flat=True)}
    return next((family for family in families if family_name(family) == token.family), None)
