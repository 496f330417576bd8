"""A browser finds by itself what the page asks for, and goes on; without scripts a press does."""

from collections.abc import Callable

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect

from audit.services import Actor
from tenants.models import Tenant
from tests.screens import PHONE, check_down_to_narrowest, check_in_every_look
from userflows.flows.services import change_user_flow
from userflows.models import UserFlow
from userflows.state import ALWAYS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_page_goes_on_by_itself_and_without_scripts_by_a_press(
    acme: Tenant, open_page: Callable[..., Page]
) -> None:
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), human_check=ALWAYS, actor=Actor.command())
    page = open_page(viewport=PHONE)
    page.route("**/puzzle*.js", lambda route: route.abort())
    page.locator("#email").fill("nora@acme.example")
    page.keyboard.press("Enter")
    # As long as it works, a press changes nothing; what can't work leaves the button as it is without scripts.
    expect(page.get_by_role("heading", name="One moment")).to_be_visible()
    expect(page.locator("[aria-busy]")).to_have_count(0)
    check_in_every_look(page)
    check_down_to_narrowest(page)
    page.unroute("**/puzzle*.js")
    page.reload()
    expect(page.get_by_role("heading", name="Enter the code")).to_be_visible()
    plain = open_page(java_script_enabled=False)
    plain.locator("#email").fill("carol@acme.example")
    plain.keyboard.press("Enter")
    plain.get_by_role("button", name="Continue").click()
    expect(plain.get_by_role("heading", name="Enter the code")).to_be_visible()
