"""Claims that a hook adds to the tokens of the applications that it names; for all others nothing is asked."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from django.db.models import Q

from accounts.identity.person import Person
from applications.lookup.clients import RegisteredClient
from applications.models import ClaimRule
from common.text.translation import KeptSentence
from common.text.translation import gettext_noop as _
from hooks.calls.asking import HookDown, ask
from hooks.lookup import hook_for
from hooks.models import Hook
from hooks.policies import START, TOKEN
from hooks.wire.answers import IN_ACCESS_TOKEN, IN_ID_TOKEN, IS_TOLD, HookAnswer, Judge, LeftOut
from hooks.wire.requests import About, Customer, token_request
from oidc.tokens.token_claims import ACCESS_TOKEN, ID_TOKEN
from oidc.wire.errors import TemporarilyUnavailable
from userflows.journeys.account.hook_answers import left_out_of
from userflows.lookup import known_flows

# By each token that is made, the names of the claims that it has without a hook.
Told = Mapping[str, Collection[str]]
CHOSEN = _("A claim of this name is chosen for %(application)s, and a hook takes the place of none.")
TOLD_IN: Mapping[str, KeptSentence] = {ID_TOKEN: IN_ID_TOKEN, ACCESS_TOKEN: IN_ACCESS_TOKEN}


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


def judge_of_test(hook: Hook) -> Judge:
    """What is left out of an answer to a test, for all that the hook serves: attributes that none of its user flows
    asks for, and claims whose names were chosen for one of its applications. What hangs on the customer as well,
    nobody knows before.
    """
    if hook.moment == TOKEN:
        return partial(_chosen_already, hook)
    flows = known_flows().values() if hook.moment == START else ()
    asked = {name for flow in flows if not hook.serves or str(flow.pk) in hook.serves for name in flow.rules.asked}
    return partial(left_out_of, asked=asked if hook.moment == START else None)


def _chosen_already(hook: Hook, answer: HookAnswer) -> LeftOut:
    """The claims whose names were chosen for an application that the hook serves, each with the first by name."""
    told = ClaimRule.objects.filter(Q(in_id_token=True) | Q(in_access_token=True))
    chosen = told.filter(name__in=answer.values, application__client_id__in=hook.serves)
    found = chosen.order_by("name", "application__name").distinct("name").values_list("name", "application__name")
    return {name: KeptSentence(CHOSEN, {"application": application}) for name, application in found}


def _left_out(told: Callable[[], Told], answer: HookAnswer) -> LeftOut:
    if not answer.values:
        return {}
    tokens = told()
    found = {name: _why_not_added(name, tokens) for name in answer.values}
    return {name: why for name, why in found.items() if why}


def _why_not_added(name: str, told: Told) -> KeptSentence | None:
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
