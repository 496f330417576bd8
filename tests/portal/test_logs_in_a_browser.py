"""What a script adds to the log: times in the reader's zone, and events as they come."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect

from accounts.models import Account
from audit.models import Category, Event
from tenants.models import Tenant
from tests.userflows.customer import Customer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def happened(tenant: Tenant, name: str) -> Event:
    with tenant_context(tenant):
        event = Event(action="customer.signed_in", category=Category.ACTIVITY, actor_kind="customer", actor_name=name)
        event.at = timezone.now() - timedelta(seconds=1)
        event.save(force_insert=True)
    return event


def test_new_events_are_told_and_shown_when_somebody_wants_to_see_them(
    acme: Tenant, window: Callable[..., Page]
) -> None:
    first = happened(acme, "first@acme.example")
    page = window(timezone_id="Asia/Tokyo")
    page.clock.install()
    page.goto("/tenants/acme/logs/")
    at = page.locator(".log-table time").first
    expect(page.get_by_text("Times are in Asia/Tokyo.")).to_be_visible()
    ahead = first.at + timedelta(hours=9)
    expect(at).to_have_text(f"{ahead.day} {ahead:%b, %H:%M:%S}")
    expect(at).to_have_attribute("title", f"{first.at:%Y-%m-%d %H:%M:%S} UTC")

    happened(acme, "second@acme.example")
    page.clock.run_for(2100)
    expect(page.get_by_role("link", name="1 new")).to_be_visible()
    expect(page.get_by_role("link", name="second@acme.example")).to_have_count(0)
    page.get_by_role("link", name="1 new").click()
    expect(page.get_by_role("link", name="second@acme.example")).to_be_visible()

    page.get_by_label("Show new events at once").check()
    page.mouse.move(0, 0)
    happened(acme, "third@acme.example")
    page.clock.run_for(2100)
    expect(page.get_by_role("link", name="1 new")).to_be_visible()
    page.clock.run_for(2100)
    expect(page.get_by_role("link", name="third@acme.example")).to_be_visible()
    expect(page.get_by_label("Show new events at once")).to_be_checked()

    page.clock.run_for(11 * 60 * 1000)
    expect(page.get_by_text("No longer looking for new events.")).to_be_visible()


def test_filters_leave_an_address_that_says_what_they_are_and_lead_to_the_reason(
    acme: Tenant, carol: Account, window: Callable[..., Page]
) -> None:
    happened(acme, "first@acme.example")
    Customer(acme).sign_in(carol.email, "not hers")
    page = window(timezone_id="Asia/Tokyo")
    page.goto("/tenants/acme/logs/")
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Customer").fill("nobody@acme.example")
    page.get_by_role("button", name="Apply filters").click()
    expect(page).to_have_url("/tenants/acme/logs/?customer=nobody%40acme.example")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    page.get_by_role("link", name="Remove the filter Customer").click()
    expect(page).to_have_url("/tenants/acme/logs/")
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("From", exact=True).fill("2026-01-01T09:00")
    page.get_by_role("button", name="Apply filters").click()
    expect(page).to_have_url("/tenants/acme/logs/?zone=Asia%2FTokyo&since=2026-01-01T09%3A00")

    page.goto("/tenants/acme/logs/")
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Customer").fill(carol.email)
    page.get_by_role("button", name="Apply filters").click()
    expect(page.get_by_text("first@acme.example")).to_have_count(0)
    page.locator(".log-table tbody a").first.click()
    expect(
        page.get_by_text("The account exists and may sign in, but the password was wrong.", exact=True)
    ).to_be_visible()
