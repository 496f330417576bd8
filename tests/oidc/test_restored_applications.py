"""An application that was deleted: nowhere, until it is restored, and then as it was but for its tokens."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context
from time_machine import TimeMachineFixture

from accounts.models import Account
from applications.description import Claim
from applications.models import Application, DeletedApplication
from applications.services.application import change_application, describe
from applications.services.claims import choose_claim
from applications.services.deletion import delete_application, restore_application
from applications.services.registration import register_application
from applications.services.roles import assign_role
from audit.services import Actor
from oidc.consents.services import give_consent
from tenants.models import Tenant
from tests.browser import Browser
from tests.oidc.apis import ORDERS, READ, OrdersApi, found_orders
from tests.oidc.key_holder import KeyHolder
from tests.oidc.registering import WEB, Register, manage
from tests.oidc.relying_party import INACTIVE, RelyingParty, is_unauthorized, refused

COMMAND = Actor.command()


def deleted(party: RelyingParty) -> DeletedApplication:
    with tenant_context(party.browser.tenant):
        return delete_application(Application.objects.get(client_id=party.client_id), actor=COMMAND)


def restored(party: RelyingParty, kept: DeletedApplication) -> Application:
    with tenant_context(party.browser.tenant):
        return restore_application(kept, actor=COMMAND).application


def test_o27_nothing_answers_for_it_until_it_is_restored(shop: RelyingParty) -> None:
    tokens, code = shop.tokens(), shop.code()
    kept = deleted(shop)

    page = shop.authorize()
    assert page.status_code == 400
    assert "Location" not in page
    assert is_unauthorized(shop.exchange(code))
    assert is_unauthorized(shop.refresh(tokens["refresh_token"]))
    assert is_unauthorized(shop.token(grant_type="client_credentials"))
    assert is_unauthorized(shop.introspect(tokens["access_token"]))
    assert is_unauthorized(shop.revoke(tokens["access_token"]))
    assert is_unauthorized(shop.as_client("/oidc/par", **shop.request()))
    assert is_unauthorized(shop.as_client("/oidc/device_authorization", scope="openid"))
    assert shop.userinfo(tokens["access_token"]).status_code == 401

    restored(shop, kept)
    assert shop.userinfo(shop.tokens()["access_token"]).status_code == 200


def test_o27_what_it_was_given_before_it_was_deleted_stays_worthless(
    shop: RelyingParty, service: RelyingParty, time_machine: TimeMachineFixture
) -> None:
    tokens, code = shop.tokens(), shop.code()
    of_service = service.token(grant_type="client_credentials").json()["access_token"]
    kept, kept_service = deleted(shop), deleted(service)
    time_machine.move_to(timezone.now() + timedelta(seconds=1))
    restored(shop, kept)
    restored(service, kept_service)

    assert shop.userinfo(tokens["access_token"]).status_code == 401
    assert shop.introspect(tokens["access_token"]).json() == INACTIVE
    assert refused(shop.refresh(tokens["refresh_token"]))
    assert refused(shop.exchange(code))
    assert service.introspect(of_service).json() == INACTIVE
    # What it is given from now on is good at once.
    assert service.introspect(service.token(grant_type="client_credentials").json()["access_token"]).json()["active"]


def test_customers_are_asked_again_for_what_they_allowed(asking: RelyingParty, acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        give_consent(carol, asking.application, scopes=("openid",))
    assert "code=" in asking.authorize(scope="openid")["Location"]

    restored(asking, deleted(asking))

    assert "code=" not in asking.authorize(scope="openid").get("Location", "")


def test_they_are_so_for_what_they_allowed_while_it_was_being_deleted(
    asking: RelyingParty, acme: Tenant, carol: Account
) -> None:
    """A process that hasn't heard of the deletion yet takes it down."""
    kept = deleted(asking)
    with tenant_context(acme):
        give_consent(carol, asking.application, scopes=("openid",))

    restored(asking, kept)

    assert "code=" not in asking.authorize(scope="openid").get("Location", "")


def test_a_key_pair_opens_the_same_door_again(holder: KeyHolder) -> None:
    kept = deleted(holder)
    assert is_unauthorized(holder.asserted(holder.assertion(), grant_type="client_credentials"))

    restored(holder, kept)

    assert holder.asserted(holder.assertion(), grant_type="client_credentials").status_code == 200


def test_an_api_has_its_scopes_callers_and_roles(shop: RelyingParty, acme: Tenant, carol: Account) -> None:
    orders = found_orders(acme)
    orders.permit(shop.application, orders.read)
    with tenant_context(acme):
        assign_role(orders.clerk, account=carol, actor=COMMAND)
    before = claims_for_orders(shop)

    restored_api(orders, acme)

    assert claims_for_orders(shop) == before
    assert before["roles"] == ["clerk"]


