"""Ada publishes a brand: what customers see, and whoever has a link to a draft."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import schema_context, tenant_context
from playwright.sync_api import Page, expect

from branding.models import BrandVersion
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tests.branding.brands import DEFAULT, PAGE, brand, draft
from tests.screens import DESK, NARROWEST, check_in_every_look
from tests.worker import run_jobs

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIGN_IN = "/t/acme/sign-in/"


def test_a_draft_is_shared_scheduled_and_the_version_before_restored(
    acme: Tenant, open_portal: Callable[..., Page], open_page: Callable[..., Page]
) -> None:
    brand(acme, username_hint="first@acme.example")
    draft(acme, username_hint="second@acme.example")
    portal = open_portal(viewport=DESK)
    portal.goto(f"{PAGE}share/")
    portal.get_by_role("button", name="Create link").click()
    link = portal.locator(".draft-link code").inner_text()
    assert link.startswith(settings.CIAM_BASE_URL)

    shown = open_page(link)
    shown.locator("[name=in]").select_option("de")
    shown.get_by_role("button", name="Show").click()
    frame = shown.frame_locator("iframe")
    expect(frame.locator("#email")).to_have_attribute("placeholder", "second@acme.example")
    expect(frame.locator("html")).to_have_attribute("lang", "de")
    assert frame.locator("body").evaluate("body => body.inert")
    check_in_every_look(shown)
    shown.get_by_role("link", name="All pages").click()
    shown.get_by_role("checkbox", name="Emails", exact=True).check()
    shown.get_by_role("checkbox", name="العربية").check()
    shown.get_by_role("button", name="Show").click()
    expect(shown.frame_locator("iframe[src*='in=ar']").first.locator("html")).to_have_attribute("dir", "rtl")
    check_in_every_look(shown)

    portal.goto(f"{PAGE}publish/")
    portal.get_by_label("At a time").check()
    portal.get_by_label("Day and time").fill((timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"))
    check_in_every_look(portal)
    portal.locator("form.panel").get_by_role("button", name="Publish").click()
    expect(portal.get_by_text("Scheduled:")).to_be_visible()
    with tenant_context(acme):
        BrandVersion.objects.filter(number=None).update(due_at=timezone.now())
    with schema_context(PUBLIC):
        DBTaskResult.objects.update(run_after=timezone.now() - timedelta(hours=1))
    run_jobs()
    expect(open_page(SIGN_IN).locator("#email")).to_have_attribute("placeholder", "second@acme.example")

    portal.goto(f"{PAGE}history/2/")
    portal.get_by_role("link", name="Restore").click()
    check_in_every_look(portal)
    portal.get_by_role("button", name="Restore").click()
    expect(portal.get_by_text("is what customers see again")).to_be_visible()
    expect(open_page(SIGN_IN).locator("#email")).to_have_attribute("placeholder", "first@acme.example")
    for page in (f"{PAGE}coverage/", f"{PAGE}history/4/", DEFAULT, f"{PAGE}sheet/", f"{PAGE}emails/", f"{PAGE}share/"):
        portal.goto(page)
        check_in_every_look(portal)

    portal.set_viewport_size(NARROWEST)
    portal.goto(f"{PAGE}emails/")
    assert portal.evaluate("document.documentElement.scrollWidth <= innerWidth")
