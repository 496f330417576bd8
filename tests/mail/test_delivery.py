"""Mail leaves by the transport that EMAIL_URL names, or waits, and never lies about in the clear."""

import ssl
from asyncio import to_thread
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from django.utils.translation import override
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import schema_context, tenant_context

from common.crypto.encryption import CannotUnseal
from common.environment import WrongSetting
from common.mail_server import parse_mail_url
from mail.bodies import open_body
from mail.jobs import MAX_ATTEMPTS
from mail.models import Message
from mail.sending.smtp import MOST_BYTES
from mail.services import queue_message, sweep_messages
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.work.jobs import run_waiting_jobs
from tests.mail_server import tls_with
from tests.worker import run_jobs

CODE = "493817"


def _queue(tenant: Tenant, to: str = "carol@acme.example") -> Message:
    with tenant_context(tenant):
        return queue_message(
            to=to,
            kind="code",
            subject=f"{CODE} is\r\nBcc: eve@globex.example",
            text=f"Code {CODE} – ü\n",
            html="<p>ü</p>",
            language="de",
        )


def _now(tenant: Tenant, message: Message) -> Message:
    with tenant_context(tenant):
        return Message.objects.get(pk=message.pk)


@pytest.mark.django_db
def test_a_body_is_sealed_for_its_message_and_tenant(acme: Tenant, globex: Tenant) -> None:
    message = _queue(acme)
    assert CODE not in message.sealed_body
    with tenant_context(acme):
        assert open_body(message.sealed_body, message_id=message.pk).text == f"Code {CODE} – ü\n"
        other = queue_message(to="carol@acme.example", kind="code", subject="x", text="y")
        with pytest.raises(CannotUnseal):
            open_body(message.sealed_body, message_id=other.pk)
    with tenant_context(globex), pytest.raises(CannotUnseal):
        open_body(message.sealed_body, message_id=message.pk)


@pytest.mark.django_db
def test_jobs_hold_ids_only(acme: Tenant) -> None:
    message = _queue(acme)
    with schema_context(PUBLIC):
        arguments = DBTaskResult.objects.get().args_kwargs
    assert arguments == {"args": [str(message.pk)], "kwargs": {}}


@pytest.mark.django_db
def test_without_a_mail_server_mail_stays_readable_in_the_outbox(acme: Tenant) -> None:
    message = _queue(acme)
    run_jobs()
    message = _now(acme, message)
    assert message.state == Message.State.KEPT
    with tenant_context(acme):
        assert CODE in open_body(message.sealed_body, message_id=message.pk).subject


@pytest.mark.django_db
def test_a_sent_message_is_emptied(acme: Tenant, settings: Any, mail_server: Any) -> None:
    mailbox, port = mail_server()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    message = _queue(acme)
    run_jobs()
    mail = mailbox.mail()
    assert mailbox.got[0].rcpt_tos == ["carol@acme.example"]
    assert mail["Subject"] == f"{CODE} is Bcc: eve@globex.example"
    assert mail["Bcc"] is None
    assert mail["From"] == "Acme <no-reply@localhost>"
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert mail["Content-Language"] == "de"
    assert mail.get_body(("plain",)).get_content().strip() == f"Code {CODE} – ü"
    assert mail.get_body(("html",)).get_content().strip() == "<p>ü</p>"
    message = _now(acme, message)
    assert (message.state, message.sealed_body) == (Message.State.SENT, "")
    assert message.sent_at is not None


@pytest.mark.django_db(transaction=True)
def test_r41_a_mail_is_noted_as_sent_before_goodbye_is_said(acme: Tenant, settings: Any, mail_server: Any) -> None:
    """Some servers let whoever says it wait, or say anything; a worker that dies meanwhile sends nothing twice."""
    mailbox, port = mail_server()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    message = _queue(acme)
    noted: list[str] = []

    def look() -> None:
        noted.append(_now(acme, message).state)
        connection.close()

    async def take_leave(*_: Any) -> str:
        await to_thread(look)
        return "221-" + "and so on " * MOST_BYTES

    mailbox.handle_QUIT = take_leave
    run_waiting_jobs()
    assert noted == [Message.State.SENT]
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {"SUCCESSFUL"}


