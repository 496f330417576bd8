"""Authorization codes: 256 random bits, of which a digest is kept, good for one minute and one exchange."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

from applications.lookup.clients import RegisteredClient
from common.crypto.digests import digest_of
from oidc.tokens.signed import NO_CLAIMS, NamedClaims
from oidc.tokens.sql import NewCode, keep_code
from userflows.sessions.signed_in import SignInFacts

CODE_BYTES = 32


class SessionEnded(Exception):
    """The customer has been signed out while this request was on its way."""


def issue_code(  # noqa: PLR0913 - all that a code stands for
    *,
    client: RegisteredClient,
    account_id: UUID,
    redirect_uri: str,
    scopes: Sequence[str],
    apis: Sequence[str] = (),
    facts: SignInFacts,
    nonce: str = "",
    code_challenge: str = "",
    dpop_jkt: str = "",
    claims: NamedClaims = NO_CLAIMS,
) -> str:
    """Make a code for this client, redirect URI, S256 challenge and sign-in; whatever is made from it is one family.

    Raises `SessionEnded`.
    """
    code = secrets.token_urlsafe(CODE_BYTES)
    new = NewCode(
        application=client.pk,
        client_id=client.client_id,
        account=account_id,
        redirect_uri=redirect_uri,
        scope=" ".join(scopes),
        apis=apis,
        nonce=nonce,
        code_challenge=code_challenge,
        code_challenge_method="S256" if code_challenge else "",
        dpop_jkt=dpop_jkt,
        family=uuid4(),
        auth_time=facts.auth_time,
        sid=facts.sid,
        amr=facts.amr,
        claims=claims,
    )
    if not keep_code(digest_of(code), new, now=datetime.now(UTC)):
        raise SessionEnded
    return code
