"""How large a token gets: Carol says much about herself, and is in many groups and roles."""

from collections.abc import Sequence
from typing import Any

import jwt
import pytest
from authlib.oidc.core import CodeIDToken
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import update_profile
from accounts.models import Account, CustomAttribute, Group, GroupMember
from applications.description import Claim
from applications.models import AppRole, RoleAssignment
from applications.services.application import change_application
from applications.services.claims import choose_claim
from common.database.caches import forget_everything
from tenants.models import Tenant
from tests.cast import new_secret
from tests.oidc.apis import COMMAND, ORDERS, READ, found_orders
from tests.oidc.relying_party import RelyingParty
from userflows.models import FlowAttribute, UserFlow

pytestmark = pytest.mark.django_db
COOKIE = 4096
LONG = "東京都千代田区" * 146
GROUPS = [f"Regulars of shop number {number:04}" for number in range(1000)]


@pytest.fixture
def groups(acme: Tenant, carol: Account) -> Sequence[str]:
    """A thousand, all of which Carol is in."""
    with tenant_context(acme):
        made = Group.objects.bulk_create(Group(name=name) for name in GROUPS)
        GroupMember.objects.bulk_create(GroupMember(group=group, account=carol) for group in made)
    return GROUPS


def choose(shop: RelyingParty, name: str, source: str, value: str = "", **where: Any) -> None:
    with tenant_context(shop.browser.tenant):
        choose_claim(shop.application, Claim(name=name, source=source, value=value, **where), actor=COMMAND)


def read_by_authlib(shop: RelyingParty, token: str, nonce: str) -> CodeIDToken:
    """What a library finds right that relying parties use."""
    claims = shop.accepts(token, audience=shop.client_id)
    read = CodeIDToken(claims, jwt.get_unverified_header(token), params={"nonce": nonce, "client_id": shop.client_id})
    read.validate()
    return read


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_c11_an_id_token_goes_into_a_cookie_whatever_it_shall_tell(
    shop: RelyingParty, acme: Tenant, carol: Account, groups: Sequence[str], algorithm: str
) -> None:
    """As many attributes as a tenant can have, each as long as one may be; a thousand groups; a hundred roles."""
    with tenant_context(acme):
        names = [f"attribute{number:03}" for number in range(99)]
        CustomAttribute.objects.bulk_create(CustomAttribute(name=name, data_type="String") for name in names)
        flow = UserFlow.objects.get(is_default=True)
        last = flow.attributes.count()
        FlowAttribute.objects.bulk_create(
            FlowAttribute(user_flow=flow, attribute=name, position=last + number) for number, name in enumerate(names)
        )
        forget_everything()
        update_profile(carol, attributes=dict.fromkeys(names, LONG) | {"streetAddress": LONG}, actor=COMMAND)
        roles = AppRole.objects.bulk_create(
            AppRole(application=shop.application, value=f"editor.of.volume.{number}", display_name="Editor")
            for number in range(100)
        )
        RoleAssignment.objects.bulk_create(RoleAssignment(role=role, account=carol) for role in roles)
        change_application(shop.application, id_token_algorithm=algorithm, id_token_tells_customer=True, actor=COMMAND)
    choose(shop, "groups", "groups", in_id_token=True)
    nonce = "n" * 255

    tokens = shop.tokens(nonce=nonce)

    assert len(tokens["id_token"]) < COOKIE
    assert len(tokens["access_token"]) < COOKIE
    told = read_by_authlib(shop, tokens["id_token"], nonce)
    userinfo = shop.userinfo(tokens["access_token"]).json()
    left = told["_claim_names"]
    assert {"groups", "roles", "address"} <= left.keys()
    assert not told.keys() & left.keys()
    assert {told["_claim_sources"][where]["endpoint"] for where in left.values()} == {f"{told['iss']}/userinfo"}
    assert left.keys() <= userinfo.keys()
    assert (userinfo["groups"], len(userinfo["roles"])) == (GROUPS, 100)
    assert userinfo["address"]["street_address"] == userinfo["attribute098"] == LONG
    # What is small stays.
    assert (told["given_name"], told["email"]) == ("Carol", carol.email)


