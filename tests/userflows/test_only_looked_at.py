"""Programs that look by HEAD whether there is a page: monitors, and whatever shows where a link in a message leads."""

import re
from uuid import uuid4

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account, Session
from audit.models import Event
from audit.services import Actor
from mail.models import Message
from tenants.models import Tenant
from tests.browser import Browser
from userflows.flows.services import change_user_flow
from userflows.models import Journey, UserFlow
from userflows.urls import customer_urlpatterns

pytestmark = pytest.mark.django_db
PLACES = {"journey_id": str(uuid4()), "passkey_id": str(uuid4()), "identity_id": str(uuid4()), "name": "address"}


def pages() -> list[str]:
    """The address of each page of customers, of things that aren't there where it is about one. Not where providers
    send an answer: that is given once.
    """
    routes = [str(each.pattern) for each in customer_urlpatterns if each.name != "provider-callback"]
    written = [re.sub(r"<\w+:(\w+)>", lambda place: PLACES.get(place[1], "x"), route) for route in routes]
    return [f"/{route}" for route in written if not route.startswith("^")]


def rows(tenant: Tenant) -> list[int]:
    with tenant_context(tenant):
        return [each.objects.count() for each in (Journey, Event, Message, Session)]


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_each_page_that_can_be_opened_can_be_looked_at_which_leaves_nothing_behind(
    acme: Tenant, carol: Account, *, is_signed_in: bool
) -> None:
    begun = set()
    for page in pages():
        browser = Browser(acme)
        if is_signed_in:
            browser.sign_in(carol)
        before = rows(acme)
        looked = browser.head(page)
        assert (rows(acme), looked.content) == (before, b""), page
        opened = browser.get(page)
        begun |= {page} if rows(acme)[0] > before[0] else set()
        assert looked.status_code == (200 if page in begun else opened.status_code), page
    assert begun >= ({"/profile/password/", "/reset/"} if is_signed_in else {"/sign-in/", "/sign-up/", "/reset/"})


def test_where_nobody_can_sign_up_that_is_said_to_a_look_too_and_noted_of_no_one(acme: Tenant) -> None:
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), actor=Actor.command(), allows_sign_up=False)
    before = rows(acme)
    assert Browser(acme).head("/sign-up/").status_code == 403
    assert rows(acme) == before
