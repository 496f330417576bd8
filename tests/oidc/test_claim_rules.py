"""Which claims an application is told: the usual ones, unless an administrator chose otherwise."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django_tenants.utils import tenant_context

from accounts.identity.services.groups import add_to_group, create_group
from accounts.models import Account
from applications.description import Claim, Role
from applications.models import ClaimRule
from applications.services.claims import choose_claim, forget_claim
from applications.services.roles import assign_role, define_role
from tests.oidc.apis import COMMAND, ORDERS, READ, found_orders
from tests.oidc.relying_party import RelyingParty

Choose = Callable[..., ClaimRule]


@pytest.fixture
def choose(shop: RelyingParty) -> Choose:
    """Chooses a claim for Bookshop."""

    def choose(name: str, source: str, value: str = "", **where: Any) -> ClaimRule:
        with tenant_context(shop.browser.tenant):
            return choose_claim(shop.application, Claim(name=name, source=source, value=value, **where), actor=COMMAND)

    return choose


def told(shop: RelyingParty, **parameters: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The claims of ID token, access token and userinfo."""
    tokens = shop.tokens(**parameters)
    return (
        shop.accepts(tokens["id_token"], audience=shop.client_id),
        shop.accepts(tokens["access_token"]),
        shop.userinfo(tokens["access_token"]).json(),
    )


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ("attribute", "surname", "Carter"),
        ("attribute", "loyaltyNumber", "C-1001"),
        ("constant", "eu-west", "eu-west"),
        ("roles", "", ["reader"]),
        ("groups", "", ["Regulars"]),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2], ids=["id_token", "access_token", "userinfo"])
def test_each_source_can_be_told_in_each_place(
    shop: RelyingParty, choose: Choose, carol: Account, source: str, value: str, expected: Any, place: int
) -> None:
    with tenant_context(shop.browser.tenant):
        role = define_role(shop.application, Role(value="reader", display_name="Reader"), actor=COMMAND)
        assign_role(role, account=carol, actor=COMMAND)
        add_to_group(create_group(name="Regulars", actor=COMMAND), account=carol, actor=COMMAND)
    places = ["in_id_token", "in_access_token", "in_userinfo"]
    choose("chosen", source, value, **{places[place]: True})
    claims = told(shop, scope="openid")
    assert [members.get("chosen") for members in claims] == [expected if here == place else None for here in range(3)]


def test_a_chosen_claim_takes_the_place_of_the_usual_one_everywhere(shop: RelyingParty, choose: Choose) -> None:
    choose("family_name", "constant", "C.", in_userinfo=True)
    id_token, _, userinfo = told(shop)
    assert "family_name" not in id_token
    assert userinfo["family_name"] == "C."
    assert userinfo["given_name"] == "Carol"


def test_a_claim_can_wait_for_a_scope(shop: RelyingParty, choose: Choose) -> None:
    choose("loyalty", "attribute", "loyaltyNumber", scope="profile", in_id_token=True)
    assert "loyalty" not in told(shop, scope="openid")[0]
    assert told(shop, scope="openid profile")[0]["loyalty"] == "C-1001"


def test_an_empty_value_isnt_told(shop: RelyingParty, choose: Choose) -> None:
    choose("city", "attribute", "city", in_id_token=True)
    assert "city" not in told(shop)[0]


def test_forgotten_it_is_as_usual_again(shop: RelyingParty, choose: Choose) -> None:
    rule = choose("family_name", "constant", "C.")
    assert "family_name" not in told(shop)[2]
    with tenant_context(shop.browser.tenant):
        forget_claim(rule.application, rule.name, actor=COMMAND)
    assert told(shop)[2]["family_name"] == "Carter"


VOUCHED_FOR = [
    "iss",
    "sub",
    "aud",
    "exp",
    "scope",
    "email_verified",
    "cnf",
    "client_id",
    "acr",
    "amr",
    "userinfo_claims",
]


@pytest.mark.parametrize("name", VOUCHED_FOR)
def test_o37_what_the_issuer_vouches_for_cant_be_chosen(choose: Choose, name: str) -> None:
    with pytest.raises(ValidationError, match="meaning of its own"):
        choose(name, "constant", "x", in_id_token=True)


@pytest.mark.parametrize("source", ["constant", "groups"])
def test_one_that_was_chosen_before_has_userinfo_tell_no_more(shop: RelyingParty, carol: Account, source: str) -> None:
    with tenant_context(shop.browser.tenant):
        add_to_group(create_group(name="email", actor=COMMAND), account=carol, actor=COMMAND)
        ClaimRule.objects.create(
            application=shop.application, name="userinfo_claims", source=source, value="x", in_access_token=True
        )
    _, access_token, userinfo = told(shop, scope="openid")
    assert "userinfo_claims" not in access_token
    assert set(userinfo) == {"sub"}


@pytest.mark.parametrize("name", ["email", "roles", "groups"])
def test_o37_what_applications_decide_by_cant_be_made_up(choose: Choose, name: str) -> None:
    with pytest.raises(ValidationError, match="can’t come from elsewhere"):
        choose(name, "constant", "admin", in_id_token=True)


def test_a_token_for_an_api_follows_the_choice_of_the_api(shop: RelyingParty, choose: Choose) -> None:
    orders = found_orders(shop.browser.tenant)
    orders.permit(shop.application, orders.read)
    choose("from_shop", "constant", "x", in_access_token=True)
    with tenant_context(orders.tenant):
        choose_claim(
            orders.application,
            Claim(name="loyalty", source="attribute", value="loyaltyNumber", in_access_token=True),
            actor=COMMAND,
        )
    token = shop.exchange(shop.code(scope=f"openid {READ}")).json()["access_token"]
    claims = shop.accepts(token, audience=ORDERS)
    assert claims["loyalty"] == "C-1001"
    assert "from_shop" not in claims


def test_another_application_is_told_what_is_usual(shop: RelyingParty, app: RelyingParty, choose: Choose) -> None:
    choose("chosen", "constant", "x", in_id_token=True)
    tokens = app.tokens()
    assert "chosen" not in app.accepts(tokens["id_token"], audience=app.client_id)
