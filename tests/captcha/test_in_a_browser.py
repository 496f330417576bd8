"""A browser shows the provider's widget under the policy of that page, goes on by what it finds, or without it."""

from collections.abc import Callable

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect

from audit.services import Actor
from captcha.services import choose_captcha
from tenants.models import Tenant
from tests.captcha.provider import SECRET, SITE_KEY, Provider
from tests.screens import PHONE, check_down_to_narrowest, check_in_every_look
from userflows.flows.services import change_user_flow
from userflows.models import UserFlow
from userflows.state import ALWAYS, CAPTCHA

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_widget_is_shown_and_goes_on_and_without_scripts_a_press_does(
    acme: Tenant, provider: Provider, open_page: Callable[..., Page]
) -> None:
    with tenant_context(acme):
        choose_captcha(provider.description, secret=SECRET, actor=Actor.command())
        flow = UserFlow.objects.get(is_default=True)
        change_user_flow(flow, human_check=ALWAYS, human_by=CAPTCHA, actor=Actor.command())
    page = open_page(viewport=PHONE)
    page.locator("#email").fill("nora@acme.example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="A person")).to_be_visible()
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(page.get_by_text("Complete the check first.")).to_be_visible()
    check_in_every_look(page)
    check_down_to_narrowest(page)
    page.get_by_role("button", name="A person").click()
    expect(page.get_by_text(SITE_KEY)).to_be_visible()
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
    plain = open_page(java_script_enabled=False)
    plain.locator("#email").fill("carol@acme.example")
    plain.keyboard.press("Enter")
    plain.get_by_role("button", name="Continue without this check").click()
    expect(plain.get_by_role("heading", name="Enter the code")).to_be_visible()
