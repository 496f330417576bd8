"""Where each claim of a token or of userinfo came from, in words for an administrator."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.attributes import BUILT_IN_ATTRIBUTES
from accounts.models import CustomAttribute
from applications.description import Claim
from applications.lookup.clients import RegisteredClient, entitlements_by_id
from applications.lookup.entitlements import Entitlements
from applications.models import ClaimRule
from hooks.lookup import hook_for
from hooks.policies import TOKEN
from oidc.runs.records import Origin

STANDARD, REQUEST, SESSION = "Standard", "Request", "Session"
ATTRIBUTE, RULE, APPLICATION, HOOK = "Attribute", "Claim rule", "Application", "Hook"

# What stands in tokens because of the protocol, the request or the browser's session.
_PROTOCOL = {
    "iss": Origin(STANDARD, _("The issuer of this tenant.")),
    "sub": Origin(STANDARD, _("The ID of the customer’s account.")),
    "iat": Origin(STANDARD, _("The clock, when the token was signed.")),
    "exp": Origin(APPLICATION, _("Its token settings: how long such a token lives.")),
    "jti": Origin(STANDARD, _("Random, created for this token.")),
    "at_hash": Origin(STANDARD, _("Computed from the access token.")),
    "azp": Origin(APPLICATION, _("Its client ID.")),
    "client_id": Origin(APPLICATION, _("Its client ID.")),
    "scope": Origin(REQUEST, _("The scopes asked for that were granted.")),
    "nonce": Origin(REQUEST, _("Copied from the parameter nonce.")),
    "userinfo_claims": Origin(REQUEST, _("Asked for by the parameter claims.")),
    "auth_time": Origin(SESSION, _("When the customer last proved who they are in this browser.")),
    "sid": Origin(SESSION, _("The public name of the customer’s session in this browser.")),
    "amr": Origin(SESSION, _("The ways in which the customer proved who they are.")),
    "acr": Origin(SESSION, _("Follows from amr.")),
    "_claim_names": Origin(STANDARD, _("The claims about the customer would take more than 1.9 KB of the token.")),
    "_claim_sources": Origin(STANDARD, _("The address of the endpoint.")),
    "cnf": Origin(REQUEST, _("The thumbprint of the key that the token is bound to (DPoP).")),
}
_OF_PERSON = {
    "name": _("Display name, or given name and surname, of the account. Told with the scope profile."),
    "given_name": _("The attribute Given name. Told with the scope profile."),
    "family_name": _("The attribute Surname. Told with the scope profile."),
    "preferred_username": _("The attribute User name. Told with the scope profile."),
    "jobTitle": _("The attribute Job title. Told with the scope profile."),
    "locale": _("The language the account prefers. Told with the scope profile."),
    "updated_at": _("When the account changed last. Told with the scope profile."),
    "email": _("The attribute Email address. Told with the scope email."),
    "email_verified": _("Whether the account proved the address by a code. Told with the scope email."),
    "address": _("The attributes Street address, City, State, Postal code and Country. Told with the scope address."),
}
# By a claim of the application, and of the API that an access token is for.
_SOURCES: Mapping[str, tuple[Promise, Promise]] = {
    ClaimRule.Source.ATTRIBUTE: (
        _("The attribute %(attribute)s, by a claim of this application."),
        _("The attribute %(attribute)s, by a claim of the API."),
    ),
    ClaimRule.Source.CONSTANT: (
        _("Always this text, by a claim of this application."),
        _("Always this text, by a claim of the API."),
    ),
    ClaimRule.Source.ROLES: (
        _("The customer’s roles, by a claim of this application."),
        _("The customer’s roles, by a claim of the API."),
    ),
    ClaimRule.Source.GROUPS: (
        _("The customer’s groups, by a claim of this application."),
        _("The customer’s groups, by a claim of the API."),
    ),
}
_ELSEWHERE = Origin(STANDARD, _("The issuer."))


def origins_of(claims: Mapping[str, Any], *, place: str, client: RegisteredClient) -> dict[str, Origin]:
    """For each claim where it came from. `place` is id_token, access_token or userinfo."""
    chosen = _chosen(claims, place, client.entitlements)
    custom = set(CustomAttribute.objects.values_list("name", flat=True))
    hook = hook_for(TOKEN, client.client_id)
    others = Origin(HOOK, gettext("Added by the hook %(name)s.") % {"name": hook.name}) if hook else _ELSEWHERE
    origins = {name: _origin(name, place, chosen, custom) or others for name in claims}
    # In the language of whoever runs the flow: nobody else sees the run.
    return {name: Origin(origin.kind, str(origin.detail)) for name, origin in origins.items()}


def _chosen(claims: Mapping[str, Any], place: str, entitlements: Entitlements) -> dict[str, Origin]:
    """The claims that an administrator chose: of the application, in an access token for an API of that API. Userinfo
    tells those as well that a token had no room for.
    """
    api = entitlements.apis.get(str(claims.get("aud", ""))) if place == "access_token" else None
    rules = entitlements.claims if api is None else entitlements_by_id(api.client_id).claims
    return {
        rule.name: Origin(RULE, _of_rule(rule, is_of_api=api is not None))
        for rule in rules
        if place == "userinfo" or getattr(rule, f"in_{place}")
    }


def _origin(name: str, place: str, chosen: Mapping[str, Origin], custom: Collection[str]) -> Origin | None:
    if name == "aud":
        return _audience(place)
    # No choice takes the place of what the protocol says.
    if name in _PROTOCOL:
        return _PROTOCOL[name]
    if name in chosen:
        return chosen[name]
    if name == "roles":
        return Origin(APPLICATION, _("The roles the customer has there, directly or by a group."))
    if name in _OF_PERSON:
        return Origin(ATTRIBUTE, _OF_PERSON[name])
    if name in custom:
        said = gettext("The custom attribute %(name)s. The user flow asks for it; told with the scope profile.")
        return Origin(ATTRIBUTE, said % {"name": name})
    return None


def _audience(place: str) -> Origin:
    if place == "id_token":
        return Origin(APPLICATION, _("Its client ID: an ID token is for the application that asked for it."))
    return Origin(REQUEST, _("The API that the scopes or the parameter resource name; without one, the issuer itself."))


def _of_rule(rule: Claim, *, is_of_api: bool) -> str:
    """What a claim that an administrator chose is made of."""
    by_application, by_api = _SOURCES[rule.source]
    built_in = BUILT_IN_ATTRIBUTES.get(rule.value)
    said = str(by_api if is_of_api else by_application) % {"attribute": built_in.label if built_in else rule.value}
    return f"{said} {gettext('Needs the scope %(scope)s.') % {'scope': rule.scope}}" if rule.scope else said
