"""What the busiest endpoints ask of the database, in statements written by hand: composing one costs more than it.

A code or a refresh token is read without a lock and judged; then one statement uses it up and keeps what comes of it,
on the condition that nobody was quicker. So nothing is written before everything is known to be right.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from accounts.identity.person import PERSON_COLUMNS, Person
from applications.description import TokenSettings
from common.database.rows import ask
from oidc.lifetimes import CODE_LIFETIME
from oidc.tokens.roles_and_groups import (
    ASKED,
    NOT_ASKED,
    NOTHING_NEEDED,
    RolesAndGroups,
    RolesNeeded,
    read_roles_and_groups,
)
from oidc.tokens.signed import NO_CLAIMS, AccessToken, NamedClaims, SignIn

_NOT_DENIED = "NOT EXISTS (SELECT FROM oidc_denied WHERE key IN (%(jti)s, %(family)s))"
_IS_NOT_DENIED = f"SELECT {_NOT_DENIED}"
_OF_PERSON = """
    FROM accounts_account account
    WHERE account.id = %(account)s AND account.deleted_at IS NULL
        AND (account.is_active OR account.blocked_until <= now())
"""
_IS_OF_PERSON_AND_NOT_DENIED = f"SELECT EXISTS (SELECT {_OF_PERSON}) AND {_NOT_DENIED}"
_PERSON_OF_TOKEN = f"SELECT {NOT_ASKED}, {PERSON_COLUMNS} {_OF_PERSON} AND {_NOT_DENIED}"
_SIGN_IN_COLUMNS = "held.user_id, held.auth_time, held.sid, held.amr, held.claims"
_KEEP_CODE = """
    WITH alive AS (
        SELECT session.key_digest, session.account_id, session.sid FROM accounts_session session
        WHERE session.account_id = %(account)s AND session.sid = %(sid)s
            AND session.expires_at > statement_timestamp()
        LIMIT 1 FOR KEY SHARE
    ), joined AS (
        UPDATE accounts_session SET client_ids = client_ids || %(client)s::jsonb
        WHERE key_digest = (SELECT key_digest FROM alive) AND NOT client_ids @> %(client)s::jsonb
    )
    INSERT INTO oidc_grant (
        code, application_id, user_id, expires, redirect_uri, scope, nonce, claims, resource, code_challenge,
        code_challenge_method, dpop_jkt, family, auth_time, sid, amr, created, updated
    )
    SELECT
        %(digest)s, %(application)s, alive.account_id, %(expires_at)s, %(redirect_uri)s, %(scope)s, %(nonce)s,
        %(claims)s, %(apis)s, %(code_challenge)s, %(code_challenge_method)s, %(dpop_jkt)s, %(family)s, %(auth_time)s,
        alive.sid, %(amr)s, %(now)s, %(now)s
    FROM alive
    RETURNING id
"""
_PRESENTED_CODE = f"""
    SELECT {NOT_ASKED}, held.resource, held.id, held.redirect_uri, held.scope, held.nonce, held.code_challenge,
        held.code_challenge_method, held.dpop_jkt, held.expires, held.redeemed_at, held.family, {_SIGN_IN_COLUMNS},
        {PERSON_COLUMNS}
    FROM oidc_grant held JOIN accounts_account account ON account.id = held.user_id
    WHERE held.code = %(digest)s AND held.application_id = %(application)s
"""
_REDEEM = """
    UPDATE oidc_grant SET redeemed_at = %(now)s, updated = %(now)s
    WHERE id = %(id)s AND redeemed_at IS NULL AND expires > %(now)s
    RETURNING id
"""
_REDEEM_AND_KEEP = f"""
    WITH redeemed AS (
        {_REDEEM.replace("RETURNING id", "RETURNING *")}
    )
    INSERT INTO oidc_refreshtoken (
        token, token_checksum, token_family, resource, application_id, user_id, scope, auth_time, sid, amr, claims,
        dpop_jkt, idle_expires_at, expires_at, created, updated
    )
    SELECT '', %(digest)s, family, resource, application_id, user_id, scope, auth_time, sid, amr, claims,
        %(dpop_jkt)s, %(idle_expires_at)s, %(expires_at)s, %(now)s, %(now)s
    FROM redeemed
    RETURNING id
"""
_PRESENTED_REFRESH_TOKEN = f"""
    SELECT {NOT_ASKED}, held.resource, held.token_checksum, held.updated, held.dpop_jkt, held.scope, held.revoked,
        LEAST(held.idle_expires_at, held.expires_at),
        held.token_family, {_SIGN_IN_COLUMNS}, {PERSON_COLUMNS}
    FROM oidc_refreshtoken held JOIN accounts_account account ON account.id = held.user_id
    WHERE held.token_family = %(family)s AND held.application_id = %(application)s
"""
_ROTATE = """
    UPDATE oidc_refreshtoken SET token_checksum = %(digest)s, idle_expires_at = %(idle_expires_at)s, updated = %(now)s
    WHERE token_family = %(family)s AND token_checksum = %(checksum)s AND revoked IS NULL
    RETURNING id
"""


class NewCode(NamedTuple):
    """What a new authorization code stands for. `application` is the row's key, `code_challenge` "" without PKCE."""

    application: int
    client_id: str
    account: UUID
    redirect_uri: str
    scope: str
    apis: Sequence[str]
    nonce: str
    code_challenge: str
    code_challenge_method: str
    dpop_jkt: str
    family: UUID
    auth_time: datetime
    sid: str
    amr: Sequence[str]
    claims: NamedClaims = NO_CLAIMS


