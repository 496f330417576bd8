"""A database that is behind something silent, takes no writes, or has several hosts, of which some are dead."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest
from django.db import connection
from psycopg import sql
from pytest_django.fixtures import Settings

from audit.services import Actor
from common.database import caches
from common.database.caches import Listener
from tenants.models import Tenant
from tenants.postgresql import base
from tenants.postgresql.pooling import own_session
from tenants.services import suspend_tenant
from tests.browser import Browser
from tests.environment import ROOT, server
from tests.oidc.relying_party import FORM
from tests.relay import Relay, relay_to
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def relay(monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    """All connections that are made from now on go through it."""
    at = connection.settings_dict
    with relay_to("127.0.0.1", int(at["PORT"])) as relay:
        connection.close()
        monkeypatch.setitem(at, "HOST", "127.0.0.1")
        monkeypatch.setitem(at, "PORT", str(relay.port))
        monkeypatch.setitem(at, "CONN_MAX_AGE", 300)
        yield relay
        connection.close()


def test_r42_a_request_on_a_connection_that_hangs_ends_in_time(
    relay: Relay, acme_browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "ANSWERS_WITHIN", 1.0)
    connection.close()
    assert acme_browser.get("/sign-up/", follow=True).status_code == 200
    relay.hang()
    begun = time.monotonic()
    # Finding the tenant is tried twice, also for what may change something.
    refused = acme_browser.post("/oidc/token", urlencode({"grant_type": "client_credentials"}), FORM)
    assert refused.status_code == 401
    relay.hang()
    assert acme_browser.get("/sign-up/", follow=True).status_code == 200
    assert time.monotonic() - begun < 15


def test_r42_a_tenant_that_was_suspended_is_not_served_because_the_announcement_hangs(
    relay: Relay, settings: Settings, monkeypatch: pytest.MonkeyPatch, acme: Tenant, acme_browser: Browser
) -> None:
    """The connection that would announce it hangs; and so the process forgets what it knew, and asks anew."""
    settings.CIAM_LISTEN_FOR_CHANGES = True
    for patience in ("LOOK_UP_EVERY", "ASK_EVERY", "ANSWERS_WITHIN", "RECONNECT_AFTER"):
        monkeypatch.setattr(caches, patience, 0.1)
    listener = Listener()
    monkeypatch.setattr(caches, "listener", listener)
    try:
        assert acme_browser.get("/sign-up/", follow=True).status_code == 200
        until(lambda: listener.hears(time.monotonic()))
        relay.hang()
        connection.close()
        # As another process would: this one's own caches aren't told.
        with pytest.MonkeyPatch.context() as elsewhere:
            elsewhere.setattr(caches, "_forget", lambda _scope: None)
            suspend_tenant(acme, actor=Actor.command())
        until(lambda: acme_browser.get("/sign-up/", follow=True).status_code == 503)
    finally:
        listener.stop()


def test_r43_a_database_that_takes_no_writes_is_not_ready_and_comes_back_by_itself(
    home: Tenant, acme_browser: Browser
) -> None:
    assert Browser(home).get("/readyz").status_code == 200
    take_writes(is_on=False)
    answer = Browser(home).get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "database takes no writes")
    assert acme_browser.get("/sign-up/", follow=True).status_code == 503

    take_writes(is_on=True)
    assert Browser(home).get("/readyz").status_code == 200
    assert acme_browser.get("/sign-up/", follow=True).status_code == 200


def take_writes(*, is_on: bool) -> None:
    """As an operator sets it, or as it is at a standby. It holds for new connections."""
    name = sql.Identifier(connection.settings_dict["NAME"])
    with psycopg.connect(server.superuser_url(), autocommit=True) as superuser:
        setting = sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}")
        superuser.execute(setting.format(name, sql.Literal("off" if is_on else "on")))
    connection.close()


@pytest.mark.long
def test_of_several_hosts_the_one_is_used_that_takes_writes() -> None:
    """The first is dead. What is asked of it is asked of the next one."""
    with socket.socket() as dead:
        dead.bind(("127.0.0.1", 0))
        at = urlsplit(server.start())
        hosts = f"127.0.0.1:{dead.getsockname()[1]},127.0.0.1:{at.port}"
        name = connection.settings_dict["NAME"]
        url = f"postgresql://{at.username}:{at.password}@{hosts}/{name}?target_session_attrs=read-write"
        ran = subprocess.run(
            [sys.executable, "manage.py", "tenant", "list"],
            env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "ciam_portal.settings"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert ran.returncode == 0, ran.stderr
    assert "acme" in ran.stdout


def test_every_connection_goes_to_the_host_that_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as dead:
        dead.bind(("127.0.0.1", 0))
        at = connection.settings_dict
        monkeypatch.setitem(at, "PORT", f"{dead.getsockname()[1]},{at['PORT']}")
        monkeypatch.setitem(at, "HOST", f"127.0.0.1,{at['HOST']}")
        connection.close()
        # The listener's and the worker's connections beside Django's are made as its own is.
        beside = own_session()
        assert beside.execute("SELECT 1").fetchone() == (1,)
        beside.close()
    connection.close()
