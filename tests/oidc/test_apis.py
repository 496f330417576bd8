"""Tokens for APIs: one audience, the scopes permitted and asked for, the roles somebody has there."""

from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.groups import add_to_group, create_group
from accounts.models import Account
from applications.description import Role, Scope
from applications.models import RoleAssignment
from applications.services.apis import change_api_scope
from applications.services.application import change_application
from applications.services.deletion import delete_application
from applications.services.roles import assign_role, define_role, withdraw_role
from tenants.models import Tenant
from tests.cast import new_secret
from tests.oidc.apis import COMMAND, ORDERS, READ, WRITE, OrdersApi, found_orders
from tests.oidc.relying_party import RelyingParty, answer_in


@pytest.fixture
def orders(acme: Tenant) -> OrdersApi:
    return found_orders(acme)


@pytest.fixture
def buyer(shop: RelyingParty, orders: OrdersApi) -> RelyingParty:
    """Bookshop, which may read and place orders."""
    orders.permit(shop.application, orders.read, orders.write)
    return shop


@pytest.fixture
def robot(service: RelyingParty, orders: OrdersApi) -> RelyingParty:
    """Reports, which is a clerk there."""
    orders.permit(service.application, roles=(orders.clerk,))
    return service


def claims(party: RelyingParty, answer: Any, *, audience: str = ORDERS) -> dict[str, Any]:
    assert answer.status_code == 200, answer.content
    return party.accepts(answer.json()["access_token"], audience=audience)


def error(answer: Any) -> str:
    text: str = answer.json()["error"]
    return text


def test_a_token_for_an_api_names_it_and_its_scopes_as_it_calls_them(buyer: RelyingParty) -> None:
    answer = buyer.exchange(buyer.code(scope=f"openid offline_access {READ}"))
    told = claims(buyer, answer)
    assert (told["aud"], told["scope"], told["client_id"]) == (ORDERS, "orders.read", buyer.client_id)
    assert answer.json()["scope"].split() == ["openid", "offline_access", READ]
    assert buyer.accepts(answer.json()["id_token"], audience=buyer.client_id)["aud"] == buyer.client_id


def test_a_resource_lets_scopes_be_called_by_their_names_alone(buyer: RelyingParty) -> None:
    told = claims(buyer, buyer.exchange(buyer.code(scope="openid orders.write", resource=ORDERS)))
    assert (told["aud"], told["scope"]) == (ORDERS, "orders.write")


def test_default_stands_for_all_that_is_permitted(buyer: RelyingParty) -> None:
    told = claims(buyer, buyer.exchange(buyer.code(scope=f"openid {ORDERS}/.default")))
    assert told["scope"] == "orders.read orders.write"


def test_o26_one_sign_in_serves_two_audiences_one_token_each(buyer: RelyingParty, acme: Tenant) -> None:
    issuer = buyer.browser.get("/oidc/.well-known/openid-configuration").json()["issuer"]
    first = buyer.exchange(buyer.code(scope=f"openid offline_access {READ}")).json()
    at_issuer = buyer.refresh(first["refresh_token"], resource=issuer)
    told = claims(buyer, at_issuer, audience=issuer)
    assert told["scope"].split() == ["openid", "offline_access"]
    assert buyer.userinfo(at_issuer.json()["access_token"]).status_code == 200
    again = buyer.refresh(at_issuer.json()["refresh_token"], resource=ORDERS)
    assert claims(buyer, again)["scope"] == "orders.read"
    foreign = buyer.refresh(again.json()["refresh_token"], resource="https://evil.example")
    assert error(foreign) == "invalid_target"


def test_o26_userinfo_is_for_tokens_of_the_issuer(buyer: RelyingParty) -> None:
    token = buyer.exchange(buyer.code(scope=f"openid {READ}")).json()["access_token"]
    refused = buyer.userinfo(token)
    assert refused.status_code == 401
    assert "resource=" in refused.json()["error_description"]


def test_o25_what_isnt_permitted_isnt_granted(shop: RelyingParty, orders: OrdersApi) -> None:
    assert answer_in(shop.authorize(resource=ORDERS))["error"] == "invalid_target"
    assert answer_in(shop.authorize(scope=READ))["error"] == "invalid_scope"
    orders.permit(shop.application, orders.read)
    told = claims(shop, shop.exchange(shop.code(scope=f"openid {READ} {WRITE}")))
    assert told["scope"] == "orders.read"


def test_o25_a_refresh_narrows_and_never_widens(buyer: RelyingParty) -> None:
    tokens = buyer.exchange(buyer.code(scope=f"openid offline_access {READ}")).json()
    assert error(buyer.refresh(tokens["refresh_token"], scope=f"{READ} {WRITE}")) == "invalid_scope"
    both = buyer.exchange(buyer.code(scope=f"openid offline_access {READ} {WRITE}")).json()
    assert claims(buyer, buyer.refresh(both["refresh_token"], scope=WRITE))["scope"] == "orders.write"


def test_a_permission_taken_back_counts_at_the_next_refresh(buyer: RelyingParty, orders: OrdersApi) -> None:
    tokens = buyer.exchange(buyer.code(scope=f"openid offline_access {READ} {WRITE}")).json()
    orders.permit(buyer.application, orders.read)
    refreshed = buyer.refresh(tokens["refresh_token"])
    assert claims(buyer, refreshed)["scope"] == "orders.read"
    orders.permit(buyer.application)
    assert error(buyer.refresh(refreshed.json()["refresh_token"])) == "invalid_target"


