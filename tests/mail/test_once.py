"""What has left doesn't leave again, though worker or database are lost before that could be committed."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import tenant_context

from audit.services import Actor
from hooks.description import HookDescription
from hooks.policies import MAIL, TEXT
from hooks.services import create_hook
from mail.bodies import Ticket
from mail.models import Message
from mail.services import queue_message
from sms.models import TextMessage
from sms.senders.description import TextDescription
from sms.services import choose_sender, queue_text
from tenants.models import Tenant
from tenants.work.dead_workers import OWN_MACHINE_FIRST, AbandonedJobs
from tenants.work.jobs import living
from tenants.work.journal import keeping_journal
from tests.browser import Browser
from tests.hooks.receiver import receiver
from tests.sms.provider import sms_provider
from tests.worker import run_jobs

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()
Sent = Message | TextMessage
Leaving = tuple[Sent, list[Any]]


@pytest.fixture(autouse=True)
def _machine(settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One without a journal so far."""
    settings.CIAM_DATA_DIR = tmp_path
    caplog.set_level(logging.CRITICAL)


@pytest.fixture(params=["a mail", "a mail by a hook", "a text message", "a text message by a hook"])
def leaving(request: pytest.FixtureRequest, acme: Tenant, settings: Any, mail_server: Any) -> Any:
    """What waits to be sent, and where it comes to."""
    mailbox, port = mail_server()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    is_mail, is_hooked = request.param.startswith("a mail"), request.param.endswith("hook")
    with receiver() as hook, sms_provider() as provider:
        with tenant_context(acme):
            if is_hooked:
                description = HookDescription(moment=MAIL if is_mail else TEXT, name="Sender", url=hook.url)
                create_hook(description, actor=COMMAND)
            row = queued_mail() if is_mail else queued_text(provider.url)
        yield row, hook.asked if is_hooked else mailbox.got if is_mail else provider.asked


def queued_mail() -> Sent:
    ticket = Ticket(code="493817")
    return queue_message(to="carol@acme.example", kind="code", subject="Hello", text="Hello", ticket=ticket)


def queued_text(url: str) -> Sent:
    body = '{"to": "{to}", "text": "{text}"}'
    choose_sender(TextDescription(sender="http", url=url, body=body, countries=("DE",)), actor=COMMAND)
    return queue_text(to="+4915112345678", kind="code", text="Hello\n@localhost #493817", group="")


def lose_the_database(row: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have it go away as soon as the row has left, and its worker take another name."""

    def save(*_: Any, **__: Any) -> None:
        raise OperationalError("the server closed the connection")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(type(row), "save", save)
        with pytest.raises(OperationalError):
            work()


def work() -> None:
    """Run what is due, as a worker that lives."""
    with living("batch"):
        run_jobs()


# Nobody says goodbye to the mail server any more.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket")
def test_r41_what_had_left_when_the_database_went_away_leaves_once(
    acme: Tenant, leaving: Leaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, came = leaving
    lose_the_database(row, monkeypatch)
    with tenant_context(acme):
        row.refresh_from_db()
    assert (row.state, len(came)) == ("queued", 1)

    assert AbandonedJobs(patience=OWN_MACHINE_FIRST).free() == 1
    run_jobs()

    with tenant_context(acme):
        row.refresh_from_db()
    assert (row.state, row.attempts, len(came)) == ("sent", 1, 1)
    assert row.sent_at
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {"SUCCESSFUL"}


@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket")
def test_r41_what_had_left_when_its_job_failed_does_not_leave_again_where_that_is_retried(
    acme: Tenant, mail_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox, port = mail_server()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    with tenant_context(acme):
        row = queued_mail()

    def save(*_: Any, **__: Any) -> None:
        monkeypatch.undo()
        raise ValueError

    monkeypatch.setattr(Message, "save", save)
    work()
    with tenant_context(acme):
        row.refresh_from_db()
    assert (row.state, row.attempts, len(mailbox.got)) == ("sent", 1, 1)
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {"FAILED"}


def test_a_worker_that_cannot_lock_its_journal_leaves_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(*_: Any) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("tenants.work.journal.fcntl.flock", flock)
    opened = len([*Path("/proc/self/fd").iterdir()])
    with keeping_journal("batch") as is_kept:
        assert not is_kept
        assert len([*Path("/proc/self/fd").iterdir()]) == opened
        assert not [*(tmp_path / "worker").iterdir()]


@pytest.fixture
def begun(acme: Tenant) -> Callable[[str], None]:
    """Have a worker of this name begin to send a mail."""

    def begin(worker: str) -> None:
        with tenant_context(acme):
            queued_mail()
        DBTaskResult.objects.get().claim(worker)

    return begin


def test_r41_a_worker_of_another_machine_is_waited_for(
    begun: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own machine knows what had left."""
    begun("elsewhere")
    abandoned = AbandonedJobs(patience=OWN_MACHINE_FIRST)
    assert abandoned.free() == 0
    later = time.monotonic() + OWN_MACHINE_FIRST
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert abandoned.free() == 1


def test_r41_who_still_speaks_with_a_mail_server_is_not_taken_for_dead_after_a_crash_of_the_database(
    begun: Callable[[str], None],
) -> None:
    """The crash took its lock there, and nobody has told it so."""
    with keeping_journal("here"):
        begun("here")
        assert AbandonedJobs().free() == 0
    assert AbandonedJobs().free() == 1


@pytest.mark.parametrize(
    "entry", ["", "acme mail.Mess", "gone mail.Message {}\n", "acme no.Model {}\n", "acme mail.Message x\n", "\0\0\0"]
)
def test_a_journal_that_makes_no_sense_keeps_nobody_from_work(
    begun: Callable[[str], None], tmp_path: Path, entry: str
) -> None:
    begun("dead")
    journal = tmp_path / "worker" / "dead"
    journal.parent.mkdir()
    journal.write_text(entry.format(uuid4()))
    assert AbandonedJobs().free() == 1
    assert not journal.exists()


def test_a_journal_that_cannot_be_opened_keeps_its_job_no_longer_than_one_elsewhere(
    begun: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Such as one of a worker that was started as root, and killed. It is told once."""
    caplog.set_level(logging.WARNING)
    begun("rooted")
    (tmp_path / "worker" / "rooted").mkdir(parents=True)
    abandoned = AbandonedJobs(patience=OWN_MACHINE_FIRST)
    assert abandoned.free() == 0
    later = time.monotonic() + OWN_MACHINE_FIRST
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert abandoned.free() == 1
    assert [each.getMessage() for each in caplog.records if "rooted" in each.getMessage()] == [
        f"{tmp_path}/worker/rooted can't be read: Is a directory. What its worker had let out may leave again."
    ]


def test_without_a_folder_to_write_into_a_worker_works_and_operators_read_it(
    acme: Tenant, olga_portal: Browser, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    (tmp_path / "a file").touch()
    settings.CIAM_DATA_DIR = tmp_path / "a file"
    with tenant_context(acme):
        row = queued_mail()
    settings.EMAIL_URL = f"filemail://{tmp_path}"
    with living("batch"):
        AbandonedJobs().free()
        run_jobs()
        assert "A worker can’t write into its data folder" in olga_portal.get("/installation/").content.decode()
    with tenant_context(acme):
        row.refresh_from_db()
    assert row.state == "sent"
    assert f"{tmp_path}/a file/worker can't be written: Not a directory." in caplog.text
