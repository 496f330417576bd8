"""Chaos: people sign up while web servers and workers are killed and the database crashes. Nobody loses anything.

They come by every way there is (`tests/serving/chaos/ways.py`). `make chaos` has a thousand of them sign up, through
twenty kills and five crashes.
"""

import logging
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import pytest
from django.conf import settings

from tenants.models import Tenant
from tests.environment import ROOT
from tests.own_server import OwnServer, own_server
from tests.serving.chaos.around import PATIENCE, Elsewhere, elsewhere
from tests.serving.chaos.people import SigningUp
from tests.serving.conftest import environment_of_servers
from tests.waiting import until
from tools.run import web_server

AT_ONCE = 8


@dataclass
class Scene:
    """The web server, the worker and the database, what happens to them, and the servers around."""

    port: int
    database: OwnServer
    around: Elsewhere
    environment: dict[str, str]
    running: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    _changing: Lock = field(default_factory=Lock)

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

    def sign_up(self, number: int) -> SigningUp:
        """Go through the pages to the profile."""
        return SigningUp(number, self.around).go()


@pytest.fixture
def scene(
    transactional_db: None,
    acme: Tenant,
    globex: Tenant,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    pytestconfig: pytest.Config,
) -> Iterator[Scene]:
    caplog.set_level(logging.ERROR)
    with ExitStack() as cleanup:
        people = int(pytestconfig.getoption("--chaos-people"))
        around = cleanup.enter_context(elsewhere(acme, globex, people=people))
        database = cleanup.enter_context(own_server(tmp_path / "database"))
        environment = environment_of_servers(tmp_path) | {
            "DATABASE_URL": database.url,
            "DJANGO_SETTINGS_MODULE": "tests.serving.settings",
            "EMAIL_URL": around.mail_url,
            "CIAM_TRUSTED_PROXIES": "1",
            "CIAM_LOG_LEVEL": "ERROR",
        }
        scene = Scene(settings.PORT, database, around, environment)
        cleanup.callback(scene.end)
        scene.replace_the_web_server()
        scene.replace_the_worker()
        yield scene


@pytest.mark.long
def test_r41_whoever_signs_up_amid_kills_and_crashes_loses_nothing(
    scene: Scene, acme: Tenant, globex: Tenant, pytestconfig: pytest.Config
) -> None:
    people, kills, crashes = (int(pytestconfig.getoption(f"--chaos-{each}")) for each in ("people", "kills", "crashes"))
    schemas = (acme.schema_name, globex.schema_name)
    blows = [scene.replace_the_web_server, scene.replace_the_worker] * kills + [scene.database.crash] * crashes
    random.shuffle(blows)

    signed_up = all_sign_up(scene, people, blows)

    mailbox, rows = scene.around.mailbox, scene.database.rows
    until(lambda: jobs(scene.database) <= {"SUCCESSFUL"}, otherwise="Some jobs were never done", seconds=PATIENCE)
    accounts = [email for schema in schemas for (email,) in rows(f"SELECT email FROM {schema}.accounts_account")]
    assert {each.email for each in signed_up} <= set(accounts)
    assert len(accounts) == len(set(accounts))
    ours, of_hooks = (rows(f"SELECT id, state FROM {schema}.mail_message") for schema in schemas)
    assert {state for _, state in [*ours, *of_hooks]} == {"sent"}
    taken = set(mailbox.taken)
    assert names_of(ours) <= taken <= names_of(ours) | names_of(of_hooks)
    # Once each, whatever the database does. One whose worker died before it had read the answer goes again, as it was.
    assert mailbox.taken.total() - len(taken) <= kills
    once = {each.email for each in signed_up if not each.may_have_two_codes}
    assert [email for email in once if len(set(mailbox.tickets.get(email, []))) > 1] == []
    texts = [text for schema in schemas for text in rows(f'SELECT "to", state FROM {schema}.sms_textmessage')]
    assert {state for _, state in texts} == {"sent"}
    assert {each.phone for each in signed_up if each.way.is_texted} == {number for number, _ in texts}
    came_again = Counter(str(each.way) for each in signed_up if each.has_come_again)
    # A blow can take an answer from whoever is under way just then, and from nobody else.
    assert came_again.total() <= len(blows) * AT_ONCE
    print(f"{mailbox.taken.total()} mails were handed over, {len(taken)} different ones; came again: {came_again}.")


def names_of(mails: Sequence[tuple[object, ...]]) -> set[str]:
    """Their Message-IDs."""
    return {f"<{message}@localhost>" for message, _ in mails}


def all_sign_up(scene: Scene, people: int, blows: list[Callable[[], None]]) -> list[SigningUp]:
    """So many sign up, while one blow after another falls, evenly among them. Returns who they are."""
    falls_at = {round((number + 1) * people / (len(blows) + 1)): blow for number, blow in enumerate(blows)}

    def one(number: int) -> SigningUp:
        if number in falls_at:
            falls_at[number]()
        return scene.sign_up(number)

    with ThreadPoolExecutor(AT_ONCE) as browsers:
        return list(browsers.map(one, range(people)))


def jobs(database: OwnServer) -> set[str]:
    """The states that jobs are in."""
    query = "SELECT DISTINCT status FROM public.django_tasks_database_dbtaskresult"
    return {str(status) for (status,) in database.rows(query)}
