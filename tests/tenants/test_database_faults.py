"""A database that goes away under a request costs a second try, never a 500 and never another tenant's row."""

import psycopg
import pytest
from django.db import connection
from django_tenants.utils import tenant_context

from accounts.models import Account
from tenants.models import Tenant
from tests.browser import Browser
from tests.environment import server

pytestmark = pytest.mark.django_db(transaction=True)


def kill_our_backend(tenant: Tenant) -> None:
    with tenant_context(tenant), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    with psycopg.connect(server.superuser_url()) as surgeon:
        surgeon.execute("SELECT pg_terminate_backend(%s)", [pid])


def test_r06_reading_goes_on_over_a_new_connection(acme: Tenant, acme_browser: Browser) -> None:
    acme_browser.get("/sign-in/", follow=True)
    kill_our_backend(acme)
    assert acme_browser.get("/sign-in/", follow=True).status_code == 200


def test_r06_after_a_killed_backend_role_and_path_are_right_again(acme: Tenant, globex: Tenant) -> None:
    kill_our_backend(acme)
    connection.close()
    with tenant_context(globex):
        assert [account.email for account in Account.objects.all()] == ["eve@globex.example"]
