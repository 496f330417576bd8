"""Whoever begins a journey gets back what they kept with it: in the same browser, for ten minutes."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.models import Account
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.userflows.customer import Customer
from tests.worker import run_jobs
from userflows.journeys.browsers.browser import BROWSER_COOKIE
from userflows.journeys.entry import begin_journey, finished_journey
from userflows.models import Journey, UserFlow

pytestmark = pytest.mark.django_db


def _begin(customer: Customer, **options: Any) -> UUID:
    """Begin a journey as the issuer does, and put the customer on its first page."""
    request = RequestFactory().get("/", REMOTE_ADDR="127.0.0.1")
    request.COOKIES = {name.removesuffix("_acme"): morsel.value for name, morsel in customer.browser.cookies.items()}
    with tenant_context(customer.tenant):
        flow = UserFlow.objects.get(is_default=True)
        response = begin_journey(
            request, user_flow=flow, return_to="/t/acme/sign-out/?j={journey}", context={"kept": 1}, **options
        )
    assert response.status_code == 303
    if BROWSER_COOKIE in response.cookies:
        customer.browser.cookies[f"{BROWSER_COOKIE}_acme"] = response.cookies[BROWSER_COOKIE].value
    path = response["Location"]
    customer.visit(path)
    return UUID(path.partition("go/")[2].partition("/")[0])


def _collect(customer: Customer, journey_id: UUID, account: Account) -> Journey | None:
    request = RequestFactory().get("/")
    request.COOKIES = {BROWSER_COOKIE: customer.browser.cookies[f"{BROWSER_COOKIE}_acme"].value}
    request.user = account
    with tenant_context(customer.tenant):
        return finished_journey(request, journey_id)


def test_the_journey_comes_back_with_its_context(acme: Tenant, carol: Account, dan: Account) -> None:
    customer = Customer(acme)
    journey_id = _begin(customer, email=carol.email)
    assert _collect(customer, journey_id, carol) is None
    customer.submit({"password": PASSWORD})
    assert customer.path == f"/t/acme/sign-out/?j={journey_id}"
    journey = _collect(customer, journey_id, carol)
    assert journey is not None
    assert journey.context == {"kept": 1}
    assert _collect(customer, journey_id, dan) is None
    stranger = Customer(acme)
    stranger.visit("/sign-in/")
    assert _collect(stranger, journey_id, carol) is None
    with tenant_context(acme):
        Journey.objects.update(finished_at=timezone.now() - timedelta(minutes=11))
    assert _collect(customer, journey_id, carol) is None


def test_the_browsers_cookie_is_out_of_reach_of_scripts(acme: Tenant) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    cookie = customer.browser.cookies[f"{BROWSER_COOKIE}_acme"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/t/acme/"
    assert len(cookie.value) >= 43
    with tenant_context(acme):
        assert cookie.value not in Journey.objects.get().browser_digest


def test_pages_lead_to_the_application_and_nowhere_else(acme: Tenant) -> None:
    customer = Customer(acme)
    origins = ["https://bookshop.example", "com.example.app:", "https://evil.example; script-src *", "x y:"]
    _begin(customer, application_name="Book <b>shop</b>", redirect_origins=origins)
    assert "evil" not in customer.page["Content-Security-Policy"]
    assert "evil" not in customer.text
    assert 'href="https://bookshop.example/"' in customer.text
    assert "<bdi>Book &lt;b&gt;shop&lt;/b&gt;</bdi>" in customer.text


def test_no_page_is_kept_by_a_cache_or_framed(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    for path in ("/sign-in/", "/sign-up/", "/reset/", "/signed-out/"):
        page = customer.visit(path)
        assert page["Cache-Control"] == "no-store"
        assert page["X-Frame-Options"] == "DENY"
        assert "script-src 'self'" in page["Content-Security-Policy"]
    assert settings.SESSION_COOKIE_HTTPONLY


def test_the_password_form_is_what_password_managers_look_for(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    assert 'type="email"' in customer.text
    assert 'autocomplete="username"' in customer.text
    customer.submit({"email": carol.email})
    assert 'autocomplete="current-password"' in customer.text
    assert f'value="{carol.email}" autocomplete="username"' in customer.text
    customer.visit("/sign-up/")
    assert 'autocomplete="email"' in customer.text
    customer.sign_up_to_code("new@acme.example")
    assert 'autocomplete="one-time-code"' in customer.text
    assert 'inputmode="numeric"' in customer.text
    customer.submit({"code": customer.code_from_mail("new@acme.example")})
    assert 'autocomplete="new-password"' in customer.text
    assert 'autocomplete="given-name"' in customer.text


def test_keyboards_on_glass_say_where_enter_leads(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)

    def hints() -> list[tuple[str, str]]:
        return re.findall(r'<input[^>]* name="(\w+)"[^>]* enterkeyhint="(\w+)"', customer.text)

    customer.visit("/sign-up/")
    assert hints() == [("email", "next")]
    customer.sign_up_to_code("new@acme.example")
    assert hints() == [("code", "go")]
    customer.submit({"code": customer.code_from_mail("new@acme.example")})
    assert [hint for _, hint in hints()] == ["next", "next", "next", "go"]
    assert hints()[0][0] == "password"
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    assert hints() == [("password", "go")]
    customer.visit("/reset/")
    customer.submit({"email": carol.email})
    run_jobs()
    customer.submit({"code": customer.code_from_mail(carol.email)})
    assert hints() == [("password", "go")]
