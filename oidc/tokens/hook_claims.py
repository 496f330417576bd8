"""Claims that a hook adds to the tokens of the applications that it names; for all others nothing is asked."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any

from accounts.identity.person import Person
from applications.lookup.clients import RegisteredClient
from hooks.calls.asking import HookDown, ask
from hooks.lookup import hook_for
from hooks.policies import TOKEN
from hooks.wire.answers import IS_TOLD, Answer, LeftOut
from hooks.wire.requests import About, Customer, token_request
from oidc.wire.errors import TemporarilyUnavailable


def claims_from_hook(
    client: RegisteredClient,
    person: Person,
    *,
    scopes: Sequence[str],
    grant_type: str,
    told: Callable[[], Collection[str]],
) -> dict[str, Any]:
    """What a hook adds to the ID token and the access token, by name; it takes the place of no other claim, such as one
    that is `told` in either without it.

    Raises `TemporarilyUnavailable` if it gave no good answer and has to be asked. Call it outside of any transaction.
    """
    hook = hook_for(TOKEN, client.client_id)
    if hook is None:
        return {}
    about = About(client_id=client.client_id, application=client.name, language=person.language)
    customer = Customer(_facts(person), tuple(scopes), grant_type)
    try:
        return dict(ask(hook, token_request(hook, about, customer), judge=partial(_left_out, told)).values)
    except HookDown as down:
        raise TemporarilyUnavailable("Claims of the tokens can’t be had just now. Try again.") from down


def _left_out(told: Callable[[], Collection[str]], answer: Answer) -> LeftOut:
    return dict.fromkeys(answer.values.keys() & {*told()}, IS_TOLD) if answer.values else {}


def _facts(person: Person) -> dict[str, Any]:
    """The person by Microsoft's names, and with the tenant's own attributes."""
    return {
        "id": str(person.id),
        "mail": person.email,
        "userPrincipalName": person.email,
        "userType": "Member",
        "displayName": person.name,
        "givenName": person.given_name,
        "surname": person.surname,
        "jobTitle": person.job_title,
        "streetAddress": person.street_address,
        "postalCode": person.postal_code,
        "city": person.city,
        "state": person.state,
        "country": person.country,
        "preferredLanguage": person.language,
        "customAttributes": person.custom_attributes,
    }
