"""Olga lays out a sign-up page with the mouse and on the keyboard, and finds her way about it on her phone."""

from collections.abc import Callable

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect

from audit.services import Actor
from tenants.models import Tenant
from tests.screens import DESK, PHONE, visit
from userflows.flows.page_layout import AttributeLayout, Option
from userflows.flows.services import set_page_layout
from userflows.models import UserFlow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Window = Callable[..., Page]


@pytest.fixture
def flow(acme: Tenant) -> str:
    """The address of a flow that asks for three things."""
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        layout = [
            AttributeLayout("givenName"),
            AttributeLayout("city", label="Town"),
            AttributeLayout(
                "loyaltyNumber", label="Card", input_type="radio", options=[Option("A golden one", "gold")]
            ),
        ]
        set_page_layout(flow, layout=layout, actor=Actor.command())
    return f"/tenants/acme/user-flows/{flow.pk}/"


def names(page: Page) -> list[str]:
    return page.locator(".layout-row").evaluate_all("rows => rows.map(row => row.dataset.name)")


def test_a_row_is_dragged_to_its_place_and_stays_there(window: Window, flow: str) -> None:
    page = window(viewport=DESK)
    page.goto(f"{flow}page-layout/")
    handles, rows = page.locator(".layout-handle"), page.locator(".layout-row")

    handles.nth(2).drag_to(rows.nth(0), target_position={"x": 40, "y": 4})

    assert names(page) == ["loyaltyNumber", "Given name", "City"]
    expect(page.locator("#page-status")).to_have_text("loyaltyNumber is now number 1 of 3.")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_text("Customers see the new page from now on.")).to_be_visible()
    assert names(page) == ["loyaltyNumber", "Given name", "City"]


def test_a_row_is_moved_on_the_keyboard_alone_and_stays_under_the_hand(window: Window, flow: str) -> None:
    page = window(viewport=DESK)
    page.goto(f"{flow}page-layout/")
    tab_to(page, "Move Given name down")

    # At the end of the list the button that leads on is gone, and the one beside it is at hand.
    for order, place in (("City, Given name, loyaltyNumber", 2), ("City, loyaltyNumber, Given name", 3)):
        page.keyboard.press("Enter")
        assert ", ".join(names(page)) == order
        expect(page.locator("#page-status")).to_have_text(f"Given name is now number {place} of 3.")
        assert page.evaluate("document.activeElement.closest('.layout-row').dataset.name") == "Given name"
    expect(page.locator(":focus")).to_have_accessible_name("Move Given name up")
    expect(page.locator(":focus")).to_be_in_viewport()
    page.keyboard.press("Space")
    tab_to(page, "Save and publish")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Customers see the new page from now on.")).to_be_visible()
    assert names(page) == ["City", "Given name", "loyaltyNumber"]


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the button of this name has the focus."""
    button = page.get_by_role("button", name=name, exact=True)
    for _ in range(100):
        page.keyboard.press("Tab")
        if button.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"{name} is never reached.")


def test_words_of_a_language_are_written_on_the_keyboard(window: Window, flow: str) -> None:
    page = window(viewport=DESK)
    page.goto(f"{flow}page-layout/")
    page.get_by_text("More languages").click()
    page.get_by_role("link", name="German").focus()
    page.keyboard.press("Enter")

    page.get_by_label("City").focus()
    page.keyboard.type("Ort")
    page.keyboard.press("Tab")
    page.keyboard.type("Karte")
    page.keyboard.press("Tab")
    page.keyboard.type("Eine goldene")
    page.keyboard.press("Enter")

    expect(page.get_by_text("The draft is saved.")).to_be_visible()
    expect(page.get_by_label("A golden one")).to_have_value("Eine goldene")
    expect(page.get_by_role("link", name="German")).to_contain_text("3 of 3")


def test_the_open_tab_is_in_sight_on_a_phone(window: Window, flow: str) -> None:
    page = window(viewport=PHONE)
    for name in ("Method", "Applications"):
        page.goto(flow)
        page.locator(".tabs").get_by_role("link", name=name).click()
        expect(page.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=0.95)


def test_everybody_can_use_the_pages(window: Window, flow: str) -> None:
    page = window()
    flows = "/tenants/acme/user-flows/"
    for address in (
        *(flows, f"{flows}new/", f"{flows}custom-attributes/", flow, f"{flow}attributes/", f"{flow}applications/"),
        *(f"{flow}page-layout/", f"{flow}page-layout/de/", f"{flow}page-layout/ar/", f"{flow}delete/"),
    ):
        visit(page, address)