def test_the_largest_claim_is_left_and_no_other_is(shop: RelyingParty, groups: Sequence[str]) -> None:
    choose(shop, "groups", "groups", in_id_token=True, in_access_token=True)
    choose(shop, "loyalty", "attribute", "loyaltyNumber", in_id_token=True)
    tokens = shop.tokens(scope="openid")
    id_token = shop.accepts(tokens["id_token"], audience=shop.client_id)
    for told in (id_token, shop.accepts(tokens["access_token"])):
        assert told["_claim_names"] == {"groups": "issuer"}
        assert "groups" not in told
    assert id_token["loyalty"] == "C-1001"
    assert shop.userinfo(tokens["access_token"]).json() == {"sub": id_token["sub"], "groups": GROUPS}


def test_userinfo_tells_no_more_than_was_left_and_is_still_chosen(shop: RelyingParty, groups: Sequence[str]) -> None:
    choose(shop, "groups", "groups", in_id_token=True)
    choose(shop, "held_back", "attribute", "loyaltyNumber", in_access_token=True)
    choose(shop, "secret", "constant", "x")
    access_token = shop.tokens(scope="openid", claims='{"userinfo": {"secret": null, "held_back": null}}')[
        "access_token"
    ]
    assert shop.userinfo(access_token).json().keys() == {"sub", "groups"}
    choose(shop, "groups", "groups")
    assert shop.userinfo(access_token).json().keys() == {"sub"}


def test_a_token_that_has_room_says_nothing_of_it(shop: RelyingParty) -> None:
    choose(shop, "groups", "groups", in_id_token=True, in_access_token=True)
    tokens = shop.tokens()
    for told in (shop.accepts(tokens["id_token"], audience=shop.client_id), shop.accepts(tokens["access_token"])):
        assert not {"_claim_names", "_claim_sources"} & told.keys()


def test_an_api_has_what_is_left_by_introspection(
    shop: RelyingParty, acme: Tenant, carol: Account, groups: Sequence[str]
) -> None:
    orders = found_orders(acme)
    orders.permit(shop.application, orders.read)
    with tenant_context(acme):
        claim = Claim(name="groups", source="groups", scope="profile", in_access_token=True)
        choose_claim(orders.application, claim, actor=COMMAND)
        api = RelyingParty(shop.browser, orders.application, new_secret(orders.application))
    token = shop.exchange(shop.code(scope=f"openid profile {READ}")).json()["access_token"]

    assert len(token) < COOKIE
    told = shop.accepts(token, audience=ORDERS)
    assert told["_claim_names"] == {"groups": "issuer"}
    assert told["_claim_sources"]["issuer"]["endpoint"].endswith("/introspect")
    assert api.introspect(token).json()["groups"] == GROUPS
    # The application learns nothing of it that is the API's to know.
    assert "groups" not in shop.introspect(token).json()


def test_an_application_with_a_token_for_an_api_asks_for_one_for_userinfo(
    shop: RelyingParty, acme: Tenant, groups: Sequence[str]
) -> None:
    orders = found_orders(acme)
    orders.permit(shop.application, orders.read)
    choose(shop, "groups", "groups", in_id_token=True)
    tokens = shop.tokens(scope=f"openid offline_access {READ}")
    id_token = shop.accepts(tokens["id_token"], audience=shop.client_id)
    assert id_token["_claim_names"] == {"groups": "issuer"}
    assert "_claim_names" not in shop.accepts(tokens["access_token"], audience=ORDERS)

    of_issuer = shop.refresh(tokens["refresh_token"], resource=id_token["iss"]).json()["access_token"]

    assert shop.userinfo(of_issuer).json()["groups"] == GROUPS
