"""Ada exposes an API, permits its scopes, gives roles and chooses claims; the next token shows it."""

from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account, Group
from applications.models import ApiScope, Application, AppRole, ClaimRule, RoleAssignment, ScopePermission
from audit.models import Event
from tenants.models import Tenant
from tests.browser import Browser
from tests.oidc.apis import ORDERS, READ, OrdersApi, found_orders
from tests.oidc.relying_party import RelyingParty

PAGE = "/tenants/acme/applications/"


def page_of(application: Application, part: str) -> str:
    return f"{PAGE}{application.client_id}/{part}"


def text(answer: Any) -> str:
    content: str = answer.content.decode()
    return content.replace("&#x27;", "'")


@pytest.fixture
def orders(acme: Tenant) -> OrdersApi:
    return found_orders(acme)


def test_an_application_becomes_an_api_with_a_scope(ada_portal: Browser, acme: Tenant, reports: Application) -> None:
    api = page_of(reports, "api/")
    assert f"api://{reports.client_id}" in text(ada_portal.get(api))
    assert "Scopes" not in text(ada_portal.get(api))
    ada_portal.post(api, {"identifier_uri": "https://reports.acme.example"})
    answer = ada_portal.post(
        f"{api}scopes/new/",
        {
            "name": "sales.read",
            "display_name": "Read sales",
            "consenter": "anybody",
            "customer_display_name": "See what you bought",
        },
        follow=True,
    )
    assert "https://reports.acme.example/sales.read" in text(answer)
    with tenant_context(acme):
        scope = ApiScope.objects.get()
        assert scope.words_in("de")[0] == "See what you bought"
        event = Event.objects.filter(action="application.changed", actor_name="ada@portal.example").latest("id")
    assert event.details == {"fields": ["api_scopes"], "added": ["api_scopes.sales.read"]}
    asked = ada_portal.post(api, {"identifier_uri": ""})
    assert "No application can ask for sales.read" in text(asked)
    gone = {"identifier_uri": "", "confirmed": asked.context["confirmed"]}
    assert "This application is no longer an API." in text(ada_portal.post(api, gone, follow=True))


def words_page_of(orders: OrdersApi, language: str) -> str:
    return page_of(orders.application, f"api/scopes/{orders.read.pk}/words/{language}/")


def test_a_scope_is_said_in_a_language_on_a_page_of_its_own(
    ada_portal: Browser, acme: Tenant, orders: OrdersApi
) -> None:
    page = words_page_of(orders, "de")
    assert "Texts in German" in text(ada_portal.get(page))
    saved = ada_portal.post(page, {"name": " Bestellungen sehen ", "description": ""}, follow=True)
    assert "Customers who read German see these words from now on." in text(saved)
    assert 'value="Bestellungen sehen"' in text(saved)
    with tenant_context(acme):
        scope = ApiScope.objects.get(pk=orders.read.pk)
    assert scope.translations == {"de": {"name": "Bestellungen sehen"}}
    assert scope.words_in("de-at")[0] == "Bestellungen sehen"
    assert scope.words_in("fr")[0] != "Bestellungen sehen"

    ada_portal.post(page, {"name": "", "description": ""})
    with tenant_context(acme):
        assert ApiScope.objects.get(pk=orders.read.pk).translations == {}


def test_saving_a_scope_leaves_its_words_in_other_languages(
    ada_portal: Browser, acme: Tenant, orders: OrdersApi
) -> None:
    ada_portal.post(words_page_of(orders, "ar"), {"name": "عرض الطلبات"})
    scope = page_of(orders.application, f"api/scopes/{orders.read.pk}/")
    assert 'dir="rtl"' in text(ada_portal.get(words_page_of(orders, "ar")))
    ada_portal.post(scope, {"display_name": "Look at orders", "consenter": "anybody", "is_enabled": "on"})
    with tenant_context(acme):
        kept = ApiScope.objects.get(pk=orders.read.pk)
    assert (kept.display_name, kept.words_in("ar")[0]) == ("Look at orders", "عرض الطلبات")


def test_words_that_are_too_long_or_changed_meanwhile_are_not_kept(
    ada_portal: Browser, acme: Tenant, orders: OrdersApi
) -> None:
    page = words_page_of(orders, "fr")
    refused = ada_portal.post(page, {"name": "x" * 121})
    assert "Not saved yet" in text(refused)
    assert "too long" in text(refused)
    late = ada_portal.post(page, {"name": "Voir", "seen": "another state"})
    assert "This has changed since you opened the page" in text(late)
    assert 'value="Voir"' in text(late)
    with tenant_context(acme):
        assert ApiScope.objects.get(pk=orders.read.pk).translations == {}


def test_no_page_is_there_for_a_language_that_customer_pages_do_not_speak(
    ada_portal: Browser, orders: OrdersApi
) -> None:
    assert ada_portal.get(words_page_of(orders, "la")).status_code == 404


