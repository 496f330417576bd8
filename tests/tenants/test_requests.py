"""What a request carries over to the next one, and to whoever stands between: nothing."""

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django_tenants.utils import tenant_context

from accounts.models import Account
from tenants.models import Tenant
from tenants.postgresql import connection
from tests.browser import Browser
from userflows.journeys import entry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("header", ["X_Forwarded_Host", "X_FORWARDED_FOR", "Host_"])
def test_t04_a_header_with_an_underscore_is_not_the_one_with_a_hyphen(acme: Tenant, header: str) -> None:
    answer = Browser(acme).get("/oidc/.well-known/openid-configuration", headers={header: "globex.example"})
    assert answer.json()["issuer"] == f"{settings.CIAM_BASE_URL}/t/acme/oidc"


def test_t06_nothing_is_served_where_no_tenant_is_found(home: Tenant) -> None:
    assert not getattr(settings, "SHOW_PUBLIC_IF_NO_TENANT_FOUND", False)
    assert "*" not in settings.ALLOWED_HOSTS
    assert Client().get("/t/nobody/").status_code == 404


def test_p26_what_strangers_look_for_is_nowhere_and_says_nothing_of_the_inside(acme: Tenant, home: Tenant) -> None:
    debugging = "admin/ __debug__/ debug metrics server-status actuator/env manage.py".split()
    files = ".git/config .env settings.py static/portal/forms.js.map static/admin/css/base.css".split()
    for tenant in (acme, home):
        for path in (*debugging, *files):
            answer = Browser(tenant).get(f"/{path}")
            assert answer.status_code == 404, path
            assert not {"Traceback", "urlconf", "django"} & {*answer.content.decode().lower().split()}, path
    assert (Client().get("/healthz").json(), Client().get("/readyz").json()) == ({"status": "ok"}, {"status": "ready"})


def test_t07_a_view_that_breaks_in_another_schema_leaves_nothing_behind(
    acme: Tenant, globex: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        connection.set_tenant(globex)
        raise LookupError

    monkeypatch.setattr(entry, "begin_journey", broken)
    browser = Browser(acme)
    browser.raise_request_exception = False
    assert browser.get("/sign-in/").status_code == 500
    assert connection.schema_name == "public"
    with tenant_context(acme):
        assert not Account.objects.with_email("eve@globex.example").exists()


@pytest.mark.parametrize("path", ["/sign-in/", "/profile/", "/sign-out/", "/signed-out/", "/reset/"])
def test_t11_no_shared_cache_may_keep_what_is_one_customers(acme_browser: Browser, carol: Account, path: str) -> None:
    acme_browser.sign_in(carol)
    answer = acme_browser.get(path, follow=True)
    policy = answer.headers.get("Cache-Control", "")
    assert "no-store" in policy or "private" in policy, (path, policy)


@pytest.mark.parametrize("path", ["/tenants/", "/tenants/acme/", "/tenants/acme/settings/", "/tenants/acme/outbox/"])
def test_t11_nor_what_is_an_administrators(ada_portal: Browser, acme: Tenant, path: str) -> None:
    assert "no-store" in ada_portal.get(path).headers["Cache-Control"]


@pytest.mark.parametrize("command", ["create_tenant", "clone_tenant", "rename_schema", "delete_tenant"])
def test_t30_a_command_that_would_pass_by_the_walls_refuses(command: str) -> None:
    with pytest.raises(CommandError, match="its own walls"):
        call_command(command)
