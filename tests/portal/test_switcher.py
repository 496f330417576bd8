"""From one tenant to another: the latest first, a search among all of one's own, and never all of them at once."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context

from accounts.models import Account
from audit.services import Actor
from portal.switcher import SHOWN
from tenants.lookup import PUBLIC
from tenants.models import Membership, Tenant, new_schema_name
from tenants.policies import AdministratorRole
from tenants.services import add_membership
from tests.browser import Browser

MANY = 2000
SWITCHER = "/tenants/switcher"


@pytest.fixture
def many(db: None) -> None:
    """Two thousand tenants, in rows only: nothing here looks into their schemas."""
    with schema_context(PUBLIC):
        Tenant.objects.bulk_create(
            Tenant(name=f"Shop {at:04}", slug=f"shop{at}", schema_name=new_schema_name(), migration_state="none")
            for at in range(MANY)
        )


def offered(answer: Any) -> list[str]:
    return [tenant.name for tenant in answer.context["tenants"]]


def in_navigation(answer: Any) -> list[str]:
    tenants, _ = answer.context["other_tenants"]()
    return [tenant.name for tenant in tenants]


def test_the_tenants_one_was_at_last_come_first(olga_portal: Browser, many: None) -> None:
    for slug in ("globex", "acme"):
        olga_portal.get(f"/tenants/{slug}/")

    assert in_navigation(olga_portal.get("/tenants/home/"))[:3] == ["Acme", "Globex", "Shop 0000"]


def test_pages_about_no_tenant_lead_back_to_the_one_that_was_left(
    ada_portal: Browser, grace_portal: Browser, acme: Tenant, globex: Tenant, ada: Account
) -> None:
    def leads_back(portal: Browser, page: str) -> bool:
        shown = portal.get(page).content.decode()
        return re.search(r'href="/tenants/acme/">\s*<svg.*?</svg> Back to Acme</a>', shown, re.DOTALL) is not None

    assert not leads_back(ada_portal, "/documentation/"), "nowhere yet"
    ada_portal.get("/tenants/acme/customers/")
    grace_portal.get("/tenants/acme/customers/")
    for page in ("/documentation/how-to/branding/", "/me/", "/tenants/"):
        assert leads_back(ada_portal, page)
    assert "Acme" not in grace_portal.get("/me/").content.decode(), "it never was hers"

    with schema_context(PUBLIC):
        Membership.objects.filter(account_id=ada.pk).update(tenant=globex)
    assert not leads_back(ada_portal, "/documentation/"), "hers no longer"


def test_a_search_finds_any_of_them_and_shows_a_handful(olga_portal: Browser, many: None) -> None:
    assert offered(olga_portal.get(SWITCHER, {"q": "shop 1999"})) == ["Shop 1999"]
    some = olga_portal.get(SWITCHER, {"q": "shop"})
    assert len(offered(some)) == SHOWN
    assert "Show all that match" in some.content.decode()
    assert "No tenants match." in olga_portal.get(SWITCHER, {"q": "\0nothing%_"}).content.decode()


def test_a_page_costs_as_many_statements_whether_there_are_two_tenants_or_two_thousand(
    olga_portal: Browser, request: pytest.FixtureRequest, db: None
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert olga_portal.get("/tenants/acme/").status_code == 200
        # A connection that serves the tenant already needn't be told.
        return len([query for query in asked if "set_config" not in query["sql"]])

    olga_portal.get("/tenants/acme/")
    before = cost()
    request.getfixturevalue("many")

    assert cost() == before


def test_a_page_asks_once_whether_somebody_runs_the_installation(
    ada_portal: Browser, olga_portal: Browser, acme: Tenant
) -> None:
    for browser in (ada_portal, olga_portal):
        with CaptureQueriesContext(connection) as asked:
            assert browser.get("/tenants/acme/").status_code == 200
        asks = "FROM public.tenants_membership"
        assert len([query for query in asked if asks in query["sql"] and "is_home" in query["sql"]]) == 1


def test_t20_nobody_finds_tenants_of_others(
    ada_portal: Browser, stranger_portal: Browser, acme: Tenant, globex: Tenant
) -> None:
    assert offered(ada_portal.get(SWITCHER, {"q": "l"})) == []
    assert offered(ada_portal.get(SWITCHER)) == ["Acme"]
    assert offered(stranger_portal.get(SWITCHER)) == []


def test_the_list_tells_ones_role_in_each(
    ada_portal: Browser, olga_portal: Browser, ada: Account, globex: Tenant
) -> None:
    add_membership(tenant=globex, account_id=ada.pk, role=AdministratorRole.AUDITOR, actor=Actor.command())

    rows = [(row.tenant.name, row.role) for row in ada_portal.get("/tenants/").context["rows"]]
    assert rows == [("Acme", "Owner"), ("Globex", "Auditor")]
    assert {row.role for row in olga_portal.get("/tenants/").context["rows"]} == {"Owner"}
