"""The sample applications, run as their pages say."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest
from django.conf import settings
from django_tenants.utils import tenant_context
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Account
from applications.models import Application
from applications.policies.grants import DEVICE_CODE
from applications.services.registration import register_application
from tenants.addressing import base_url
from tenants.models import Tenant
from tests.cast import PASSWORD, allow, new_secret
from tests.clients.customer import Customer
from tests.clients.nodejs import NODE_FOLDER, node
from tests.oidc.apis import COMMAND, ORDERS, found_orders

EXAMPLES = Path(settings.BASE_DIR) / "examples"
pytestmark = pytest.mark.client


@contextmanager
def start(folder: str, **values: str) -> Iterator[subprocess.Popen[str]]:
    """Runs a sample until it is done with, whatever came of it."""
    with subprocess.Popen(
        ["sh", str(EXAMPLES / folder / "run.sh")],
        env={**os.environ, **values, "PYTHON": sys.executable, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            yield program
        finally:
            program.kill()


@pytest.mark.parametrize("is_clerk", [True, False])
def test_a_service_calls_an_api_that_checks_its_token(
    live_server: LiveServer, acme: Tenant, reports: Application, is_clerk: bool
) -> None:
    orders = found_orders(acme)
    orders.permit(reports, roles=(orders.clerk,) if is_clerk else ())
    with tenant_context(acme):
        secret = new_secret(reports)
    with start(
        "service-and-api",
        ISSUER=f"{base_url(acme)}/oidc",
        API=ORDERS,
        CLIENT_ID=reports.client_id,
        CLIENT_SECRET=secret,
    ) as service:
        said, problems = service.communicate(timeout=60)
    assert "Without a token: 401 {'error': 'invalid_token'}" in said
    if is_clerk:
        assert f"With a token: 200 {{'orders': ['a book'], 'asked_by': '{reports.client_id}'}}" in said
    else:
        assert "invalid_scope" in problems


def test_carol_signs_in_to_a_device(live_server: LiveServer, acme: Tenant, mobile: Application, carol: Account) -> None:
    with tenant_context(acme):
        allow(mobile, DEVICE_CODE)
    with start("device", ISSUER=f"{base_url(acme)}/oidc", CLIENT_ID=mobile.client_id) as device:
        assert device.stdout is not None
        asked = re.match(r"Open (\S+) and enter (\S+)", device.stdout.readline())
        assert asked is not None
        customer = Customer()
        answers = {"email": carol.email, "password": PASSWORD, "user_code": asked[2]}
        assert "signed in" in customer.walk(asked[1], answers=answers)
        said, problems = device.communicate(timeout=60)
    assert said.strip() == "Hello, Carol Carter", problems


@dataclass
class Sample:
    """A sample that runs, as the application that was registered for it."""

    home: str
    application: Application


Running = Callable[[str, str], AbstractContextManager[Sample]]


@pytest.fixture
def running(acme: Tenant, tmp_path: Path) -> Running:
    """Starts a copy of a sample's folder by its `run.sh`, with what it needs already installed."""

    @contextmanager
    def start_sample(folder: str, kind: str) -> Iterator[Sample]:
        copy = tmp_path / folder
        shutil.copytree(EXAMPLES / folder, copy)
        if (copy / "package.json").exists():
            (copy / "node_modules").symlink_to(NODE_FOLDER / "node_modules")
        home = f"http://localhost:{free_port()}/"
        with tenant_context(acme):
            application = register_application(
                name="Sample",
                kind=kind,
                redirect_uris=[home if kind == Application.Kind.SPA else f"{home}callback"],
                post_logout_redirect_uris=[home],
                actor=COMMAND,
            )
            secret = "" if kind == Application.Kind.SPA else new_secret(application)
        (copy / "settings.env").write_text(
            f"ISSUER={base_url(acme)}/oidc\nCLIENT_ID={application.client_id}\nCLIENT_SECRET={secret}\n"
            f"PORT={home.rstrip('/').rpartition(':')[2]}\nAUTHLIB_INSECURE_TRANSPORT=1\n"
        )
        program = subprocess.Popen(
            ["sh", "run.sh"],
            cwd=copy,
            env={**os.environ, "PYTHON": sys.executable, "NODE": node(), "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(home, program)
            yield Sample(home, application)
        finally:
            program.terminate()
            program.wait(20)

    return start_sample


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_for(url: str, program: subprocess.Popen[bytes]) -> None:
    with httpx.Client() as asking:
        for _ in range(300):
            assert program.poll() is None, "The sample ended."
            try:
                asking.get(url)
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
    raise AssertionError("The sample doesn't answer.")


def token_shown(page: str) -> str:
    found = re.search(r'id="access-token">([^<]+)<', page)
    assert found is not None, page
    return found[1]


@pytest.mark.parametrize("folder", ["flask", "express"])
def test_carol_signs_in_to_a_web_application_renews_and_signs_out(
    live_server: LiveServer, acme: Tenant, carol: Account, running: Running, folder: str
) -> None:
    with running(folder, Application.Kind.WEB) as sample:
        customer = Customer()

        def press(path: str) -> httpx.Response:
            return customer.http.post(urljoin(sample.home, path), follow_redirects=False)

        asked = press("sign-in").headers["location"]
        answers = {"email": carol.email, "password": PASSWORD}
        callback = customer.go(asked, until=f"{sample.home}callback", answers=answers)
        page = unescape(customer.http.get(callback, follow_redirects=True).text)
        assert "Hello, Carol Carter" in page
        assert str(carol.pk) in page

        press("renew")
        renewed = customer.http.get(sample.home).text
        assert token_shown(renewed) != token_shown(page)
        assert carol.email in press("userinfo").text

        signed_out = customer.http.get(press("sign-out").headers["location"], follow_redirects=True)
        assert str(signed_out.url) == sample.home
        assert "Nobody is signed in" in signed_out.text
        # The issuer has forgotten her too: it asks for an address again.
        again = customer.http.get(press("sign-in").headers["location"], follow_redirects=True)
        assert 'type="email"' in again.text


@pytest.mark.parametrize("folder", ["flask", "express"])
def test_a_web_application_lets_each_of_two_tabs_end_its_sign_in(
    live_server: LiveServer, acme: Tenant, carol: Account, running: Running, folder: str
) -> None:
    """Both have begun before either ended. An end that comes again leads to where its customer is signed in."""
    with running(folder, Application.Kind.WEB) as sample:
        customer = Customer()
        press = urljoin(sample.home, "sign-in")
        asked = [customer.http.post(press, follow_redirects=False).headers["location"] for _ in range(2)]
        answers = {"email": carol.email, "password": PASSWORD}
        for address in asked:
            callback = customer.go(address, until=f"{sample.home}callback", answers=answers)
            for _ in ("once", "again"):
                page = customer.http.get(callback, follow_redirects=True)
                assert page.status_code == 200
                assert "Hello, Carol Carter" in page.text


@pytest.mark.parametrize("folder", ["flask", "express"])
def test_a_web_application_says_why_a_sign_in_failed(
    live_server: LiveServer, acme: Tenant, running: Running, folder: str
) -> None:
    with running(folder, Application.Kind.WEB) as sample:
        customer = Customer()
        forged = customer.http.get(f"{sample.home}callback?code=stolen&state=forged")
        assert forged.status_code == 400
        assert "Sign in again" in forged.text
        asked = customer.http.post(urljoin(sample.home, "sign-in"), follow_redirects=False).headers["location"]
        refused = {
            "error": "x",
            "error_description": "<script>alert(1)</script>",
            "state": parse_qs(urlsplit(asked).query)["state"][0],
        }
        markup = customer.http.get(f"{sample.home}callback", params=refused)
        assert "That did not work" in markup.text
        assert "<script>alert" not in markup.text


@pytest.mark.browser
def test_carol_signs_in_to_a_single_page_application_renews_and_signs_out(
    live_server: LiveServer, chromium: Chromium, carol: Account, running: Running
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    with running("single-page", Application.Kind.SPA) as sample:
        page.goto(sample.home)
        page.get_by_role("button", name="Sign in").click()
        page.locator("[type=email]").fill(carol.email)
        page.locator("button.primary").click()
        page.locator("[type=password]").fill(PASSWORD)
        page.locator("button.primary").click()
        greeting = page.get_by_role("heading", level=1)
        expect(greeting).to_have_text("Hello, Carol Carter")
        assert page.url == sample.home
        shown = page.locator("#access-token")
        first = shown.text_content() or ""

        page.get_by_role("button", name="Renew").click()
        expect(shown).not_to_have_text(first)
        expect(greeting).to_have_text("Hello, Carol Carter")

        page.get_by_role("button", name="Sign out").click()
        expect(greeting).to_have_text("Nobody is signed in")
        assert page.url == sample.home
        assert page.get_by_role("alert").text_content() == ""
    context.close()


@pytest.mark.parametrize("folder", ["express", "single-page"])
def test_a_sample_names_the_versions_that_are_tested(folder: str) -> None:
    tested = json.loads((NODE_FOLDER / "package.json").read_text())["dependencies"]
    wanted = json.loads((EXAMPLES / folder / "package.json").read_text())["dependencies"]
    assert wanted.items() <= tested.items()