@pytest.mark.django_db
def test_a_refused_address_is_given_up_at_once(
    acme: Tenant, settings: Any, mail_server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox, port = mail_server()
    mailbox.answer = "550 no such mailbox"
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    message = _queue(acme)
    run_jobs()
    message = _now(acme, message)
    assert (message.state, message.attempts) == (Message.State.FAILED, 1)
    assert str(message.problem) == "The mail server refused the message (550)."
    with override("de"):
        assert str(message.problem) == "Der Mailserver hat die E-Mail abgelehnt (550)."
    told = [(line.levelname, line.getMessage()) for line in caplog.records if line.name == "mail.jobs"]
    assert told == [
        ("WARNING", f"Mail {message.pk} wasn't delivered at attempt 1: {message.problem}"),
        ("ERROR", f"Mail {message.pk} is given up"),
    ]


@pytest.mark.django_db
def test_a_server_in_trouble_is_tried_again_six_times_at_most(acme: Tenant, settings: Any, mail_server: Any) -> None:
    mailbox, port = mail_server()
    mailbox.answer = "451 later"
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    message = _queue(acme)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        run_jobs()
        run_jobs()
        assert _now(acme, message).attempts == attempt
        with schema_context(PUBLIC):
            DBTaskResult.objects.update(run_after=timezone.now() - timedelta(seconds=1))
    run_jobs()
    assert _now(acme, message).state == Message.State.FAILED
    assert _now(acme, message).attempts == MAX_ATTEMPTS == 6


@pytest.mark.django_db
def test_mail_that_waited_leaves_once_the_server_is_back(acme: Tenant, settings: Any, mail_server: Any) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:9"
    message = _queue(acme)
    run_jobs()
    assert _now(acme, message).state == Message.State.QUEUED
    mailbox, port = mail_server()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    with schema_context(PUBLIC):
        DBTaskResult.objects.update(run_after=timezone.now() - timedelta(seconds=1))
    run_jobs()
    assert len(mailbox.got) == 1


@pytest.mark.django_db
def test_a_server_without_tls_never_sees_the_password(acme: Tenant, settings: Any, mail_server: Any) -> None:
    mailbox, port = mail_server(signs_in=True, auth_require_tls=False)
    settings.EMAIL_URL = f"smtp+tls://user:s3cret%3A%2F%40@127.0.0.1:{port}"
    message = _queue(acme)
    run_jobs()
    assert mailbox.signed_in_as is None
    assert mailbox.got == []
    message = _now(acme, message)
    assert message.state == Message.State.QUEUED
    assert "s3cret" not in message.error


@pytest.mark.django_db
def test_with_tls_the_password_signs_in(
    acme: Tenant, settings: Any, mail_server: Any, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox, port = mail_server(signs_in=True, tls_context=tls_with(*certificate), require_starttls=True)
    trusting = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting(cafile=str(certificate[0])))
    settings.EMAIL_URL = f"smtp+tls://user:s3cret%3A%2F%40@127.0.0.1:{port}"
    _queue(acme)
    run_jobs()
    assert mailbox.signed_in_as == b"user"
    assert mailbox.was_encrypted == [True]


@pytest.mark.django_db
def test_a_certificate_nobody_vouches_for_is_refused(
    acme: Tenant, settings: Any, mail_server: Any, certificate: tuple[Path, Path]
) -> None:
    mailbox, port = mail_server(signs_in=True, tls_context=tls_with(*certificate))
    settings.EMAIL_URL = f"smtp+tls://user:s3cret%3A%2F%40@127.0.0.1:{port}"
    _queue(acme)
    run_jobs()
    assert mailbox.signed_in_as is None
    assert mailbox.got == []


@pytest.mark.django_db
def test_mail_to_files(acme: Tenant, settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_URL = f"filemail://{tmp_path}"
    message = _queue(acme, to="carol@bücher.example")
    run_jobs()
    mail = message_from_bytes((tmp_path / f"{message.pk}.eml").read_bytes(), policy=default)
    assert mail["To"] == "carol@xn--bcher-kva.example"
    assert _now(acme, message).state == Message.State.SENT


@pytest.mark.django_db
def test_old_mail_is_swept_and_waiting_mail_stays(acme: Tenant) -> None:
    kept, waiting = _queue(acme), None
    run_jobs()
    waiting = _queue(acme)
    with tenant_context(acme):
        Message.objects.update(created_at=timezone.now() - timedelta(days=31))
        assert sweep_messages() == 1
        assert list(Message.objects.all()) == [waiting]
    assert kept.pk != waiting.pk


@pytest.mark.parametrize(
    "url",
    [
        "smtp://",
        "smtps://user@mail.example.com",
        "smtp://user:secret@mail.example.com",
        "http://mail.example.com",
        "mail.example.com",
        "smtp+tls://mail.example.com:port",
        "smtp+tls://user:half#secret@mail.example.com",
        "outbox",
        "filemail://",
        "smtp://mail.example.com/path",
    ],
)
def test_a_wrong_mail_server_stops_the_start_with_a_remedy(url: str) -> None:
    with pytest.raises(WrongSetting) as refusal:
        parse_mail_url(url)
    assert str(refusal.value).startswith("EMAIL_URL ")
    assert "Write" in str(refusal.value)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "port"),
    [("smtp://mail.example.com", 25), ("smtps://u:p@mail.example.com", 465), ("smtp+tls://u:p@mail.example.com", 587)],
)
def test_each_kind_of_server_has_its_usual_port(url: str, port: int) -> None:
    assert parse_mail_url(url).port == port


@pytest.mark.parametrize(
    "to",
    [
        "Win <carol@acme.example>",
        "carol@acme.example, eve@globex.example",
        "@",
        "x@y@z",
        "carol@acme.example\r\nBcc: e@x.y",
    ],
)
def test_what_is_more_than_an_address_is_no_recipient(acme: Tenant, to: str) -> None:
    """A-08: a mail server would make of it what it likes."""
    with tenant_context(acme):
        with pytest.raises(ValidationError):
            queue_message(to=to, kind="code", subject="Your code", text=CODE)
        assert not Message.objects.exists()
