"""What a relying party does with the answer to its request, done by the portal in the application's place.

It redeems the code with the verifier, reads the tokens, asks userinfo, and looks at all of it as carefully as one can.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from applications.description import UNENCRYPTED
from applications.lookup.clients import RegisteredClient
from oidc.grants.authorization_code import redeem_authorization_code
from oidc.grants.presented import Replayed
from oidc.grants.request import TokenRequest
from oidc.issuer.identity import Issuer
from oidc.keys.loaded import ES256, new_key
from oidc.runs.checks import Answered, check_response, check_tokens
from oidc.runs.origins import origins_of
from oidc.runs.records import HIDDEN, ReadToken, RunRecord, ToldClaims
from oidc.tokens.signed import read_access_token
from oidc.tokens.userinfo import about_person
from oidc.wire.encoding import base64url
from oidc.wire.errors import ProtocolError

SECRETS = ("access_token", "refresh_token", "id_token")


@dataclass(frozen=True)
class Redeemed:
    """What the token endpoint answered, and the family of what it made (or, of a code used before, had made)."""

    status: int = 0
    members: Mapping[str, Any] = field(default_factory=dict)
    family: UUID | None = None


def read_answer(
    sent: RunRecord, *, client: RegisteredClient, issuer: Issuer, response: Mapping[str, str], now: datetime
) -> tuple[RunRecord, UUID | None]:
    """The record of the answered run, and the family that has to end now, if there is one.

    `client` has the user flow that was run.
    """
    checks = check_response(sent.parameters, response, issuer=issuer.name)
    answered = replace(sent, verifier="", response=_hidden(response, "code"), checks=tuple(checks))
    if any(check.verdict == "failed" for check in checks):
        # A relying party that sees this goes no further (RFC 6749 section 10.12, RFC 9207 section 2.4).
        return answered, None
    form = {
        "grant_type": "authorization_code",
        "code": response["code"],
        "redirect_uri": sent.parameters["redirect_uri"],
        "code_verifier": sent.verifier,
    }
    redeemed = _redeem(form, client=client, issuer=issuer, now=now)
    userinfo = _userinfo(redeemed, issuer, client=client)
    result = Answered(
        issuer=issuer, client=client, request=sent.parameters, status=redeemed.status, members=redeemed.members,
        userinfo=userinfo, now=now,
    )  # fmt: skip
    answered = replace(
        answered,
        token_request=_hidden(form, "code", "code_verifier"),
        token_status=redeemed.status,
        token_response=_hidden(redeemed.members, *SECRETS),
        told=_told(redeemed, userinfo, client=client),
        checks=(*checks, *check_tokens(result)),
    )
    return answered, redeemed.family


def _redeem(form: Mapping[str, str], *, client: RegisteredClient, issuer: Issuer, now: datetime) -> Redeemed:
    """Redeem the code as the token endpoint does, once it knows which client asks."""
    # Only the application could read what is encrypted to it.
    tokens = replace(client.tokens, id_token_encryption=UNENCRYPTED)
    client = replace(client, tokens=tokens)
    # In the place of the application's key and certificate stand some that are thrown away.
    dpop_jkt = new_key(ES256).kid if client.tokens.requires_dpop else ""
    x5t = base64url(secrets.token_bytes(32)) if client.tokens.binds_to_certificate else ""
    try:
        issued = redeem_authorization_code(
            TokenRequest.of(form, issuer=issuer, client=client, now=now, dpop_jkt=dpop_jkt, x5t=x5t)
        )
    except ProtocolError as error:
        family = error.family if isinstance(error, Replayed) else None
        return Redeemed(error.status, error.members, family)
    return Redeemed(200, issued.members, issued.family)


def _userinfo(redeemed: Redeemed, issuer: Issuer, *, client: RegisteredClient) -> dict[str, Any]:
    """What userinfo tells for the access token; its error, if it refuses; nothing if there is no access token."""
    if "access_token" not in redeemed.members:
        return {}
    try:
        token = read_access_token(issuer, redeemed.members["access_token"])
        return about_person(token, issuer=issuer.name, flow_id=client.flow_id)
    except ProtocolError as error:
        return dict(error.members)


def _told(redeemed: Redeemed, userinfo: Mapping[str, Any], *, client: RegisteredClient) -> dict[str, ToldClaims]:
    told: dict[str, ToldClaims] = {}
    for place in ("id_token", "access_token"):
        read = ReadToken.of_text(redeemed.members.get(place, ""))
        if read is not None:
            origins = origins_of(read.claims, place=place, client=client)
            told[place] = ToldClaims(read.claims, origins, read.header)
    if userinfo and "error" not in userinfo:
        told["userinfo"] = ToldClaims(dict(userinfo), origins_of(userinfo, place="userinfo", client=client))
    return told


def _hidden(members: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The members, without the values of the secret ones among them."""
    return {name: HIDDEN if name in names else value for name, value in members.items()}
