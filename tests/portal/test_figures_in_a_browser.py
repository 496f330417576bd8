"""The page of figures and the overview with something on them, at a desk and on a phone, light and dark."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context
from playwright.sync_api import Page, expect

from accounts.models import Account
from applications.models import Application
from figures.models import Sum
from figures.policies import WHOLE_DAY
from figures.services.keeping import keep_books
from tenants.models import Tenant
from tests.figures.days import failed, happened, signed_in
from tests.screens import DESK, visit
from userflows.models import UserFlow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Window = Callable[..., Page]


def test_figures_can_be_read_by_everybody(window: Window, acme: Tenant, carol: Account, bookshop: Application) -> None:
    now = timezone.now()
    with tenant_context(acme):
        for days_ago in (0, 1, 2, 7, 20, 70):
            signed_in(carol, now - timedelta(days=days_ago), bookshop)
            failed(now - timedelta(days=days_ago), "password_wrong", carol, method="password")
        happened("customer.signed_up", now - timedelta(days=1), carol, client_id=bookshop.client_id)
        flow = str(UserFlow.objects.get(is_default=True).pk)
        for step, n in (("address", 30), ("code", 40), ("details", 5), ("finished", 60)):
            Sum.objects.create(
                day=now.date(), hour=WHOLE_DAY, metric="journeys", dimension=flow, value=f"sign_up:{step}", n=n
            )
        keep_books()
    page = window()
    visit(page, "/tenants/acme/")
    visit(page, "/tenants/acme/figures/?range=12m")

    page.set_viewport_size(DESK)
    page.goto("/tenants/acme/figures/?range=7d")
    expect(page.get_by_text("40 left here")).to_be_visible()
    table = page.get_by_role("table", name="Sign-ins", exact=True)
    expect(table).to_be_hidden()
    page.locator("#sign-ins summary").click()
    expect(table).to_be_visible()
    page.get_by_role("link", name="12 months").click()
    expect(page).to_have_url("/tenants/acme/figures/?range=12m")
