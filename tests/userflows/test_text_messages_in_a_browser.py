"""A phone number confirmed on a phone."""

from collections.abc import Callable

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect

from audit.services import Actor
from sms.senders.description import TextDescription
from sms.services import choose_sender
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.screens import PHONE, check_down_to_narrowest
from tests.userflows.customer import new_text
from userflows.flows.services import change_user_flow
from userflows.models import UserFlow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NUMBER = "+4915112345678"


def to_second_factor(page: Page) -> None:
    page.fill("#email", "carol@acme.example")
    page.keyboard.press("Enter")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")


def test_carol_confirms_her_number(acme: Tenant, open_page: Callable[..., Page]) -> None:
    with tenant_context(acme):
        choose_sender(TextDescription(sender="outbox", countries=("DE",)), actor=Actor.command())
        flow = UserFlow.objects.get(is_default=True)
        change_user_flow(flow, factors=("app", "sms"), second_factor="always", actor=Actor.command())
    page = open_page("/t/acme/sign-in/", viewport=PHONE)
    to_second_factor(page)
    page.get_by_text("Use text messages instead").click()
    expect(page.locator("#number")).to_be_focused()
    check_down_to_narrowest(page)
    page.keyboard.type("+49 1511 2345678")
    page.keyboard.press("Enter")
    page.locator("#code").wait_for()
    check_down_to_narrowest(page)
    page.locator("#code").press_sequentially(new_text(acme, NUMBER))
    page.wait_for_url("**/profile/*")