def test_what_stops_when_an_api_loses_its_name_is_said_before(
    ada_portal: Browser, acme: Tenant, bookshop: Application, orders: OrdersApi
) -> None:
    orders.permit(bookshop, orders.read)
    api = page_of(orders.application, "api/")
    for identifier in ("", "https://renamed.example"):
        asked = text(ada_portal.post(api, {"identifier_uri": identifier}))
        assert f"Bookshop is refused when it asks for {orders.read.full_name}." in asked
    with tenant_context(acme):
        orders.application.refresh_from_db()
    assert orders.application.identifier_uri == ORDERS
    assert ada_portal.post(api, {"identifier_uri": ORDERS}).status_code == 302


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"identifier_uri": "orders"}, "Begin with api:// or https://"),
        ({"identifier_uri": ORDERS}, "has this identifier URI"),
        ({"identifier_uri": "http://localhost/t/acme/oidc"}, "Begin with api:// or https://"),
    ],
)
def test_a_wrong_name_is_told_at_its_field_and_stays(
    ada_portal: Browser, reports: Application, orders: OrdersApi, sent: dict[str, str], problem: str
) -> None:
    answer = ada_portal.post(page_of(reports, "api/"), sent)
    assert problem in text(answer) or "taken" in text(answer)
    assert f'value="{sent["identifier_uri"]}"' in text(answer)


def test_a_scope_is_changed_and_deleted(ada_portal: Browser, bookshop: Application, orders: OrdersApi) -> None:
    orders.permit(bookshop, orders.read)
    page = page_of(orders.application, f"api/scopes/{orders.read.pk}/")
    saved = ada_portal.post(page, {"display_name": "Look at orders", "consenter": "administrators"}, follow=True)
    assert "Look at orders" in text(saved)
    assert "Not in use" in text(saved)
    assert "Bookshop" in text(ada_portal.get(f"{page}delete/"))
    assert "is deleted" in text(ada_portal.post(f"{page}delete/", follow=True))


def test_what_is_permitted_stands_in_the_next_token(
    ada_portal: Browser,
    bookshop: Application,
    orders: OrdersApi,
    shop: RelyingParty,
) -> None:
    permissions = page_of(bookshop, "permissions/")
    assert "Orders: Read orders" in text(ada_portal.get(permissions))
    ada_portal.post(permissions, {"scopes": [str(orders.read.pk)]})
    token = shop.exchange(shop.code(scope=f"openid {READ}")).json()["access_token"]
    assert shop.accepts(token, audience=ORDERS)["scope"] == "orders.read"
    ada_portal.post(permissions, {})
    assert "error=invalid_scope" in shop.authorize(scope=READ)["Location"]


def test_consent_is_asked_granted_and_taken_back(
    ada_portal: Browser,
    bookshop: Application,
    orders: OrdersApi,
    shop: RelyingParty,
) -> None:
    orders.permit(bookshop, orders.read)
    page = page_of(bookshop, "permissions/")
    assert "Not asked" in text(ada_portal.get(page))
    assert "Asked" in text(ada_portal.post(f"{page}consent", {"asks": "on"}, follow=True))
    assert shop.authorize(scope=f"openid {READ}")["Location"].endswith("/consent/")
    assert "Read orders" in text(ada_portal.get(f"{page}grant/"))
    granted = text(ada_portal.post(f"{page}grant/", follow=True))
    assert "Granted for all" in granted
    assert "ada@portal.example" in granted
    assert "code=" in shop.authorize(scope=f"openid {READ}")["Location"]
    ada_portal.post(f"{page}grant/?take=back")
    with tenant_context(orders.tenant):
        assert ScopePermission.objects.get().granted_at is None
    assert shop.authorize(scope=f"openid {READ}")["Location"].endswith("/consent/")


def test_a_service_is_given_a_role_of_an_api(ada_portal: Browser, reports: Application, orders: OrdersApi) -> None:
    page = page_of(reports, "permissions/")
    assert "Orders: Clerk" in text(ada_portal.get(page))
    assert "Consent of customers" not in text(ada_portal.get(page))
    ada_portal.post(page, {"roles": [str(orders.clerk.pk)]})
    with tenant_context(orders.tenant):
        assert reports.role_permissions.get().role == orders.clerk


