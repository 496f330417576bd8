"""A sign-up of two pages at a screen: on the keyboard, back with the browser, and with nothing sticking out."""

from collections.abc import Callable

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect

from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import Account
from audit.services import Actor
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.screens import PHONE, check_down_to_narrowest
from tests.userflows.customer import new_code
from userflows.flows.page_layout import AttributeLayout, Option
from userflows.flows.services import change_user_flow, set_page_layout
from userflows.models import UserFlow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEW, COMMAND = "new@acme.example", Actor.command()


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_customer_answers_on_two_pages_goes_back_and_accepts(
    acme: Tenant, open_page: Callable[..., Page], locale: str
) -> None:
    with tenant_context(acme):
        for name, data_type in (("born", "Date"), ("mobile", "Phone"), ("passport", "Country"), ("about", "String")):
            define_custom_attribute(name=name, data_type=data_type, actor=COMMAND)
        plans = [Option("Free", "free"), Option("Paid", "paid")]
        layout = [
            AttributeLayout("givenName", hint="As in your passport"),
            AttributeLayout("mobile", label="Mobile phone", placeholder="+49 30 901820"),
            AttributeLayout("born", label="Birthday", begins_page=True),
            AttributeLayout("passport", label="Nationality", default="DE"),
            AttributeLayout("loyaltyNumber", label="Plan", input_type="drop_down", options=plans),
            AttributeLayout("about", label="About you", input_type="lines"),
        ]
        flow = UserFlow.objects.get(is_default=True)
        set_page_layout(flow, layout=layout, actor=COMMAND)
        change_user_flow(flow, terms_version="1", actor=COMMAND)
    page = open_page(locale=locale, viewport=PHONE)
    page.locator("#email").fill(NEW)
    page.keyboard.press("Enter")
    page.locator("#code").wait_for()
    page.locator("#code").fill(new_code(acme, NEW))
    page.keyboard.press("Enter")
    page.locator("#password").fill(PASSWORD)
    page.locator("#givenName").fill("Nora")
    page.locator("#mobile").fill("030")
    page.keyboard.press("Enter")
    expect(page.locator("#mobile")).to_be_focused()
    expect(page.locator("#mobile")).to_have_attribute("aria-describedby", "mobile-wrong")
    check_down_to_narrowest(page)
    page.locator("#mobile").fill("+49 30 901820")
    page.keyboard.press("Enter")
    page.locator("#born").fill("1990-12-31")
    page.go_back()
    expect(page.locator("#givenName")).to_have_value("Nora")
    page.go_forward()
    page.locator("#born").fill("1990-12-31")
    page.locator("#about").fill("Two\nlines")
    check_down_to_narrowest(page)
    page.locator("button.primary").click()
    expect(page.locator("#accepts-terms")).to_be_focused()
    expect(page.locator("#about")).to_have_value("Two\nlines")
    page.keyboard.press("Space")
    page.locator("button.primary").click()
    page.wait_for_url("**/t/acme/profile/")
    check_down_to_narrowest(page)
    with tenant_context(acme):
        kept = Account.objects.with_email(NEW).get()
    assert kept.custom_attributes == {
        "born": "1990-12-31",
        "mobile": "+4930901820",
        "passport": "DE",
        "about": "Two\nlines",
    }
    assert list(kept.accepted_terms) == ["1"]
