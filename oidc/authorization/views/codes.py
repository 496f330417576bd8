"""The code that answers a request, once the customer has done all that was needed."""

from dataclasses import replace
from typing import cast

from django.db import transaction

from accounts.models import Account
from accounts.sessions.beside import note_use
from oidc.authorization.requests.claims_request import ClaimsRequest
from oidc.authorization.requests.request import AuthorizationRequest
from oidc.authorization.services import end_pushed_request
from oidc.tokens.person_claims import PERSON_CLAIMS
from oidc.tokens.services.codes import issue_code
from oidc.tokens.signed import NO_CLAIMS, NamedClaims
from oidc.wire.errors import PageRefusal
from oidc.wire.pages import OVER
from oidc.wire.policies import amr_to_tell
from oidc.wire.requests import TenantRequest
from userflows.lookup import custom_names_of
from userflows.sessions.signed_in import facts_of


def issue(request: TenantRequest, wanted: AuthorizationRequest, *, pushed_digest: str) -> str:
    """A code. Under FAPI 2.0 a pushed request leads to one and no more, however often its way is gone again.

    Raises `PageRefusal` where it has, and `SessionEnded`.
    """
    if not wanted.to.client.follows_fapi:
        return _new_code(request, wanted)
    with transaction.atomic():
        if not end_pushed_request(pushed_digest):
            raise PageRefusal(OVER, "The request_uri has been used.")
        return _new_code(request, wanted)


def _new_code(request: TenantRequest, wanted: AuthorizationRequest) -> str:
    account, facts = cast(Account, request.user), facts_of(request)
    note_use(request, wanted.to.client.client_id)
    return issue_code(
        client=wanted.to.client,
        account_id=account.pk,
        redirect_uri=wanted.to.redirect_uri,
        scopes=wanted.scopes,
        apis=wanted.apis,
        facts=replace(facts, amr=amr_to_tell(facts.amr, wanted.acr_values)),
        nonce=wanted.nonce,
        code_challenge=wanted.code_challenge,
        dpop_jkt=wanted.dpop_jkt,
        claims=_named_claims(wanted),
    )


def _named_claims(wanted: AuthorizationRequest) -> NamedClaims:
    """Of the claims asked for by name, those that can be told about a person."""
    if wanted.claims == ClaimsRequest():
        return NO_CLAIMS
    client, asked = wanted.to.client, wanted.claims
    chosen = {claim.name for claim in client.entitlements.claims}
    known = PERSON_CLAIMS | custom_names_of(client.flow_id) | chosen
    return NamedClaims(
        id_token=tuple(name for name in asked.id_token if name in known),
        userinfo=tuple(name for name in asked.userinfo if name in known),
    )