class PresentedCode(NamedTuple):
    """The row of an authorization code that a client presents, and whose it is."""

    roles_and_groups: RolesAndGroups
    apis: tuple[str, ...]
    pk: int
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    dpop_jkt: str
    expires_at: datetime
    redeemed_at: datetime | None
    sign_in: SignIn
    person: Person


class PresentedRefreshToken(NamedTuple):
    """The row of a family whose refresh token a client presents. `checksum` is the digest of the one valid secret."""

    roles_and_groups: RolesAndGroups
    apis: tuple[str, ...]
    checksum: str
    rotated_at: datetime
    dpop_jkt: str
    scope: str
    revoked_at: datetime | None
    expires_at: datetime
    sign_in: SignIn
    person: Person


def person_of(token: AccessToken, needed: RolesNeeded = NOTHING_NEEDED) -> tuple[Person, RolesAndGroups] | None:
    """The person the token is about, if they may still sign in and it wasn't revoked."""
    if not token.family:
        return None
    row = _asked(_PERSON_OF_TOKEN, {"account": token.account_id, **_names_denied(token)}, needed)
    return (Person.of_row(row[1:]), read_roles_and_groups(row[0])) if row else None


def _asked(statement: str, parameters: dict[str, Any], needed: RolesNeeded) -> tuple[Any, ...] | None:
    """The row, with what is asked about roles and groups in its first column."""
    if needed == NOTHING_NEEDED:
        return _row(statement, parameters)
    return _row(statement.replace(NOT_ASKED, ASKED), parameters | {"roles_of": list(needed.roles_of)})


def is_in_force(token: AccessToken) -> bool:
    """Whether neither the token nor its family was revoked, and the person it is about, if any, may still sign in."""
    statement = _IS_OF_PERSON_AND_NOT_DENIED if token.family else _IS_NOT_DENIED
    return _row(statement, {"account": token.account_id, **_names_denied(token)}) == (True,)


def keep_code(digest: str, grant: NewCode, *, now: datetime, lifetime: timedelta = CODE_LIFETIME) -> bool:
    """Keep the digest of a new authorization code with what it stands for, as long as its session is there; that
    remembers the application, which is told when it ends.

    Whoever ends the session holds its row before they look for what was made from it: so they see this code, or it
    isn't kept. False if the session has ended.
    """
    bound = grant._asdict() | {
        "amr": json.dumps(grant.amr),
        "apis": json.dumps(grant.apis),
        "claims": grant.claims.as_text(),
        "client": json.dumps([grant.client_id]),
        "expires_at": now + lifetime,
    }
    return _row(_KEEP_CODE, bound | {"digest": digest, "now": now}) is not None


def presented_code(digest: str, *, application_pk: int, needed: RolesNeeded = NOTHING_NEEDED) -> PresentedCode | None:
    """The code with this digest, if it is this application's."""
    row = _asked(_PRESENTED_CODE, {"digest": digest, "application": application_pk}, needed)
    if row is None:
        return None
    roles_and_groups, apis, *held = row
    kept = (*held[:9], _sign_in(held[9:15]), Person.of_row(held[15:]))
    return PresentedCode._make((read_roles_and_groups(roles_and_groups), _uris(apis), *kept))


def use_up_code(
    code: PresentedCode, *, now: datetime, tokens: TokenSettings, digest: str = "", dpop_jkt: str = ""
) -> bool:
    """Use the code up and, given the digest of a secret, keep a refresh token, bound to a key if one is given.

    False if the code was used or revoked.
    """
    parameters = {"id": code.pk, "now": now}
    if not digest:
        return _row(_REDEEM, parameters) is not None
    kept = {
        "digest": digest,
        "dpop_jkt": dpop_jkt,
        "idle_expires_at": now + tokens.refresh_idle_lifetime,
        "expires_at": now + tokens.refresh_absolute_lifetime,
    }
    return _row(_REDEEM_AND_KEEP, parameters | kept) is not None


def presented_refresh_token(
    family: UUID, *, application_pk: int, needed: RolesNeeded = NOTHING_NEEDED
) -> PresentedRefreshToken | None:
    """The family's row, if it is this application's, whichever of its refresh tokens is presented."""
    row = _asked(_PRESENTED_REFRESH_TOKEN, {"family": family, "application": application_pk}, needed)
    if row is None:
        return None
    roles_and_groups, apis, *held = row
    kept = (*held[:6], _sign_in(held[6:12]), Person.of_row(held[12:]))
    return PresentedRefreshToken._make((read_roles_and_groups(roles_and_groups), _uris(apis), *kept))


def rotate_refresh_token(token: PresentedRefreshToken, *, digest: str, now: datetime, tokens: TokenSettings) -> bool:
    """Make the secret with this digest the valid one. False if another was quicker, or the family was revoked."""
    parameters = {
        "family": token.sign_in.family,
        "checksum": token.checksum,
        "digest": digest,
        "idle_expires_at": now + tokens.refresh_idle_lifetime,
        "now": now,
    }
    return _row(_ROTATE, parameters) is not None


def _uris(column: Any) -> tuple[str, ...]:
    return tuple(json.loads(column) if isinstance(column, str) else column or ())


def _sign_in(row: Sequence[Any]) -> SignIn:
    family, account_id, auth_time, sid, amr, claims = row
    named = NamedClaims.of_text(claims) if claims else NO_CLAIMS
    return SignIn(account_id, auth_time, sid, json.loads(amr), family, named)


def _names_denied(token: AccessToken) -> dict[str, str]:
    """The keys under which `Denied` would hold this token."""
    return {"jti": f"jti:{token.jti}", "family": f"family:{token.family}"}


def _row(statement: str, parameters: dict[str, Any]) -> tuple[Any, ...] | None:
    return ask(statement, parameters).row
