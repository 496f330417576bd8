"""The installation at a glance: operators see how it runs and which tenants are busy; nobody else finds the page."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from figures.installation.models import TenantSize
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tests.browser import Browser

MANY = 60


def size(tenant_id: UUID, **numbers: int) -> None:
    with schema_context(PUBLIC):
        TenantSize.objects.create(tenant_id=tenant_id, counted_at=timezone.now(), **numbers)


@pytest.fixture
def crowd(acme: Tenant) -> list[Tenant]:
    """Many tenants that are rows alone: no page of all of them may look into a schema."""
    with schema_context(PUBLIC):
        letters = "abcdefghijklmnopqrstuvwxyz234567"
        names = [f"t_{letters[number // 32]}{letters[number % 32]}{'a' * 18}" for number in range(MANY)]
        tenants = Tenant.objects.bulk_create(
            Tenant(name=f"Crowd {number}", slug=f"crowd{number}", schema_name=name, migration_state="none")
            for number, name in enumerate(names)
        )
    for number, tenant in enumerate(tenants):
        size(tenant.pk, customers=number, active=MANY - number)
    return tenants


def test_t20_an_administrator_of_a_tenant_finds_no_page_of_the_installation(ada_portal: Browser) -> None:
    assert ada_portal.get("/installation/").status_code == 404
    assert "/installation/" not in ada_portal.get("/tenants/").content.decode()


def test_every_tenant_is_reached_in_the_order_asked_for(olga_portal: Browser, crowd: list[Tenant]) -> None:
    url, names = "/installation/?by=customers", []
    while url:
        page = olga_portal.get(url)
        names += [row.tenant.name for row in page.context["rows"]]
        url = page.context["page"].next_url
    assert names == [f"Crowd {number}" for number in reversed(range(MANY))]

    assert olga_portal.get("/installation/").context["rows"][0].tenant.name == "Crowd 0"
    assert olga_portal.get("/installation/?by=password").context["order"] == "active"


def test_the_page_asks_the_database_as_often_for_many_tenants_as_for_few(
    olga_portal: Browser, acme: Tenant, request: pytest.FixtureRequest
) -> None:
    size(acme.pk, customers=5)

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert olga_portal.get("/installation/").status_code == 200
        return len(captured)

    of_one = asked()
    request.getfixturevalue("crowd")
    assert asked() <= of_one


def test_operators_read_what_is_wrong(olga_portal: Browser, crowd: list[Tenant]) -> None:
    page = olga_portal.get("/installation/").content.decode()
    assert "No worker is running" in page
    assert f"{MANY} tenants aren’t upgraded to this release" in page
    assert "the outbox; nothing is sent" in page
