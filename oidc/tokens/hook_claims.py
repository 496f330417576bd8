"""Claims that a hook adds to the tokens of the applications that it names; for all others nothing is asked."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from accounts.identity.person import Person
from applications.lookup.clients import RegisteredClient
from common.text.translation import Sentence
from hooks.calls.asking import HookDown, ask
from hooks.lookup import hook_for
from hooks.policies import TOKEN
from hooks.wire.answers import IN_ACCESS_TOKEN, IN_ID_TOKEN, IS_TOLD, Answer, LeftOut
from hooks.wire.requests import About, Customer, token_request
from oidc.tokens.token_claims import ACCESS_TOKEN, ID_TOKEN
from oidc.wire.errors import TemporarilyUnavailable

# By each token that is made, the names of the claims that it has without a hook.
Told = Mapping[str, Collection[str]]
TOLD_IN: Mapping[str, Sentence] = {ID_TOKEN: IN_ID_TOKEN, ACCESS_TOKEN: IN_ACCESS_TOKEN}


def claims_from_hook(
    client: RegisteredClient,
    person: Person,
    *,
    scopes: Sequence[str],
    grant_type: str,
    told: Callable[[], Told],
) -> dict[str, Any]:
    """What a hook adds to the ID token and the access token, by name; in each it takes the place of no other claim,
    such as one that is `told` there without it.

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


def _left_out(told: Callable[[], Told], answer: Answer) -> LeftOut:
    if not answer.values:
        return {}
    tokens = told()
    found = {name: _why_not_added(name, tokens) for name in answer.values}
    return {name: why for name, why in found.items() if why}


def _why_not_added(name: str, told: Told) -> Sentence | None:
    having = [token for token, names in told.items() if name in names]
    if len(having) == len(told):
        return IS_TOLD
    return TOLD_IN[having[0]] if having else None


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
