"""The claims of each token and of userinfo: the usual ones, those an administrator chose, roles and groups.

Usual are the standard claims of the scopes granted with the flow's custom attributes, in userinfo, and the roles in the
ID token of their own application and the access tokens for it. The ID token tells what userinfo tells if an application
is set so, or has no access token for userinfo (OpenID Connect Core section 5.4). A chosen claim takes the place of the
usual one of its name. An ID token and userinfo follow the choice of the application they are for, an access token that
of the API it is for.

What a token has no room for it leaves to userinfo, or one for an API to introspection, and says so.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from accounts.identity.person import Person
from applications.description import Claim
from applications.lookup.clients import entitlements_by_id
from applications.lookup.entitlements import Entitlements, RegisteredApi
from applications.models import ClaimRule
from common.claims import PROTOCOL_CLAIMS
from oidc.tokens.person_claims import SCOPES_OF_CLAIMS, claims_of
from oidc.tokens.roles_and_groups import NO_ROLES_OR_GROUPS, RolesAndGroups, RolesNeeded
from oidc.tokens.signed import CLAIM_NAMES, CLAIM_SOURCES, AccessToken

ID_TOKEN, ACCESS_TOKEN, USERINFO = "in_id_token", "in_access_token", "in_userinfo"
PLACES = (ID_TOKEN, ACCESS_TOKEN, USERINFO)
ROLES = "roles"
MOST_BYTES = 1_900
"""So much of a token, as JSON, may be claims about somebody. With those of the protocol, a nonce of 255 letters and a
signature of RS256 it is below 4,096 bytes as it is sent, so that it goes into a cookie (RFC 6265 section 6.1).
"""
# What a token calls the place where its other claims are.
SOURCE = "issuer"


class ClaimValue(NamedTuple):
    """The value of a claim that is told, and where it comes from: the rule that chose it, or None for a usual one."""

    value: Any
    rule: Claim | None


def roles_needed_by(entitlements: Entitlements) -> RolesNeeded:
    """What has to be known about somebody's roles and groups to make this application's tokens; nothing, for most."""
    apis = {entitlements.own, *entitlements.apis.values()}
    asks_groups = entitlements.wants_groups or any(
        entitlements_by_id(api.client_id).wants_groups for api in entitlements.apis.values()
    )
    return RolesNeeded(tuple(sorted(api.pk for api in apis if api.has_roles)), asks_groups)


def userinfo_claims(
    person: Person,
    roles_and_groups: RolesAndGroups,
    *,
    token: AccessToken,
    entitlements: Entitlements,
    custom_names: Collection[str],
) -> dict[str, Any]:
    """What userinfo tells about the person, with what a token has left to it."""
    told = claims_told(
        USERINFO,
        person=person,
        roles_and_groups=roles_and_groups,
        scopes=token.scopes,
        names=token.named_claims,
        custom_names=custom_names,
        entitlements=entitlements,
    )
    for place in (ID_TOKEN, ACCESS_TOKEN) if token.left_claims else ():
        told |= left_by(
            token,
            place,
            person=person,
            roles_and_groups=roles_and_groups,
            entitlements=entitlements,
            custom_names=custom_names,
        )
    return values_of(told)


def left_by(
    token: AccessToken,
    place: str,
    *,
    person: Person,
    roles_and_groups: RolesAndGroups,
    entitlements: Entitlements,
    custom_names: Collection[str] = (),
) -> dict[str, ClaimValue]:
    """The claims of one of `PLACES` that this access token names and doesn't have."""
    told = claims_told(
        place,
        person=person,
        roles_and_groups=roles_and_groups,
        names=token.left_claims,
        custom_names=custom_names,
        entitlements=entitlements,
    )
    return {name: claim for name, claim in told.items() if name in token.left_claims}


def claims_told(
    place: str,
    *,
    person: Person | None,
    roles_and_groups: RolesAndGroups = NO_ROLES_OR_GROUPS,
    entitlements: Entitlements,
    scopes: Collection[str] = (),
    names: Collection[str] = (),
    custom_names: Collection[str] = (),
    tells_customer: bool = True,
) -> dict[str, ClaimValue]:
    """The claims of one of `PLACES` by name, empty ones left out. Without a person it is a client's own token.

    `names` are claims that the request asked for by name. Unless it `tells_customer`, scopes alone tell nothing usual.
    """
    usual: dict[str, Any] = {}
    if person is not None and place != ACCESS_TOKEN:
        of_scopes = scopes if tells_customer else ()
        usual |= claims_of(person, scopes=of_scopes, custom_names=custom_names, names=names)
    roles = roles_and_groups.roles.get(entitlements.own.pk, ())
    if roles and place != USERINFO:
        usual[ROLES] = list(roles)
    chosen = {claim.name for claim in entitlements.claims}
    told = {name: ClaimValue(value, None) for name, value in usual.items() if name not in chosen}
    for claim in entitlements.claims:
        if claim.name in PROTOCOL_CLAIMS:
            # Chosen before the name was reserved.
            continue
        if getattr(claim, place) and (not claim.scope or claim.scope in scopes or claim.name in names):
            value = _value(claim, person, roles_and_groups, entitlements.own)
            if value not in (None, "", [], {}):
                told[claim.name] = ClaimValue(value, claim)
    return told


def _value(claim: Claim, person: Person | None, roles_and_groups: RolesAndGroups, own: RegisteredApi) -> Any:
    if claim.source == ClaimRule.Source.CONSTANT:
        return claim.value
    if claim.source == ClaimRule.Source.ROLES:
        return list(roles_and_groups.roles.get(own.pk, ()))
    if claim.source == ClaimRule.Source.GROUPS:
        return list(roles_and_groups.groups)
    return person.attribute(claim.value) if person is not None else None


def values_of(told: Mapping[str, ClaimValue]) -> dict[str, Any]:
    return {name: claim.value for name, claim in told.items()}


def fitted(
    told: Mapping[str, ClaimValue], *, endpoint: str, scopes: Collection[str] = (), besides: Collection[str] = ()
) -> dict[str, Any]:
    """The claims for which a token has room. The largest are left to this endpoint and named with it, as `besides` are
    (OpenID Connect Core section 5.6.2); those that it tells for one of the `scopes` as far as their names have room.
    """
    values = {name: claim.value for name, claim in told.items() if name not in besides}
    over = _size(values) - MOST_BYTES if values else 0
    if over <= 0 and not besides:
        return values
    named, granted = dict.fromkeys(besides, SOURCE), []
    marks = {CLAIM_NAMES: named, CLAIM_SOURCES: {SOURCE: {"endpoint": endpoint}}}
    over += _size(marks)
    for name in sorted(values, key=lambda name: _size(values[name]), reverse=True):
        if over <= 0:
            break
        is_granted = _is_granted(name, told[name], scopes)
        if is_granted:
            granted.append(name)
        elif _size(values[name]) > _size(SOURCE):
            named[name] = SOURCE
            over += _size({name: SOURCE})
        else:
            continue
        over -= _size({name: values.pop(name)})
    for name in granted:
        over += _size({name: SOURCE})
        if over > 0:
            break
        named[name] = SOURCE
    return {**values, **marks}


def _is_granted(name: str, claim: ClaimValue, scopes: Collection[str]) -> bool:
    """Whether userinfo tells a claim for one of these scopes."""
    return claim.rule is None and name != ROLES and SCOPES_OF_CLAIMS.get(name, "profile") in scopes


def _size(value: Any) -> int:
    """In bytes, as tokens are written."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
