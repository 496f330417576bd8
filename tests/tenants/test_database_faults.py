"""A database that goes away under a request costs a second try, never a 500 and never another tenant's row."""

import gc
from urllib.parse import urlencode
from uuid import uuid4

import psycopg
import pytest
from django.db import OperationalError, close_old_connections, connection
from django_tenants.utils import tenant_context

from accounts.models import Account
from common.database.caches import forget_everything
from tenants import middleware
from tenants.lookup import tenant_by_slug
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import tenant_named
from tests.environment import server
from tests.oidc.relying_party import FORM

pytestmark = pytest.mark.django_db(transaction=True)


def kill_our_backend(tenant: Tenant) -> None:
    with tenant_context(tenant), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    with psycopg.connect(server.superuser_url()) as surgeon:
        surgeon.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_r06_reading_goes_on_over_a_new_connection(acme: Tenant, acme_browser: Browser) -> None:
    acme_browser.get("/sign-in/", follow=True)
    kill_our_backend(acme)
    assert acme_browser.get("/sign-in/", follow=True).status_code == 200


@pytest.mark.parametrize(("of", "path"), [("acme", "/sign-in/"), ("home", "/readyz")])
def test_r06_the_first_request_after_a_restart_is_answered(of: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known of tenants any more, and the connection that was kept open is gone."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 300)
    browser = Browser(tenant_named(of))
    browser.get(path, follow=True)
    kill_our_backend(browser.tenant)
    forget_everything()
    # What Django does at each request, and its test client doesn't.
    close_old_connections()
    assert browser.get(path, follow=True).status_code == 200


NOBODY = {"client_id": str(uuid4()), "client_secret": "x", "grant_type": "client_credentials", "token": "x"}


def test_r06_a_connection_that_dies_while_the_tenant_is_looked_for_costs_a_second_try(
    acme: Tenant, acme_browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    find, found = tenant_by_slug, []

    def find_at_second_try(slug: str) -> Tenant | None:
        found.append(slug)
        if len(found) == 1:
            raise OperationalError("the server closed the connection")
        return find(slug)

    monkeypatch.setattr(middleware, "tenant_by_slug", find_at_second_try)
    assert acme_browser.post("/oidc/token", urlencode(NOBODY), FORM).status_code == 401


AROUND_VIEWS = {
    "the words of the tenant": "userflows.middleware.words_in_force",
    "the session, kept at the end": "accounts.sessions.middleware.stop_acting",
}


@pytest.mark.parametrize("lost_with", AROUND_VIEWS)
def test_r06_what_surrounds_a_view_may_lose_the_database_as_well(
    acme_browser: Browser, lost_with: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OperationalError("the server closed the connection")

    journey = acme_browser.get("/sign-in/").headers["Location"].removeprefix("/t/acme")
    acme_browser.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr(AROUND_VIEWS[lost_with], fail)
        lost = acme_browser.post("/language/?next=/", {"in-language": "de"})
    assert (lost.status_code, lost.headers["Retry-After"]) == (503, "10")
    assert acme_browser.get(journey).status_code == 200


@pytest.mark.filterwarnings("ignore:.*was deleted while still open:ResourceWarning")
def test_r06_reading_row_by_row_says_that_the_database_is_lost_as_any_reading_does(
    acme: Tenant, globex: Tenant
) -> None:
    kill_our_backend(acme)
    # The other tenant is chosen first, over a connection that is gone.
    with tenant_context(globex), pytest.raises(OperationalError):
        next(Account.objects.iterator())
    # The cursor goes now, while it may complain.
    gc.collect()


@pytest.mark.parametrize(
    ("path", "knows_tenants"),
    [
        *((path, False) for path in ("token", "par", "userinfo", "introspect", "revoke", "register", "jwks")),
        # As long as the tenant is known, what needs no row is answered.
        *((path, True) for path in ("token", "introspect", "register")),
    ],
)
def test_r06_machines_are_told_in_json_that_there_is_no_database(
    acme_browser: Browser, path: str, knows_tenants: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise psycopg.OperationalError("connection refused")

    if knows_tenants:
        acme_browser.get("/oidc/.well-known/oauth-authorization-server")
    with monkeypatch.context() as patch:
        connection.close()
        patch.setattr(connection, "get_new_connection", fail)
        address = f"/oidc/{path}"
        answer = acme_browser.get(address) if path == "jwks" else acme_browser.post(address, urlencode(NOBODY), FORM)
        page = acme_browser.get("/sign-in/")
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "10", "no-store")
    assert answer.json()["error"] == "temporarily_unavailable"
    assert (page.status_code, page["Content-Type"].partition(";")[0]) == (503, "text/html")


def test_r06_after_a_killed_backend_role_and_path_are_right_again(acme: Tenant, globex: Tenant) -> None:
    kill_our_backend(acme)
    connection.close()
    with tenant_context(globex):
        assert [account.email for account in Account.objects.all()] == ["eve@globex.example"]
