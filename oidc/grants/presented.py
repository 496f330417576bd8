"""What holds for whatever stands for a sign-in: codes of browsers and devices, and refresh tokens."""

from dataclasses import replace
from functools import partial
from typing import TypeVar
from uuid import UUID

from oidc.consents.services import still_allowed
from oidc.grants.issuing import Granted, Issued, issue
from oidc.grants.request import TokenRequest
from oidc.tokens.refresh_secrets import new_secret
from oidc.tokens.signed import NO_CLAIMS
from oidc.tokens.sql import PresentedCode, PresentedRefreshToken, use_up_code
from oidc.wire.errors import InvalidGrant
from oidc.wire.policies import OFFLINE_ACCESS, usable_scopes

Presented = TypeVar("Presented", PresentedCode, PresentedRefreshToken)


class Replayed(InvalidGrant):
    """What was presented had been used before, so whatever came of its family has to end (RFC 9700 section 4.14)."""

    def __init__(self, family: UUID) -> None:
        super().__init__()
        self.family = family


def as_allowed(presented: Presented, request: TokenRequest) -> Presented:
    """The row with those of its scopes that the client can use, and is allowed by now.

    Where some aren't, claims that were asked for by name aren't told either: nobody knows which went with which.
    Raises `InvalidGrant` if no scope is left.
    """
    client = request.client
    usable = usable_scopes(presented.scope.split(), grant_types=client.grant_types)
    allowed = still_allowed(
        usable,
        account_id=presented.person.id,
        application_pk=client.pk,
        entitlements=request.entitlements,
    )
    if not allowed:
        raise InvalidGrant
    sign_in = presented.sign_in if len(allowed) == len(usable) else replace(presented.sign_in, claims=NO_CLAIMS)
    return presented._replace(scope=" ".join(allowed), sign_in=sign_in)


def issue_for_code(request: TokenRequest, code: PresentedCode) -> Issued:
    """The tokens a code that was judged stands for; a refresh token among them if `offline_access` was granted.

    Raises `InvalidGrant`, `InvalidTarget`, and `UsedMeanwhile` if somebody else was quicker.
    """
    held = as_allowed(code, request)
    scopes = tuple(held.scope.split())
    granted = Granted(
        scopes=scopes,
        apis=held.apis,
        held=held,
        nonce=held.nonce,
        # OpenID Connect Core section 11.
        refresh_secret=new_secret() if OFFLINE_ACCESS in scopes else "",
        use_up=partial(use_up_code, code, now=request.now, tokens=request.client.tokens, dpop_jkt=request.refresh_jkt),
    )
    return issue(request, granted)
