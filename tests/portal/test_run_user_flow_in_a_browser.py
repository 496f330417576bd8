"""Olga runs a user flow at her screen and on her phone: one tab, from the portal through the real pages and back."""

from collections.abc import Callable

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect

from accounts.models import Account
from applications.models import Application
from audit.services import Actor
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.oidc.apis import READ, found_orders
from tests.screens import DESK, PHONE, check_in_every_look
from userflows.flows.services import create_user_flow
from userflows.models import UserFlow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Window = Callable[..., Page]


@pytest.fixture
def flow(acme: Tenant, bookshop: Application) -> UserFlow:
    orders = found_orders(acme)
    orders.permit(bookshop, orders.read)
    with tenant_context(acme):
        return UserFlow.objects.get(is_default=True)


def sign_in_as_carol(page: Page) -> None:
    page.get_by_label("Email address").fill("carol@acme.example")
    page.get_by_role("button").first.click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")


def test_olga_sees_what_bookshop_would_be_told(window: Window, flow: UserFlow, carol: Account) -> None:
    page = window(viewport=DESK)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
    page.goto("/tenants/acme/user-flows/")
    page.get_by_role("link", name=f"Run {flow.name}").click()
    page.get_by_label("Application").select_option("Bookshop")
    page.get_by_label("Email address to begin with").fill("carol@acme.example")
    page.get_by_role("button", name="Run user flow").click()

    expect(page.get_by_text("Bookshop").first).to_be_visible()
    expect(page.get_by_text("carol@acme.example").first).to_be_visible()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_text("The application would have let the customer in")).to_be_visible()
    assert "code=" not in page.url
    page.get_by_role("link", name="Userinfo").click()
    expect(page.get_by_role("row", name="loyaltyNumber")).to_contain_text("C-1001")
    expect(page.get_by_role("row", name="loyaltyNumber")).to_contain_text("The custom attribute loyaltyNumber")
    page.get_by_role("link", name="Run again").click()
    expect(page.get_by_label("Email address to begin with")).to_have_value("carol@acme.example")
    page.get_by_label("What the customer is asked").select_option("none")
    page.get_by_role("button", name="Run user flow").click()
    # She is signed in as Carol by now, so no page comes between: the whole way is one chain of redirects.
    expect(page.get_by_text("The application would have let the customer in")).to_be_visible()
    assert complaints == []


def test_a_run_fails_in_plain_words_without_scripts(window: Window, flow: UserFlow) -> None:
    page = window(viewport=PHONE, java_script_enabled=False)
    page.goto(f"/tenants/acme/user-flows/{flow.pk}/run/")
    page.get_by_label("What the customer is asked").select_option("none")
    page.get_by_role("button", name="Run user flow").click()

    expect(page.get_by_role("heading", name="login_required")).to_be_visible()
    expect(page.get_by_text("Run it without prompt=none, or sign in first")).to_be_visible()


def test_everybody_can_use_the_pages(window: Window, acme: Tenant, flow: UserFlow, carol: Account) -> None:
    with tenant_context(acme):
        alone = create_user_flow(
            name="Alone", methods=("code",), allows_sign_up=True, attributes=[], actor=Actor.command()
        )
    page = window()
    flows = "/tenants/acme/user-flows/"
    for address in (flows, f"{flows}{alone.pk}/instead-of/{flow.pk}/"):
        page.goto(address)
        check_in_every_look(page)
    form = f"/tenants/acme/user-flows/{flow.pk}/run/"
    page.goto(form)
    page.get_by_text("Scopes of APIs that may be asked for").click()
    check_in_every_look(page)
    page.get_by_label("Longest time").fill("-1")
    page.get_by_role("button", name="Run user flow").click()
    expect(page.get_by_role("alert")).to_be_focused()
    check_in_every_look(page)
    page.get_by_label("Longest time").fill("")
    page.get_by_label("More scopes").fill(f"{READ} unknown")
    page.get_by_role("button", name="Run user flow").click()
    sign_in_as_carol(page)
    expect(page.get_by_role("link", name="Result")).to_be_visible()
    address = page.url
    for part in ("result", "id_token", "access_token", "requests"):
        page.goto(f"{address}?part={part}")
        check_in_every_look(page)
