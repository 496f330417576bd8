"""Nothing of one tenant can be guessed or read in another (T-21, T-27, T-28 and T-31 of docs/reference/attacks.md)."""

import logging
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from applications.services.registration import register_application
from audit.models import Event
from audit.services import Actor
from ciam_portal.urls import home, tenant
from tenants.models import Tenant
from tests.browser import Browser
from userflows.models import UserFlow

# The log of a tenant has numbers of its own, which its administrators read anyway, and so has that of the installation;
# pieces of an upload are numbered by whoever sends them. What hooks were sent, those read who read customers.
COUNTED = {
    *("log-event", "installation-log-event", "import-piece", "hook-delivery", "hook-replay"),
    *("branding-version", "branding-restore", "theme-version", "theme-restore"),
    *("userflow-layout-version", "userflow-layout-restore"),
}

pytestmark = pytest.mark.django_db


def patterns(of: URLResolver) -> Iterator[URLPattern]:
    for pattern in of.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern)
        else:
            yield pattern


@pytest.mark.parametrize("urls", [home.__name__, tenant.__name__])
def test_t21_no_address_counts_what_it_shows_to_others(urls: str) -> None:
    found = list(patterns(get_resolver(urls)))
    assert found
    counted = [
        pattern.name
        for pattern in found
        if any(isinstance(converter, IntConverter) for converter in pattern.pattern.converters.values())
    ]
    assert set(counted) <= COUNTED


@pytest.mark.usefixtures("carol", "eve", "bookshop", "gadgets")
def test_t21_the_ids_of_two_tenants_have_nothing_in_common(acme: Tenant, globex: Tenant) -> None:
    def ids(tenant: Tenant) -> set[str]:
        with tenant_context(tenant):
            return {
                *map(str, Account.objects.values_list("pk", flat=True)),
                *Application.objects.values_list("client_id", flat=True),
                *map(str, UserFlow.objects.values_list("pk", flat=True)),
            }

    ours, theirs = ids(acme), ids(globex)
    assert ours
    assert theirs
    assert not ours & theirs
    assert all(len(name) == 36 for name in ours | theirs)


def test_t31_what_happens_at_acme_leaves_no_trace_at_globex(
    acme: Tenant, globex: Tenant, carol: Account, caplog: pytest.LogCaptureFixture
) -> None:
    with tenant_context(globex):
        before = set(Event.objects.values_list("pk", flat=True))
    caplog.set_level(logging.DEBUG)
    browser = Browser(acme)
    browser.sign_in(carol)
    for path in ("/missing/", "/oidc/userinfo", "/oidc/authorize?client_id=x", "/profile/"):
        browser.get(path)
    browser.post("/oidc/token", {"grant_type": "password", "username": carol.email})
    with tenant_context(acme):
        register_application(name="Another", kind="service", actor=Actor.command())
        assert Event.objects.filter(action="application.registered").exists()
    with tenant_context(globex):
        assert set(Event.objects.values_list("pk", flat=True)) == before
    assert carol.email not in caplog.text


def test_t27_t28_no_table_numbers_types_permissions_or_sites_for_everybody() -> None:
    """What Django numbers per database, and caches per process, would be another thing in another schema."""
    numbered = ["django_content_type", "auth_permission", "auth_group", "django_site"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname FROM pg_catalog.pg_tables WHERE tablename = ANY(%s)", [numbered])
        assert cursor.fetchall() == []
    assert not apps.is_installed("django.contrib.sites")