def test_a_scope_out_of_use_is_granted_to_nobody(buyer: RelyingParty, orders: OrdersApi) -> None:
    with tenant_context(orders.tenant):
        change_api_scope(
            orders.application,
            Scope(
                orders.write.name,
                display_name="Place orders",
                description="",
                customer_display_name="",
                customer_description="",
                consenter="anybody",
                is_enabled=False,
                translations={},
            ),
            actor=COMMAND,
        )
    assert answer_in(buyer.authorize(scope=WRITE))["error"] == "invalid_scope"


def test_an_api_that_is_gone_is_no_audience(buyer: RelyingParty, orders: OrdersApi) -> None:
    tokens = buyer.exchange(buyer.code(scope=f"openid offline_access {READ}")).json()
    with tenant_context(orders.tenant):
        delete_application(orders.application, actor=COMMAND)
    assert error(buyer.refresh(tokens["refresh_token"])) == "invalid_target"
    assert answer_in(buyer.authorize(resource=ORDERS))["error"] == "invalid_target"


def test_t17_another_tenants_api_is_unknown(rival: RelyingParty, orders: OrdersApi) -> None:
    assert answer_in(rival.authorize(resource=ORDERS))["error"] == "invalid_target"
    assert answer_in(rival.authorize(scope=READ))["error"] == "invalid_scope"


def test_a_service_is_what_it_was_made_at_the_api(robot: RelyingParty) -> None:
    for asked in ({"scope": f"{ORDERS}/.default"}, {"resource": ORDERS}):
        told = claims(robot, robot.token(grant_type="client_credentials", **asked))
        assert (told["aud"], told["roles"], told["sub"]) == (ORDERS, ["clerk"], robot.client_id)


def test_a_service_without_a_role_there_gets_nothing(service: RelyingParty, orders: OrdersApi) -> None:
    assert error(service.token(grant_type="client_credentials", resource=ORDERS)) == "invalid_target"
    answer = service.token(grant_type="client_credentials", scope=f"{ORDERS}/.default")
    assert error(answer) == "invalid_scope"


def test_a_customer_carries_the_roles_given_to_them_and_to_their_groups(
    buyer: RelyingParty, orders: OrdersApi, carol: Account
) -> None:
    with tenant_context(orders.tenant):
        manager = define_role(orders.application, Role(value="manager", display_name="Manager"), actor=COMMAND)
        group = create_group(name="Regulars", actor=COMMAND)
        add_to_group(group, account=carol, actor=COMMAND)
        assign_role(orders.clerk, account=carol, actor=COMMAND)
        assign_role(manager, group=group, actor=COMMAND)
    tokens = buyer.exchange(buyer.code(scope=f"openid offline_access {READ}"))
    assert claims(buyer, tokens)["roles"] == ["clerk", "manager"]
    with tenant_context(orders.tenant):
        withdraw_role(RoleAssignment.objects.get(account=carol), actor=COMMAND)
    assert claims(buyer, buyer.refresh(tokens.json()["refresh_token"]))["roles"] == ["manager"]


def test_roles_in_the_application_itself_stand_in_its_id_token(shop: RelyingParty, carol: Account) -> None:
    with tenant_context(shop.browser.tenant):
        role = define_role(shop.application, Role(value="reader", display_name="Reader"), actor=COMMAND)
        assign_role(role, account=carol, actor=COMMAND)
    tokens = shop.tokens()
    assert shop.accepts(tokens["id_token"], audience=shop.client_id)["roles"] == ["reader"]
    assert shop.accepts(tokens["access_token"])["roles"] == ["reader"]


def test_roles_elsewhere_are_nobodys_business(buyer: RelyingParty, orders: OrdersApi, carol: Account) -> None:
    with tenant_context(orders.tenant):
        assign_role(orders.clerk, account=carol, actor=COMMAND)
    tokens = buyer.tokens()
    assert "roles" not in buyer.accepts(tokens["access_token"])
    assert "roles" not in buyer.accepts(tokens["id_token"], audience=buyer.client_id)


def test_the_api_may_ask_about_tokens_made_for_it(buyer: RelyingParty, orders: OrdersApi) -> None:
    with tenant_context(orders.tenant):
        api = RelyingParty(buyer.browser, orders.application, new_secret(orders.application))
    token = buyer.exchange(buyer.code(scope=f"openid {READ}")).json()["access_token"]
    told = api.introspect(token).json()
    assert (told["active"], told["aud"], told["scope"]) == (True, ORDERS, "orders.read")
    own = buyer.tokens()["access_token"]
    assert api.introspect(own).json() == {"active": False}


def test_the_name_of_an_api_can_change(buyer: RelyingParty, orders: OrdersApi) -> None:
    with tenant_context(orders.tenant):
        change_application(orders.application, identifier_uri="api://orders", actor=COMMAND)
    told = claims(buyer, buyer.exchange(buyer.code(scope="openid api://orders/orders.read")), audience="api://orders")
    assert told["scope"] == "orders.read"
    assert answer_in(buyer.authorize(scope=READ))["error"] == "invalid_scope"
