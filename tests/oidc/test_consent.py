"""What customers allow applications: asked where nobody has granted it for all, remembered, and taken back."""

from datetime import UTC, datetime
from urllib.parse import urljoin

import pytest
from django_tenants.utils import tenant_context
from time_machine import TimeMachineFixture

from accounts.models import Account
from applications.description import Scope
from applications.models import Application
from applications.services.apis import change_api_scope
from applications.services.application import change_application
from applications.services.deletion import delete_application
from applications.services.permissions import grant_for_all, revoke_grant_for_all
from audit.models import Event
from oidc.models import Consent
from tenants.models import Tenant
from tests.branding.brands import brand
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.oidc.apis import COMMAND, READ, WRITE, OrdersApi, found_orders
from tests.oidc.consent_page import Page, asks
from tests.oidc.relying_party import RelyingParty, answer_in
from tests.userflows.customer import leads_to
from tests.userflows.later import a_day_passes
from userflows.journeys.dead_ends import SECOND_PRESS


@pytest.fixture
def orders(asking: RelyingParty, acme: Tenant) -> OrdersApi:
    orders = found_orders(acme)
    orders.permit(asking.application, orders.read, orders.write)
    return orders


def test_b18_where_carol_decides_about_access_acmes_own_css_does_not_hold(asking: RelyingParty) -> None:
    brand(asking.browser.tenant, custom_css=".ext-title { color: #fff }")
    assert 'class="styled"' in Browser(asking.browser.tenant).get("/sign-in/", follow=True).content.decode()
    assert 'class="styled"' not in asks(asking).text


def test_nobody_is_asked_unless_the_administrator_wants_it(shop: RelyingParty) -> None:
    assert "code" in answer_in(shop.authorize())


def test_carol_is_asked_once_and_what_she_allowed_is_remembered(asking: RelyingParty) -> None:
    page = asks(asking, scope="openid email offline_access")
    assert "Bookshop" in page.text
    assert "carol@acme.example" in page.text
    assert "See your email address" in page.text
    assert "See your postal address" not in page.text
    code = answer_in(page.press("allow"))["code"]
    assert asking.exchange(code).json()["scope"] == "openid email offline_access"
    assert "code" in answer_in(asking.authorize(scope="openid email"))
    # What is new is asked for again, beside what was allowed before.
    assert "See your postal address" in asks(asking, scope="openid email address").text


def test_nobody_is_asked_for_what_the_application_could_do_nothing_with(asking: RelyingParty) -> None:
    with tenant_context(asking.browser.tenant):
        change_application(
            Application.objects.get(pk=asking.application.pk), grant_types=["authorization_code"], actor=COMMAND
        )
    page = asks(asking, scope="openid offline_access")
    assert "Confirm your identity" in page.text
    assert "Keep access when you&#x27;re not using the app" not in page.text


def test_no_means_no(asking: RelyingParty) -> None:
    told = answer_in(asks(asking).press("deny"))
    assert told["error"] == "access_denied"
    assert told["state"] == "the state"
    with tenant_context(asking.browser.tenant):
        assert not Consent.objects.exists()
    asks(asking)


@pytest.mark.parametrize("answer", ["allow", "deny"])
def test_who_comes_back_after_the_answer_isnt_asked_again(
    asking: RelyingParty, time_machine: TimeMachineFixture, answer: str
) -> None:
    page = asks(asking)
    first = answer_in(page.press(answer))
    assert first["state"] == "the state"
    time_machine.move_to(datetime.now(UTC) + SECOND_PRESS * 2, tick=True)
    for again in (asking.browser.get(page.path), page.press("allow"), page.press("deny")):
        assert again.status_code == 303
        assert again["Location"] == urljoin(asking.redirect_uri, "/")


def test_without_a_page_the_client_is_told(asking: RelyingParty) -> None:
    assert answer_in(asking.authorize(prompt="none"))["error"] == "consent_required"
    asks(asking).press("allow")
    assert "code" in answer_in(asking.authorize(prompt="none"))


def test_an_application_may_have_its_customers_asked_anew(shop: RelyingParty) -> None:
    for _ in range(2):
        assert "code" in answer_in(asks(shop, prompt="consent").press("allow"))


def test_after_a_new_sign_in_the_question_is_the_last_page(asking: RelyingParty) -> None:
    browser = asking.browser = Browser(asking.browser.tenant)
    address = leads_to(browser.get("/oidc/authorize", asking.request(prompt="login consent")))
    password = leads_to(browser.post(address, {"email": "carol@acme.example"}))
    page = Page(browser, browser.post(password, {"password": PASSWORD})["Location"])
    assert "code" in answer_in(page.press("allow"))


def test_a_question_about_access_of_yesterday_leads_back_to_the_application(asking: RelyingParty, acme: Tenant) -> None:
    page = asks(asking)
    a_day_passes(acme)
    for answer in (page.browser.get(page.path), page.browser.post(page.path, {"answer": "allow"})):
        assert answer.status_code in {400, 410}
        assert 'href="https://bookshop.example/"' in answer.content.decode()


