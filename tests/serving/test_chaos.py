"""Chaos: people sign up while web servers and workers are killed and the database crashes. Nobody loses anything.

`make chaos` has a thousand of them sign up, through twenty kills and five crashes.
"""

import logging
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from threading import Lock

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.clients.customer import Answer, Customer
from tests.environment import ROOT
from tests.own_server import OwnServer, own_server
from tests.serving.conftest import environment_of_servers, free_port
from tests.waiting import until
from tools.run import web_server

AT_ONCE = 8
PATIENCE = 60.0
"""Seconds for which somebody reloads a page that doesn't come, or waits for a mail."""

RELOADS_AFTER = 0.3


@dataclass
class Mailbox:
    """The mail server: what it has acknowledged, by Message-ID, and the newest code for each address."""

    taken: Counter[str] = field(default_factory=Counter)
    codes: dict[str, list[str]] = field(default_factory=dict)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=default)
        self.taken[str(mail["Message-ID"])] += 1
        self.codes.setdefault(envelope.rcpt_tos[0], []).append(str(mail["Subject"])[:6])
        return "250 taken"

    def code_for(self, address: str) -> str:
        """The newest code, as soon as there is one. Nobody asks for another."""
        until(lambda: bool(self.codes.get(address)), otherwise=f"No mail has come to {address}")
        return self.codes[address][-1]


class Reloading(httpx.HTTPTransport):
    """Does what people do at a page that doesn't come: reload it, forms included."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                response = super().handle_request(request)
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            else:
                if response.status_code != 503 or time.monotonic() > deadline:
                    return response
                response.read()
            time.sleep(RELOADS_AFTER)


@dataclass
class Scene:
    """The web server, the worker, the database and the mail server, and what happens to them."""

    port: int
    database: OwnServer
    mailbox: Mailbox
    environment: dict[str, str]
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    _changing: Lock = field(default_factory=Lock)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def replace_the_web_server(self) -> None:
        """Kill its processes, as for lack of memory, and start others as a container's policy would."""
        self._replace(web_server(self.port))

    def replace_the_worker(self) -> None:
        """The same for the worker."""
        self._replace([sys.executable, "manage.py", "worker"])

    def _replace(self, command: Sequence[str]) -> None:
        name = command[2]
        with self._changing:
            self._kill(name)
            self.running[name] = subprocess.Popen(command, cwd=ROOT, env=self.environment, start_new_session=True)

    def end(self) -> None:
        """Kill all of them for good."""
        for name in list(self.running):
            self._kill(name)

    def _kill(self, name: str) -> None:
        if process := self.running.pop(name, None):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def sign_up(self, number: int) -> str:
        """Go through the pages to the profile. Returns the address that now has an account."""
        email = f"customer{number}@example.com"
        customer = Customer()
        customer.http = httpx.Client(
            transport=Reloading(limits=httpx.Limits(max_keepalive_connections=0)),
            timeout=30,
            headers={"X-Forwarded-For": f"198.18.{number // 250}.{number % 250}"},
        )
        answers: dict[str, Answer] = {
            "email": email,
            "code": lambda: self.mailbox.code_for(email),
            "givenName": "Carla",
            "password": PASSWORD,
        }
        profile = f"{self.url}/t/acme/profile/"
        try:
            customer.go(f"{self.url}/t/acme/sign-up/", until=profile, answers=answers)
        except AssertionError as page:
            # The answer to the last page was lost, and reloaded it says that it was used already. So they sign in.
            if not str(page).startswith("410 "):
                raise
            customer.go(f"{self.url}/t/acme/sign-in/", until=profile, answers=answers)
        return email


@pytest.fixture
def scene(transactional_db: None, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Scene]:
    caplog.set_level(logging.ERROR)
    mailbox = Mailbox()
    with ExitStack() as cleanup:
        database = cleanup.enter_context(own_server(tmp_path / "database"))
        post = Controller(mailbox, hostname="127.0.0.1", port=free_port(), ready_timeout=10)
        post.start()
        cleanup.callback(post.stop)
        environment = environment_of_servers(tmp_path) | {
            "DATABASE_URL": database.url,
            "DJANGO_SETTINGS_MODULE": "tests.serving.settings",
            "EMAIL_URL": f"smtp://127.0.0.1:{post.port}",
            "CIAM_TRUSTED_PROXIES": "1",
            "CIAM_LOG_LEVEL": "ERROR",
        }
        scene = Scene(free_port(), database, mailbox, environment)
        cleanup.callback(scene.end)
        scene.replace_the_web_server()
        scene.replace_the_worker()
        yield scene


@pytest.mark.long
def test_r41_whoever_signs_up_amid_kills_and_crashes_loses_nothing(
    scene: Scene, acme: Tenant, pytestconfig: pytest.Config
) -> None:
    people, kills, crashes = (int(pytestconfig.getoption(f"--chaos-{each}")) for each in ("people", "kills", "crashes"))
    blows = [scene.replace_the_web_server, scene.replace_the_worker] * kills + [scene.database.crash] * crashes
    random.shuffle(blows)

    signed_up = all_sign_up(scene, people, blows)

    schema = acme.schema_name
    until(lambda: jobs(scene.database) <= {"SUCCESSFUL"}, otherwise="Some jobs were never done")
    accounts = [email for (email,) in scene.database.rows(f"SELECT email FROM {schema}.accounts_account")]
    assert set(signed_up) <= set(accounts)
    mails = scene.database.rows(f"SELECT id, state FROM {schema}.mail_message")
    assert {state for _, state in mails} == {"sent"}
    assert {f"<{message}@localhost>" for message, _ in mails} == set(scene.mailbox.taken)
    # Once each; but a mail that the server had taken when worker or database died is handed over again, as it was.
    assert scene.mailbox.taken.total() - len(mails) <= kills + crashes
    assert [address for address, codes in scene.mailbox.codes.items() if len(set(codes)) > 1] == []
    print(f"{scene.mailbox.taken.total()} mails were handed over, {len(mails)} different ones.")


def all_sign_up(scene: Scene, people: int, blows: list[Callable[[], None]]) -> list[str]:
    """So many sign up, while one blow after another falls, evenly among them. Returns their addresses."""
    falls_at = {round((number + 1) * people / (len(blows) + 1)): blow for number, blow in enumerate(blows)}

    def one(number: int) -> str:
        if number in falls_at:
            falls_at[number]()
        return scene.sign_up(number)

    with ThreadPoolExecutor(AT_ONCE) as browsers:
        return list(browsers.map(one, range(people)))


def jobs(database: OwnServer) -> set[str]:
    """The states that jobs are in."""
    query = "SELECT DISTINCT status FROM public.django_tasks_database_dbtaskresult"
    return {str(status) for (status,) in database.rows(query)}