def test_a_role_is_given_to_carol_and_to_a_group(
    ada_portal: Browser,
    acme: Tenant,
    bookshop: Application,
    carol: Account,
    shop: RelyingParty,
) -> None:
    added = ada_portal.post(
        page_of(bookshop, "roles/new/"), {"value": "editor", "display_name": "Editor", "for_customers": "on"}
    )
    page = added["Location"]
    with tenant_context(acme):
        role = AppRole.objects.get()
    assert "No customer has this address." in text(ada_portal.post(f"{page}assign", {"email": "nobody@acme.example"}))
    assert "not both" in text(ada_portal.post(f"{page}assign", {}))
    assert "carol@acme.example" in text(ada_portal.post(f"{page}assign", {"email": "CAROL@acme.example"}, follow=True))
    claims = shop.accepts(shop.tokens()["id_token"], audience=shop.client_id)
    assert claims["roles"] == ["editor"]
    with tenant_context(acme):
        assignment = RoleAssignment.objects.get(role=role, account=carol)
    ada_portal.post(page_of(bookshop, f"roles/{role.pk}/assignments/{assignment.pk}/withdraw"))
    assert "roles" not in shop.accepts(shop.tokens()["id_token"], audience=shop.client_id)

    group_page = ada_portal.post("/tenants/acme/groups/", {"name": "Regulars"})["Location"]
    assert "carol@acme.example" in text(ada_portal.post(f"{group_page}add", {"email": carol.email}, follow=True))
    with tenant_context(acme):
        group = Group.objects.get()
    ada_portal.post(f"{page}assign", {"group": str(group.pk)})
    assert shop.accepts(shop.tokens()["id_token"], audience=shop.client_id)["roles"] == ["editor"]
    told = text(ada_portal.get(f"{group_page}delete/"))
    assert "1 customer is in it." in told
    assert "Bookshop: Editor" in told
    ada_portal.post(f"{group_page}remove/{carol.pk}")
    assert "roles" not in shop.accepts(shop.tokens()["id_token"], audience=shop.client_id)
    assert "Nothing was deleted" in text(ada_portal.post(f"{group_page}delete/", {"typed_name": "Regular"}))
    ada_portal.post(f"{group_page}delete/", {"typed_name": "Regulars"})
    ada_portal.post(page_of(bookshop, f"roles/{role.pk}/delete/"))
    with tenant_context(acme):
        assert not AppRole.objects.exists()
        assert not Group.objects.exists()


def test_a_role_says_what_is_wrong(ada_portal: Browser, bookshop: Application) -> None:
    answer = text(ada_portal.post(page_of(bookshop, "roles/new/"), {"value": "a b", "display_name": "Editor"}))
    assert "Begin with a letter or digit" in answer
    assert 'value="Editor"' in answer


def test_a_claim_is_chosen_changed_and_forgotten(
    ada_portal: Browser,
    acme: Tenant,
    bookshop: Application,
    shop: RelyingParty,
) -> None:
    page = page_of(bookshop, "claims/")
    assert "Default claims only" in text(ada_portal.get(page))
    chosen = {"name": "loyalty", "source": "attribute", "attribute": "loyaltyNumber", "in_id_token": "on"}
    assert "loyaltyNumber" in text(ada_portal.post(f"{page}new/", chosen, follow=True))
    assert shop.accepts(shop.tokens()["id_token"], audience=shop.client_id)["loyalty"] == "C-1001"
    assert "already chosen" in text(ada_portal.post(f"{page}new/", chosen))
    with tenant_context(acme):
        rule = ClaimRule.objects.get()
    ada_portal.post(f"{page}{rule.pk}/", {"source": "constant", "text": "gold", "in_userinfo": "on"})
    tokens = shop.tokens()
    assert "loyalty" not in shop.accepts(tokens["id_token"], audience=shop.client_id)
    assert shop.userinfo(tokens["access_token"]).json()["loyalty"] == "gold"
    ada_portal.post(f"{page}{rule.pk}/forget")
    assert "loyalty" not in shop.userinfo(shop.tokens()["access_token"]).json()


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"name": "sub", "source": "constant", "text": "x"}, "meaning of its own"),
        ({"name": "email", "source": "constant", "text": "x"}, "come from elsewhere"),
        ({"name": "color", "source": "constant", "text": ""}, "Enter a text"),
        ({"name": "color", "source": "attribute"}, "Choose an attribute"),
    ],
)
def test_a_claim_that_cant_be_is_refused_at_its_field(
    ada_portal: Browser, bookshop: Application, sent: dict[str, str], problem: str
) -> None:
    assert problem in text(ada_portal.post(page_of(bookshop, "claims/new/"), sent))


def test_a_change_meanwhile_isnt_overwritten(ada_portal: Browser, bookshop: Application, orders: OrdersApi) -> None:
    page = page_of(bookshop, "permissions/")
    seen = text(ada_portal.get(page)).partition('name="seen" value="')[2].partition('"')[0]
    orders.permit(bookshop, orders.write)
    answer = text(ada_portal.post(page, {"seen": seen, "scopes": [str(orders.read.pk)]}))
    assert "This has changed since you opened the page" in answer
    with tenant_context(orders.tenant):
        assert ScopePermission.objects.get().scope == orders.write
