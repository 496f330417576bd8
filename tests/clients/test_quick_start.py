"""The code of the quick start, run as it stands there: what a developer copies works."""

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django_tenants.utils import tenant_context
from pytest_django.live_server_helper import LiveServer

from accounts.models import Account
from applications.models import Application
from applications.services.registration import register_application
from audit.services import Actor
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD, new_secret
from tests.clients.customer import Customer
from tests.clients.nodejs import NODE_FOLDER, node
from tests.waiting import until

pytestmark = [pytest.mark.client, pytest.mark.django_db(transaction=True)]


def code_of(application: Application, portal: Browser, framework: str) -> str:
    page = portal.get(f"/tenants/acme/applications/{application.client_id}/quick-start/", {"with": framework})
    code: str = page.context["code"]
    return code


@pytest.fixture
def shop(live_server: LiveServer, acme: Tenant, ada_portal: Browser, tmp_path: Path) -> Iterator[str]:
    """The address of an Express application that is nothing but the code of the quick start."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        home = f"http://localhost:{listener.getsockname()[1]}"
    with tenant_context(acme):
        application = register_application(
            name="Shop", kind=Application.Kind.WEB, redirect_uris=[f"{home}/callback"], actor=Actor.command()
        )
        secret = new_secret(application)
    (tmp_path / "app.mjs").write_text(code_of(application, ada_portal, "express"))
    (tmp_path / "node_modules").symlink_to(NODE_FOLDER / "node_modules")
    environment = {**os.environ, "CLIENT_SECRET": secret, "SESSION_KEY": "k" * 32}
    program = subprocess.Popen([node(), "app.mjs"], cwd=tmp_path, env=environment)
    yield home
    program.terminate()
    program.wait(20)


def is_there(url: str) -> bool:
    try:
        httpx.get(url)
    except httpx.TransportError:
        return False
    return True


def test_carol_signs_in_to_the_example_for_express(shop: str, carol: Account) -> None:
    until(lambda: is_there(shop), otherwise="The example doesn't start.")
    customer = Customer()

    answers = {"email": carol.email, "password": PASSWORD}
    callback = customer.go(f"{shop}/", until=f"{shop}/callback", answers=answers)
    told = customer.http.get(callback, follow_redirects=True).json()

    assert told["sub"] == str(carol.pk)


def test_a_service_gets_its_token_by_the_example_for_requests(
    live_server: LiveServer,
    acme: Tenant,
    ada_portal: Browser,
    reports: Application,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with tenant_context(acme):
        monkeypatch.setenv("CLIENT_SECRET", new_secret(reports))

    exec(compile(code_of(reports, ada_portal, "requests"), "example", "exec"), {})  # noqa: S102 - it is ours

    assert capsys.readouterr().out.count(".") == 2
