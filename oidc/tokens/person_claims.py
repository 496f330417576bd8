"""What userinfo and tokens tell about a person: the standard claims of the scopes granted, and the tenant's own."""

from collections.abc import Collection
from typing import Any

from accounts.identity.person import Person

# OpenID Connect Core section 5.1.1, by the account's columns.
ADDRESS_COLUMNS = {
    "street_address": "street_address",
    "locality": "city",
    "region": "state",
    "postal_code": "postal_code",
    "country": "country",
}


PERSON_SCOPES = ("profile", "email", "address")
SCOPES_OF_CLAIMS = {
    **dict.fromkeys("name given_name family_name preferred_username locale updated_at jobTitle".split(), "profile"),
    **dict.fromkeys(("email", "email_verified"), "email"),
    "address": "address",
}
PERSON_CLAIMS = frozenset(SCOPES_OF_CLAIMS)


def claims_of(
    person: Person, *, scopes: Collection[str], custom_names: Collection[str], names: Collection[str] = ()
) -> dict[str, Any]:
    """The claims about a person that these scopes grant or that are asked for by `names`, empty ones left out.

    With `profile` come the custom attributes named, which are those the application's user flow asks for.
    """
    granted = _claims_of_scopes(person, scopes, custom_names)
    if names:
        # No application is refused any of these scopes, so a name alone grants no more than a scope would.
        everything = _claims_of_scopes(person, PERSON_SCOPES, custom_names)
        granted |= {name: everything[name] for name in names if name in everything}
    return granted


def _claims_of_scopes(person: Person, scopes: Collection[str], custom_names: Collection[str]) -> dict[str, Any]:
    claims: dict[str, Any] = {}
    if "profile" in scopes:
        claims |= _profile(person, custom_names)
    if "email" in scopes:
        claims |= {"email": person.email, "email_verified": person.email_verified}
    if "address" in scopes:
        address = {member: getattr(person, column) for member, column in ADDRESS_COLUMNS.items()}
        claims["address"] = _without_empty(address)
    return _without_empty(claims)


def _profile(person: Person, custom_names: Collection[str]) -> dict[str, Any]:
    return {
        **{name: value for name, value in person.custom_attributes.items() if name in custom_names},
        # "Ordered according to the End-User's locale" (OpenID Connect Core section 5.1): the same to whoever asks.
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.surname,
        "preferred_username": person.user_name,
        "locale": person.language,
        "updated_at": int(person.updated_at.timestamp()),
        "jobTitle": person.job_title,
    }


def _without_empty(claims: dict[str, Any]) -> dict[str, Any]:
    """False and 0 are told; what was never filled in isn't."""
    return {name: value for name, value in claims.items() if value not in ("", None, [], {})}
