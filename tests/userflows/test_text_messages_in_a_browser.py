"""A phone number confirmed on a phone, and shown as a second factor in a browser without scripts."""

from collections.abc import Callable

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect

from audit.services import Actor
from sms.models import TextMessage
from sms.sealing import open_text
from sms.senders.description import TextDescription
from sms.services import choose_sender
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.screens import PHONE, check_down_to_narrowest
from tests.worker import run_jobs
from userflows.flows.services import change_user_flow
from userflows.models import UserFlow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NUMBER = "+4915112345678"


def newest_code(tenant: Tenant) -> str:
    run_jobs()
    with tenant_context(tenant):
        message = TextMessage.objects.filter(to=NUMBER).first()
        assert message is not None
        return open_text(message.sealed_text, message_id=message.pk)[:6]


def to_second_factor(page: Page) -> None:
    page.fill("#email", "carol@acme.example")
    page.keyboard.press("Enter")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")


def test_carol_confirms_her_number_and_is_asked_for_it(acme: Tenant, open_page: Callable[..., Page]) -> None:
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
    page.locator("#code").press_sequentially(newest_code(acme))
    page.wait_for_url("**/profile/*")
    plain = open_page("/t/acme/sign-in/", viewport=PHONE, java_script_enabled=False)
    to_second_factor(plain)
    expect(plain.get_by_role("heading", name="Confirm it's you by text message")).to_be_visible()
    plain.locator("#code").fill(newest_code(acme))
    plain.keyboard.press("Enter")
    plain.wait_for_url("**/profile/*")
