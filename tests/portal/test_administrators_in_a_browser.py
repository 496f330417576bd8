"""Olga asks Pat to help customers, and Pat accepts: both at their screens."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django_tenants.utils import tenant_context
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from tenants.models import Tenant
from tests.screens import DESK, check_in_every_look
from tests.userflows.customer import mails_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAT = "pat@new.example"
OWN = "a password of their own"


def test_somebody_is_invited_with_a_role_accepts_and_is_let_in(
    window: Callable[..., Page], chromium: Chromium, home: Tenant, acme: Tenant
) -> None:
    olga = window()
    olga.goto("/tenants/acme/")
    olga.locator(".side").get_by_role("link", name="Administrators").click()
    olga.get_by_role("link", name="Invite administrator").click()
    expect(olga.get_by_label("Email address")).to_be_visible()
    check_in_every_look(olga)
    olga.get_by_label("Email address").fill(PAT)
    olga.get_by_text("Helps customers").click()
    olga.get_by_role("button", name="Send invitation").click()
    expect(olga.get_by_text(f"{PAT} was invited.")).to_be_visible()
    check_in_every_look(olga)

    with tenant_context(home):
        link = re.search(r"https?://\S+/invitation/\S+", mails_to(PAT)[0].text)
    assert link
    pat = chromium.new_context(base_url=settings.CIAM_BASE_URL).new_page()
    pat.goto(link[0])
    expect(pat.get_by_text("Support")).to_be_visible()
    check_in_every_look(pat)
    pat.set_viewport_size(DESK)
    pat.get_by_label("Your name").fill("Pat")
    pat.get_by_label("Password", exact=True).fill(OWN)
    pat.get_by_role("button", name="Accept invitation").click()

    expect(pat.get_by_role("heading", level=1, name="Acme")).to_be_visible()
    menu = pat.locator(".side nav").get_by_role("link")
    expect(menu.filter(has_text="Groups")).to_be_visible()
    expect(menu.filter(has_text="Administrators")).to_have_count(0)
    pat.context.close()

    olga.reload()
    olga.get_by_role("link", name="Pat", exact=True).click()
    expect(olga.get_by_role("link", name="Remove", exact=True)).to_be_visible()
    check_in_every_look(olga)
    olga.get_by_role("link", name="Remove", exact=True).click()
    olga.get_by_role("button", name="Remove administrator").click()
    expect(olga.get_by_text("Pat no longer manages this tenant.")).to_be_visible()
    for address in ("/administrators/", "/me/", "/me/password/", "/me/sessions/", "/me/roles/"):
        olga.goto(address)
        check_in_every_look(olga)