def test_whoever_called_an_api_that_is_gone_calls_what_is_left(shop: RelyingParty, acme: Tenant) -> None:
    orders = found_orders(acme)
    orders.permit(shop.application, orders.read)
    kept = deleted(shop)
    with tenant_context(acme):
        delete_application(orders.application, actor=COMMAND)

    restored(shop, kept)

    assert "error=invalid_target" in shop.authorize(scope=f"openid {READ}", resource=ORDERS)["Location"]
    assert shop.userinfo(shop.tokens()["access_token"]).status_code == 200


def test_whoever_may_call_an_api_may_again_if_what_was_deleted_last_is_restored_first(
    shop: RelyingParty, acme: Tenant
) -> None:
    orders = found_orders(acme)
    orders.permit(shop.application, orders.read)
    before = claims_for_orders(shop)
    with tenant_context(acme):
        kept_api = delete_application(orders.application, actor=COMMAND)
    kept = deleted(shop)

    restored(shop, kept)
    restored(shop, kept_api)

    assert claims_for_orders(shop) == before


def test_one_that_registered_itself_manages_that_again(register: Register, acme_browser: Browser, acme: Tenant) -> None:
    registered = register(WEB).json()
    with tenant_context(acme):
        kept = delete_application(Application.objects.get(client_id=registered["client_id"]), actor=COMMAND)
    for method in ("get", "delete"):
        assert manage(acme_browser, registered, method).status_code == 401
    assert manage(acme_browser, registered, "put", WEB | {"client_id": registered["client_id"]}).status_code == 401

    with tenant_context(acme):
        restore_application(kept, actor=COMMAND)

    assert manage(acme_browser, registered, "get").json()["client_name"] == WEB["client_name"]


def test_nobody_registers_with_the_client_id_of_one_that_is_deleted(
    register: Register, shop: RelyingParty, acme: Tenant
) -> None:
    kept = deleted(shop)

    others = [register(WEB | {"client_id": shop.client_id}).json()["client_id"]]
    with tenant_context(acme):
        others.append(register_application(name="Bookshop", kind="spa", redirect_uris=[], actor=COMMAND).client_id)

    assert shop.client_id not in others
    assert restored(shop, kept).client_id == shop.client_id


def test_one_that_deleted_itself_is_gone(register: Register, acme_browser: Browser, acme: Tenant) -> None:
    registered = register(WEB).json()

    assert manage(acme_browser, registered, "delete").status_code == 204

    with tenant_context(acme):
        assert not DeletedApplication.objects.exists()


def test_all_that_is_described_comes_back(shop: RelyingParty, acme: Tenant) -> None:
    with tenant_context(acme):
        change_application(
            shop.application,
            framework="flask",
            factors=("app", "passkey"),
            requires_pushed_requests=True,
            access_token_minutes=70,
            backchannel_logout_uri="https://bookshop.example/gone",
            subject_type="pairwise",
            actor=COMMAND,
        )
        choose_claim(shop.application, Claim("tier", source="constant", value="gold", in_id_token=True), actor=COMMAND)
        before, columns = describe(shop.application), columns_of(shop)

        restore_application(delete_application(shop.application, actor=COMMAND), actor=COMMAND)

        assert describe(Application.objects.get(client_id=shop.client_id)) == before
        after = columns_of(shop)
        assert after.pop("tokens_count_from")
        assert after == {name: value for name, value in columns.items() if name != "tokens_count_from"}


@pytest.mark.parametrize("kept_by", ["an_older_release", "a_later_release"])
def test_it_comes_back_with_a_release_that_knows_other_columns(shop: RelyingParty, acme: Tenant, kept_by: str) -> None:
    kept = deleted(shop)
    with tenant_context(acme):
        row = DeletedApplication.objects.get()
        own = row.rows[0][1][0]
        if kept_by == "an_older_release":
            del own["framework"], own["tokens_count_from"]
        else:
            own["colour"] = "red"
            row.rows.append(["applications.Colour", [{"id": 1}]])
        row.save()

    restored(shop, kept)

    assert shop.userinfo(shop.tokens()["access_token"]).status_code == 200


def claims_for_orders(shop: RelyingParty) -> dict[str, Any]:
    """What an access token for the API says, but for what differs from one to the next."""
    token = shop.tokens(scope=f"openid {READ}", resource=ORDERS)["access_token"]
    told = shop.accepts(token, audience=ORDERS)
    return {name: told.get(name) for name in ("aud", "scope", "roles", "sub", "client_id")}


def restored_api(orders: OrdersApi, acme: Tenant) -> None:
    with tenant_context(acme):
        restore_application(delete_application(orders.application, actor=COMMAND), actor=COMMAND)


def columns_of(shop: RelyingParty) -> dict[str, Any]:
    columns = Application.objects.filter(client_id=shop.client_id).values().get()
    return {name: value for name, value in columns.items() if name != "updated"}
