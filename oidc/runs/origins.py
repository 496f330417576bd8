"""Where each claim of a token or of userinfo came from, in words for an administrator."""

from collections.abc import Collection, Mapping
from typing import Any

from accounts.attributes import BUILT_IN_ATTRIBUTES
from accounts.models import CustomAttribute
from applications.description import Claim
from applications.lookup.clients import RegisteredClient
from applications.lookup.entitlements import Entitlements, entitlements_by_id
from applications.models import ClaimRule
from oidc.runs.records import Origin

STANDARD, REQUEST, SESSION = "Standard", "Request", "Session"
ATTRIBUTE, RULE, APPLICATION = "Attribute", "Claim rule", "Application"

# What stands in tokens because of the protocol, the request or the browser's session.
_PROTOCOL = {
    "iss": Origin(STANDARD, "The issuer of this tenant."),
    "sub": Origin(STANDARD, "The ID of the customer's account."),
    "iat": Origin(STANDARD, "The clock, when the token was signed."),
    "exp": Origin(APPLICATION, "Its token settings: how long such a token lives."),
    "jti": Origin(STANDARD, "Made at random for this token."),
    "at_hash": Origin(STANDARD, "Computed from the access token."),
    "azp": Origin(APPLICATION, "Its client ID."),
    "client_id": Origin(APPLICATION, "Its client ID."),
    "scope": Origin(REQUEST, "The scopes asked for that were granted."),
    "nonce": Origin(REQUEST, "Copied from the parameter nonce."),
    "userinfo_claims": Origin(REQUEST, "Asked for by the parameter claims."),
    "auth_time": Origin(SESSION, "When the customer last proved who they are in this browser."),
    "sid": Origin(SESSION, "The public name of the customer's session in this browser."),
    "amr": Origin(SESSION, "The ways in which the customer proved who they are."),
    "acr": Origin(SESSION, "Follows from amr."),
    "cnf": Origin(REQUEST, "The thumbprint of the key that the token is bound to (DPoP)."),
}
_OF_PERSON = {
    "name": "Display name, or given name and surname, of the account. Told with the scope profile.",
    "given_name": "The attribute Given name. Told with the scope profile.",
    "family_name": "The attribute Surname. Told with the scope profile.",
    "jobTitle": "The attribute Job title. Told with the scope profile.",
    "locale": "The language the account prefers. Told with the scope profile.",
    "updated_at": "When the account changed last. Told with the scope profile.",
    "email": "The attribute Email address. Told with the scope email.",
    "email_verified": "Whether the account proved the address by a code. Told with the scope email.",
    "address": "The attributes Street address, City, State, Postal code and Country. Told with the scope address.",
}
_ELSEWHERE = Origin(STANDARD, "The issuer.")


def origins_of(claims: Mapping[str, Any], *, place: str, client: RegisteredClient) -> dict[str, Origin]:
    """For each claim where it came from. `place` is id_token, access_token or userinfo."""
    chosen = _chosen(claims, place, entitlements_by_id(client.client_id))
    custom = set(CustomAttribute.objects.values_list("name", flat=True))
    return {name: _origin(name, place, chosen, custom) for name in claims}


def _chosen(claims: Mapping[str, Any], place: str, entitlements: Entitlements) -> dict[str, Origin]:
    """The claims that an administrator chose: of the application, in an access token for an API of that API."""
    api = entitlements.apis.get(str(claims.get("aud", ""))) if place == "access_token" else None
    whose = "this application" if api is None else "the API"
    rules = entitlements.claims if api is None else entitlements_by_id(api.client_id).claims
    return {rule.name: Origin(RULE, _of_rule(rule, whose)) for rule in rules if getattr(rule, f"in_{place}")}


def _origin(name: str, place: str, chosen: Mapping[str, Origin], custom: Collection[str]) -> Origin:
    if name == "aud":
        return _audience(place)
    # No choice takes the place of what the protocol says.
    if name in _PROTOCOL:
        return _PROTOCOL[name]
    if name in chosen:
        return chosen[name]
    if name == "roles":
        return Origin(APPLICATION, "The roles the customer has there, directly or by a group.")
    if name in _OF_PERSON:
        return Origin(ATTRIBUTE, _OF_PERSON[name])
    if name in custom:
        told = "The user flow asks for it; told with the scope profile."
        return Origin(ATTRIBUTE, f"The custom attribute {name}. {told}")
    return _ELSEWHERE


def _audience(place: str) -> Origin:
    if place == "id_token":
        return Origin(APPLICATION, "Its client ID: an ID token is for whoever asked for it.")
    return Origin(REQUEST, "The API that the scopes or the parameter resource name; without one, the issuer itself.")


def _of_rule(rule: Claim, whose: str) -> str:
    """What a claim that an administrator chose is made of."""
    needs = f" Needs the scope {rule.scope}." if rule.scope else ""
    if rule.source == ClaimRule.Source.ATTRIBUTE:
        built_in = BUILT_IN_ATTRIBUTES.get(rule.value)
        return f"The attribute {built_in.label if built_in else rule.value}, by a claim of {whose}.{needs}"
    if rule.source == ClaimRule.Source.CONSTANT:
        return f"Always this text, by a claim of {whose}.{needs}"
    what = "roles" if rule.source == ClaimRule.Source.ROLES else "groups"
    return f"The customer's {what}, by a claim of {whose}.{needs}"
