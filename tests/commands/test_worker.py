"""The worker as a process: told to stop, or with a database or a mail server that lets it wait."""

import os
import signal
import socket
import subprocess
import sys
from asyncio import to_thread
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import schema_context, tenant_context
from psycopg import sql

from mail.models import Message
from mail.services import queue_message
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.work.dead_workers import OWN_MACHINE_FIRST, AbandonedJobs
from tenants.work.jobs import run_waiting_jobs
from tenants.work.journal import folder
from tests import database
from tests.environment import server
from tests.mail_server import mail_servers
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
# A worker that waits less long than others.
IMPATIENT = """
import django
from django.core.management import execute_from_command_line
django.setup()
import {module}
{module}.{name} = {value}
execute_from_command_line(["manage.py", "worker"])
"""


@contextmanager
def worker(
    said: Path, *, module: str, name: str, value: object, **environment: str
) -> Iterator["subprocess.Popen[str]"]:
    """A worker on this run's database, with one number of its own; `said` gets what it logs."""
    with said.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", IMPATIENT.format(module=module, name=name, value=value)],
            env={
                **os.environ,
                "DATABASE_URL": database.address(),
                "DJANGO_SETTINGS_MODULE": "ciam_portal.settings",
                **environment,
            },
            cwd=settings.BASE_DIR,
            stderr=log,
            text=True,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def takes_writes(*, is_on: bool) -> None:
    """As an operator sets it, for every connection: those there are end."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(server.superuser_url(), autocommit=True) as superuser:
        setting = sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}")
        superuser.execute(setting.format(sql.Identifier(name), sql.Literal("off" if is_on else "on")))
        superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
    connection.close()


def queue(tenant: Tenant) -> Message:
    with tenant_context(tenant):
        return queue_message(to="carol@acme.example", kind="code", subject="Hello", text="Hello")


def state_of(tenant: Tenant, message: Message) -> Any:
    with tenant_context(tenant):
        return Message.objects.get(pk=message.pk).state


def test_r43_the_worker_outlives_a_database_that_takes_no_writes(acme: Tenant, tmp_path: Path) -> None:
    said = tmp_path / "said"
    mails = {"EMAIL_URL": f"filemail://{tmp_path}"}
    with worker(said, module="commands.management.commands.worker", name="WAITS", value=(0.1,), **mails) as process:
        before = queue(acme)
        until(lambda: state_of(acme, before) == Message.State.SENT)

        takes_writes(is_on=False)
        until(lambda: "read-only transaction" in said.read_text())
        with connection.cursor() as cursor:
            # Somebody else's session, which began when the database still took writes.
            cursor.execute("SET default_transaction_read_only = off")
        meanwhile = queue(acme)
        takes_writes(is_on=True)

        until(lambda: state_of(acme, meanwhile) == Message.State.SENT)
        assert process.poll() is None


def test_r41_a_mail_goes_once_though_database_or_worker_are_lost_before_that_is_committed(
    acme: Tenant, tmp_path: Path
) -> None:
    with mail_servers() as start, ExitStack() as cleanup:
        mailbox, port = start()
        take = mailbox.handle_DATA

        async def lose_the_database(*given: Any) -> str:
            await to_thread(takes_writes, is_on=False)
            return str(await take(*given))

        async def hold_the_commit_up(*given: Any) -> str:
            mailbox.handle_DATA = take
            await to_thread(holding.execute, "SELECT FROM public.django_tasks_database_dbtaskresult FOR UPDATE")
            return str(await take(*given))

        mailbox.handle_DATA = lose_the_database
        module, url = "commands.management.commands.worker", {"EMAIL_URL": f"smtp://127.0.0.1:{port}"}
        first = queue(acme)
        with worker(tmp_path / "said", module=module, name="FREES_JOBS_EVERY", value=0.2, **url) as process:
            until(lambda: mailbox.got)
            takes_writes(is_on=True)
            until(lambda: state_of(acme, first) == Message.State.SENT)

            name = connection.settings_dict["NAME"]
            holding = cleanup.enter_context(psycopg.connect(server.superuser_url(), dbname=name))
            mailbox.handle_DATA = hold_the_commit_up
            second = queue(acme)
            until(lambda: any(str(second.pk) in journal.read_text() for journal in folder().iterdir()))
            process.kill()
            process.wait()
        holding.rollback()
        assert state_of(acme, second) == Message.State.QUEUED

        # As the next worker of this machine begins.
        AbandonedJobs(patience=OWN_MACHINE_FIRST).free()
        run_waiting_jobs()
        assert state_of(acme, second) == Message.State.SENT
        assert len(mailbox.got) == 2


def test_a_worker_that_is_told_to_stop_ends_though_the_mail_server_is_silent(acme: Tenant, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        url = {"EMAIL_URL": f"smtp://127.0.0.1:{silent.getsockname()[1]}"}
        message = queue(acme)
        with worker(
            tmp_path / "said", module="mail.sending.transports", name="TIMEOUT_SECONDS", value=1, **url
        ) as process:
            caller, _ = silent.accept()
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0
            caller.close()

    with tenant_context(acme):
        waiting = Message.objects.get(pk=message.pk)
    assert (waiting.state, waiting.attempts) == (Message.State.QUEUED, 1)
    assert waiting.sealed_body
    with schema_context(PUBLIC):
        assert DBTaskResult.objects.filter(status="READY", run_after__gt=timezone.now()).count() == 1