def test_an_api_speaks_for_its_scopes_in_the_customers_language(asking: RelyingParty, orders: OrdersApi) -> None:
    with tenant_context(orders.tenant):
        change_api_scope(
            orders.application,
            Scope(
                orders.write.name,
                display_name="orders.write",
                description="For developers",
                customer_display_name="Place orders",
                customer_description="At your expense.",
                consenter="anybody",
                is_enabled=True,
                translations={"de": {"name": "Bestellen", "description": "Auf Ihre Kosten."}},
            ),
            actor=COMMAND,
        )
    english = asks(asking, scope=f"openid {WRITE}").text
    assert "Place orders" in english
    assert "For developers" not in english
    german = asks(asking, scope=f"openid {WRITE}", ui_locales="de").text
    assert "Bestellen" in german
    assert "Auf Ihre Kosten." in german


def test_what_is_granted_for_all_needs_no_question(asking: RelyingParty, orders: OrdersApi) -> None:
    with tenant_context(orders.tenant):
        grant_for_all(asking.application, actor=COMMAND)
    assert "code" in answer_in(asking.authorize(scope=f"openid email {READ}"))
    with tenant_context(orders.tenant):
        revoke_grant_for_all(asking.application, actor=COMMAND)
    asks(asking, scope=f"openid email {READ}")


def test_what_only_an_administrator_may_grant_carol_isnt_asked_for(asking: RelyingParty, orders: OrdersApi) -> None:
    with tenant_context(orders.tenant):
        change_api_scope(
            orders.application,
            Scope(
                orders.write.name,
                display_name="Place orders",
                description="",
                customer_display_name="",
                customer_description="",
                consenter="administrators",
                is_enabled=True,
                translations={},
            ),
            actor=COMMAND,
        )
    told = answer_in(asking.authorize(scope=f"openid {WRITE}"))
    assert told["error"] == "consent_required"
    assert "administrator" in told["error_description"]
    with tenant_context(orders.tenant):
        grant_for_all(asking.application, actor=COMMAND)
    assert "code" in answer_in(asking.authorize(scope=f"openid {WRITE}"))


def test_a_claim_asked_for_by_name_is_on_the_page_too(asking: RelyingParty) -> None:
    page = asks(asking, scope="openid", claims='{"userinfo": {"email": null}}')
    assert "See your email address" in page.text


def test_o16_no_other_site_presses_the_button(asking: RelyingParty) -> None:
    page = asks(asking)
    strict = Browser(asking.browser.tenant, checks_csrf=True)
    strict.cookies = asking.browser.cookies
    assert strict.post(page.path, {**page.fields, "answer": "allow"})["Location"] == page.path
    assert asking.browser.get(page.path, {**page.fields, "answer": "allow"}).status_code == 200
    with tenant_context(asking.browser.tenant):
        assert not Consent.objects.exists()


def test_o18_what_was_asked_stays_and_what_wasnt_seen_isnt_allowed(asking: RelyingParty, orders: OrdersApi) -> None:
    page = asks(asking, scope=f"openid {READ}")
    assert page.press("allow", scope=["openid"]).status_code == 200
    assert page.press("allow", account=str(orders.application.pk)).status_code == 200
    with tenant_context(orders.tenant):
        assert not Consent.objects.exists()
    both = [*page.fields["scope"], str(orders.write.pk), "address"]
    code = answer_in(page.press("allow", scope=both, redirect_uri="https://evil.example"))["code"]
    assert asking.exchange(code).json()["scope"].split() == ["openid", READ]
    with tenant_context(orders.tenant):
        assert str(orders.write.pk) not in Consent.objects.get().scopes


def test_o39_the_page_is_never_framed(asking: RelyingParty) -> None:
    answer = asking.browser.get(asks(asking).path)
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"


def test_another_browsers_question_is_nobodys(asking: RelyingParty, carol: Account) -> None:
    page = asks(asking)
    elsewhere = Browser(asking.browser.tenant)
    elsewhere.sign_in(carol)
    assert elsewhere.post(page.path, {**page.fields, "answer": "allow"}).status_code == 400


def test_carol_sees_who_has_access_and_takes_it_back(asking: RelyingParty, acme: Tenant) -> None:
    code = answer_in(asks(asking, scope="openid email offline_access").press("allow"))["code"]
    tokens = asking.exchange(code).json()
    page = asking.browser.get("/oidc/applications/").content.decode()
    assert "Bookshop" in page
    assert "See your email address" in page
    answer = asking.browser.post("/oidc/applications/", {"application": asking.client_id})
    assert "No apps have access" in asking.browser.get(answer["Location"]).content.decode()
    assert asking.userinfo(tokens["access_token"]).status_code == 401
    assert asking.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    asks(asking, scope="openid email offline_access")
    with tenant_context(acme):
        actions = set(Event.objects.values_list("action", flat=True))
        assert {"customer.consented", "customer.consent_withdrawn"} <= actions


@pytest.mark.parametrize("application", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_nothing_is_taken_back_from_nobody(shop: RelyingParty, application: str) -> None:
    assert shop.browser.post("/oidc/applications/", {"application": application}).status_code == 404


def test_the_list_is_for_those_signed_in(acme_browser: Browser) -> None:
    assert "sign-in" in acme_browser.get("/oidc/applications/")["Location"]


def test_a_deleted_application_leaves_no_consent(asking: RelyingParty, acme: Tenant) -> None:
    asks(asking).press("allow")
    with tenant_context(acme):
        delete_application(Application.objects.get(pk=asking.application.pk), actor=COMMAND)
        assert not Consent.objects.exists()
