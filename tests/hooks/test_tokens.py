"""Claims that a tenant's server adds to tokens: for the applications that name it, and never one that is trusted."""

from dataclasses import replace
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account, Group, GroupMember
from applications.description import Claim
from applications.models import Application
from applications.services.claims import choose_claim
from applications.services.deletion import delete_application
from audit.models import Event
from audit.services import Actor
from hooks.description import described
from hooks.models import Delivery
from hooks.policies import TOKEN
from hooks.services import apply
from tenants.models import Tenant
from tests.hooks.conftest import AddHook
from tests.hooks.receiver import Answered, Receiver, action
from tests.oidc.relying_party import RelyingParty
from tests.statements import statements

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()
RESERVED = ["sub", "iss", "aud", "exp", "acr", "amr", "sid", "nonce", "azp", "email", "roles"]
RESERVED += ["email_verified", "userinfo_claims"]


def claims(shop: RelyingParty, tokens: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Those of the ID token and of the access token."""
    return shop.accepts(tokens["id_token"], audience=shop.client_id), shop.accepts(tokens["access_token"])


def test_claims_stand_in_both_tokens_and_are_asked_for_anew_at_a_refresh(
    acme: Tenant, add_hook: AddHook, server: Receiver, shop: RelyingParty
) -> None:
    add_hook(TOKEN, serves=(shop.client_id,))
    server.answers(action("provideClaimsForToken", claims={"tier": "gold", "clubs": ["a", "b"], "points": 7}))
    tokens = shop.tokens()
    for told in claims(shop, tokens):
        assert (told["tier"], told["clubs"], told["points"]) == ("gold", ["a", "b"], 7)
    [asked] = server.asked
    context = asked.data["authenticationContext"]
    assert asked.json["type"] == "microsoft.graph.authenticationEvent.tokenIssuanceStart"
    assert context["user"]["mail"] == "carol@acme.example"
    assert context["clientServicePrincipal"]["appId"] == shop.client_id
    assert context["user"]["customAttributes"] == {"loyaltyNumber": "C-1001"}

    server.answers(action("provideClaimsForToken", claims={"tier": "silver"}))
    refreshed = shop.refresh(tokens["refresh_token"]).json()

    for told in claims(shop, refreshed):
        assert told["tier"] == "silver"
        assert "clubs" not in told


def test_an_application_that_is_deleted_leaves_its_hooks_but_as_the_last_one(
    acme: Tenant, add_hook: AddHook, bookshop: Application, mobile: Application
) -> None:
    """Without any a hook would be asked for all."""
    hook = add_hook(TOKEN, serves=(bookshop.client_id, mobile.client_id))
    last = bookshop.client_id
    with tenant_context(acme):
        delete_application(mobile, actor=COMMAND)
        hook.refresh_from_db()
        assert hook.serves == [last]
        assert Event.objects.get(action="hook.changed").details["fields"] == ["serves"]
        delete_application(bookshop, actor=COMMAND)
        hook.refresh_from_db()
        assert hook.serves == [last]


def test_another_application_asks_nobody_and_pays_nothing(
    acme: Tenant, add_hook: AddHook, server: Receiver, shop: RelyingParty, mobile: Application
) -> None:
    add_hook(TOKEN, serves=(mobile.client_id,))
    shop.tokens()
    code = shop.code()
    with statements(2):
        assert shop.exchange(code).status_code == 200
    assert server.asked == []


@pytest.mark.parametrize("name", RESERVED)
def test_c07_no_hook_says_what_applications_trust_the_issuer_for(
    acme: Tenant, add_hook: AddHook, server: Receiver, shop: RelyingParty, name: str
) -> None:
    add_hook(TOKEN, serves=(shop.client_id,), on_failure="continue")
    server.answers(action("provideClaimsForToken", claims={"tier": "gold", name: "eve"}))
    for told in claims(shop, shop.tokens()):
        assert "tier" not in told
        assert told.get(name) != "eve"
    with tenant_context(acme):
        assert f"“{name}” is reserved" in str(Delivery.objects.get().fault)


def test_a_claim_that_an_administrator_chose_stays(
    acme: Tenant, add_hook: AddHook, server: Receiver, shop: RelyingParty
) -> None:
    add_hook(TOKEN, serves=(shop.client_id,))
    chosen = Claim(name="tier", source="constant", value="bronze", in_id_token=True)
    with tenant_context(acme):
        choose_claim(shop.application, chosen, actor=COMMAND)
    server.answers(action("provideClaimsForToken", claims={"tier": "gold"}))
    of_id_token, of_access_token = claims(shop, shop.tokens())
    assert (of_id_token["tier"], of_access_token["tier"]) == ("bronze", "gold")
    both = Claim(name="club", source="constant", value="chess", in_id_token=True, in_access_token=True)
    with tenant_context(acme):
        choose_claim(shop.application, both, actor=COMMAND)
    server.answers(action("provideClaimsForToken", claims={"tier": "gold", "club": "go", "town": "Brno"}))
    shop.tokens()
    with tenant_context(acme):
        left_out = dict(Delivery.objects.latest("pk").omissions)
    assert {name: why.words for name, why in left_out.items()} == {
        "tier": "The ID token has a claim of this name already.",
        "club": "A token has a claim of this name already, and a hook takes the place of none.",
    }


@pytest.mark.parametrize("where", [{}, {"in_access_token": True}])
def test_c07_no_hook_says_what_a_token_has_no_room_for(
    acme: Tenant, add_hook: AddHook, server: Receiver, shop: RelyingParty, carol: Account, where: dict[str, Any]
) -> None:
    """Nor beside the name of what userinfo tells in its place."""
    add_hook(TOKEN, serves=(shop.client_id,))
    chosen = Claim(name="clubs", source="groups", in_id_token=True, **where)
    with tenant_context(acme):
        groups = Group.objects.bulk_create(Group(name=f"Regulars of shop number {number:03}") for number in range(100))
        GroupMember.objects.bulk_create(GroupMember(group=group, account=carol) for group in groups)
        choose_claim(shop.application, chosen, actor=COMMAND)
    server.answers(action("provideClaimsForToken", claims={"tier": "gold", "clubs": ["Owners"]}))
    for told in claims(shop, shop.tokens()):
        assert "clubs" not in told
        assert told["_claim_names"]["clubs"] == "issuer"
        assert told["tier"] == "gold"


TOO_LARGE = action("provideClaimsForToken", claims={"a": "x" * 3100})


ENDLESS = Answered(body=action("provideClaimsForToken", claims={"a": [7]}).body.replace(b"7", b"1e999"))
UNPAIRED = action("provideClaimsForToken", claims={"a": ["\ud800"]})


@pytest.mark.parametrize("answer", [Answered(status=500), Answered(body=b"{}"), TOO_LARGE, ENDLESS, UNPAIRED])
def test_without_an_answer_tokens_wait_and_the_code_stays_good(
    acme: Tenant, add_hook: AddHook, server: Receiver, shop: RelyingParty, answer: Answered
) -> None:
    hook = add_hook(TOKEN, serves=(shop.client_id,))
    code = shop.code()
    server.answers(answer)
    refused = shop.exchange(code)
    assert (refused.status_code, refused.json()["error"]) == (503, "temporarily_unavailable")

    with tenant_context(acme):
        apply(hook, replace(described(hook), on_failure="continue"), actor=COMMAND)
    tokens = shop.exchange(code).json()
    assert "a" not in shop.accepts(tokens["access_token"])
