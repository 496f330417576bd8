"""A tenant's mail goes by a server of its own: tried first, its password unseen, and nobody else waits for it."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import schema_context, tenant_context

from audit.models import Event
from audit.services import Actor
from common.problems import Refused
from mail import jobs
from mail.jobs import PATIENCE
from mail.models import Message, OwnServer
from mail.own_servers.description import OwnServerDescription
from mail.sending import transports
from mail.sending.trial import try_own_server
from mail.services import drop_own_server, queue_message, use_own_server
from operations.resealing import reseal_tenant
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.work.jobs import ELSEWHERE, TenantWorker
from tests.browser import Browser
from tests.mail_server import PASSWORD, tls_with
from tests.worker import run_jobs

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()
PAGE = "/tenants/acme/settings/mail/"
FROM = "login@acme.example"


@pytest.fixture
def trusted(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The certificate, which this machine trusts."""
    trusting = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting(cafile=str(certificate[0])))
    return certificate


def typed(port: int, **other: Any) -> dict[str, Any]:
    """What Ada types for a server of the test's own, which asks for a sign-in after STARTTLS."""
    return {
        "host": "localhost",
        "port": str(port),
        "encryption": "starttls",
        "user": "acme",
        "password": PASSWORD,
        "sender_address": FROM,
        "sender_name": "Acme Books",
        "to": "ada@portal.example",
        **other,
    }


def plain(port: int, **other: Any) -> OwnServerDescription:
    """A server without TLS and sign-in."""
    return OwnServerDescription(
        **{"host": "127.0.0.1", "port": port, "encryption": "none", "sender_address": FROM, **other}
    )


def choose(tenant: Tenant, wished: OwnServerDescription, password: str = "") -> None:
    with tenant_context(tenant):
        use_own_server(wished, password=password, actor=COMMAND)


def queued(tenant: Tenant, to: str = "carol@acme.example") -> Message:
    with tenant_context(tenant):
        return queue_message(to=to, kind="code", subject="Your code", text="493817")


def now(tenant: Tenant, message: Message) -> Message:
    with tenant_context(tenant):
        return Message.objects.get(pk=message.pk)


def let_time_pass() -> None:
    """What waits is due."""
    with schema_context(PUBLIC):
        DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now() - timedelta(seconds=1))


def tried(tenant: Tenant, wished: OwnServerDescription, password: str = "") -> Any:
    with tenant_context(tenant):
        return try_own_server(wished, password=password, to="ada@portal.example")


@contextmanager
def server_that_says(*words: bytes) -> Iterator[int]:
    """A port at which somebody says this, and then no more; the connection stays."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        kept = []

        def serve() -> None:
            with suppress(OSError):
                while True:
                    caller, _ = listener.accept()
                    kept.append(caller)
                    for word in words:
                        caller.sendall(word)

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        for caller in kept:
            caller.close()


def test_ada_tries_a_server_keeps_it_and_mail_goes_by_it(
    ada_portal: Browser, acme: Tenant, mail_server: Any, trusted: tuple[Path, Path]
) -> None:
    mailbox, port = mail_server(signs_in=True, tls_context=tls_with(*trusted), require_starttls=True)
    shown = ada_portal.post(f"{PAGE}test", typed(port)).content.decode()
    assert "The mail server accepted the test for ada@portal.example" in shown
    assert "C: AUTH" in shown
    assert "(speaks TLSv1" in shown
    assert "S: 235 " in shown
    assert "C: QUIT" in shown
    mail = mailbox.mail()
    assert (mail["From"], mail["To"]) == (f"Acme Books <{FROM}>", "ada@portal.example")
    assert mailbox.was_encrypted == [True]
    # Nothing is kept yet.
    assert "Your own</span>" not in ada_portal.get(PAGE).content.decode()

    shown = ada_portal.post(PAGE, typed(port), follow=True).content.decode()
    assert "Mail is sent through localhost from now on." in shown
    assert "weren’t tested" not in shown
    assert "Your own</span>" in shown
    message = queued(acme)
    run_jobs()
    assert now(acme, message).state == Message.State.SENT
    assert mailbox.mail()["From"] == f"Acme Books <{FROM}>"
    assert mailbox.mail()["Message-ID"].endswith("@acme.example>")
    assert mailbox.got[-1].mail_from == FROM
    # Of the password nothing but its use is to be seen.
    assert mailbox.signed_in_as == b"acme"


def test_p04_a_mail_password_goes_in_and_never_comes_out(
    ada_portal: Browser, acme: Tenant, mail_server: Any, trusted: tuple[Path, Path], caplog: pytest.LogCaptureFixture
) -> None:
    mailbox, port = mail_server(signs_in=True, tls_context=tls_with(*trusted), require_starttls=True)
    caplog.set_level("DEBUG", "mail")
    shown = [
        ada_portal.post(PAGE, typed(port), follow=True),
        ada_portal.get(PAGE),
        ada_portal.post(PAGE, typed(port, host="")),
        ada_portal.post(f"{PAGE}test", typed(port, password="")),
        ada_portal.post(f"{PAGE}test", typed(port, password="wrong")),
    ]
    secrets = {PASSWORD, "czNjcmV0Oi9A", "AGFjbWUAczNjcmV0Oi9A"}
    assert not [secret for secret in secrets for page in shown if secret in page.content.decode()]
    assert "The mail server refused user and password (535)." in shown[-1].content.decode()
    with tenant_context(acme):
        assert PASSWORD not in OwnServer.objects.get().sealed_password
        told = str(list(Event.objects.values("details", "target_name")))
    assert "password" in told
    assert PASSWORD not in told
    assert PASSWORD not in " ".join(record.getMessage() for record in caplog.records if record.name.startswith("mail."))
    assert len(mailbox.got) == 1


def test_p04_a_kept_password_is_told_to_no_other_server_than_its_own(
    ada_portal: Browser, acme: Tenant, mail_server: Any, trusted: tuple[Path, Path]
) -> None:
    """Else whoever may change the server has the password sent to a server of theirs, and reads it there."""
    _, port = mail_server(signs_in=True, tls_context=tls_with(*trusted), require_starttls=True)
    listening, other = mail_server(signs_in=True, tls_context=tls_with(*trusted), require_starttls=True)
    ada_portal.post(PAGE, typed(port))
    for changed in ({"port": str(other)}, {"port": str(other), "host": "127.0.0.1"}, {"user": "eve"}):
        unknown = typed(port, password="") | changed
        for address in (PAGE, f"{PAGE}test"):
            assert "Type the password: none is saved for" in ada_portal.post(address, unknown).content.decode()
    clear = typed(port, password="", encryption="none")
    assert "isn’t sent in clear text" in ada_portal.post(PAGE, clear).content.decode()
    assert (listening.signed_in_as, listening.got) == (None, [])
    with tenant_context(acme):
        assert OwnServer.objects.get().port == port
    # For its own server it stays.
    renamed = ada_portal.post(PAGE, typed(port, password="", sender_name="Acme"), follow=True).content.decode()
    assert "from now on" in renamed
    assert "These values weren’t tested." in renamed
    message = queued(acme)
    run_jobs()
    assert now(acme, message).state == Message.State.SENT


@pytest.mark.parametrize(
    ("field", "changes", "sentence"),
    [
        ("host", {"host": "127.0.0.1"}, "internal"),
        ("host", {"host": "10.0.0.7"}, "internal"),
        ("host", {"host": "169.254.169.254"}, "internal"),
        ("host", {"host": "[::1]"}, "isn’t a domain name"),
        ("host", {"host": "mail.example.com\r\nRCPT TO:<x>"}, "isn’t a domain name"),
        ("host", {"host": "user@mail.example.com"}, "isn’t a domain name"),
        ("port", {"port": 22}, "Use a port of mail servers"),
        ("port", {"port": 6379}, "Use a port of mail servers"),
        ("encryption", {"encryption": "none", "user": ""}, "sends no mail without encryption"),
        ("sender_address", {"sender_address": "Acme <login@acme.example>"}, "one plain email address"),
        ("sender_address", {"sender_address": "login@acme.example\r\nBcc: eve@globex.example"}, "one plain"),
        ("sender_address", {"sender_address": "a@b.example, c@d.example"}, "one plain"),
        ("sender_name", {"sender_name": "Acme\r\nBcc: eve@globex.example"}, "invisible characters"),
        ("user", {"user": "acme\r\nQUIT"}, "characters that no user name has"),
        ("dkim_selector", {"dkim_selector": "s1/../x"}, "letters, digits"),
    ],
)
def test_c12_a_mail_server_is_a_public_one_and_says_what_a_mail_server_says(
    acme: Tenant, settings: Any, field: str, changes: dict[str, Any], sentence: str
) -> None:
    settings.IS_LOCAL = False
    good = {"host": "mail.example.com", "port": 587, "user": "acme", "sender_address": FROM}
    wished = OwnServerDescription(**{**good, **changes})
    for door in (lambda: choose(acme, wished, PASSWORD), lambda: tried(acme, wished, PASSWORD)):
        with pytest.raises(Refused) as refusal:
            door()
        assert [problem.field for problem in refusal.value.problems] == [field]
        assert sentence in refusal.value.problems[0].sentence


def test_c12_a_name_that_leads_inside_is_never_called(acme: Tenant, settings: Any, mail_server: Any) -> None:
    mailbox, port = mail_server()
    choose(acme, plain(port, host="localhost"))
    # The name led elsewhere when it was saved.
    settings.IS_LOCAL = False
    settings.EMAIL_URL = "smtp://mail.example.com"
    message = queued(acme)
    run_jobs()
    assert (
        str(now(acme, message).problem) == "The address leads to an internal network; only public addresses are called."
    )
    assert mailbox.got == []
    # Unless the installation says that it may.
    settings.CIAM_TENANT_MAIL_SERVERS = "any"
    with tenant_context(acme):
        OwnServer.objects.update(rests_until=None)
    let_time_pass()
    run_jobs()
    assert len(mailbox.got) == 1


def test_an_installation_may_send_all_mail_itself(
    ada_portal: Browser, acme: Tenant, settings: Any, mail_server: Any
) -> None:
    own, port = mail_server()
    theirs, their_port = mail_server()
    choose(acme, plain(port))
    settings.CIAM_TENANT_MAIL_SERVERS = "none"
    settings.EMAIL_URL = f"smtp://127.0.0.1:{their_port}"
    assert "sends all mail through its own server" in ada_portal.get(PAGE).content.decode()
    assert "through its own server" in ada_portal.post(PAGE, typed(port)).content.decode()
    queued(acme)
    run_jobs()
    assert (len(own.got), len(theirs.got)) == (0, 1)


def test_a_dead_server_is_left_alone_for_a_while_and_keeps_nobody_else_waiting(
    acme: Tenant, globex: Tenant, settings: Any, mail_server: Any, ada_portal: Browser
) -> None:
    _mailbox, port = mail_server()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        choose(acme, plain(silent.getsockname()[1]))
        first, second = queued(acme), queued(acme)
        theirs = queued(globex, to="eve@globex.example")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(transports, "OWN_ANSWER_SECONDS", 0.2)
            run_jobs()
        assert now(globex, theirs).state == Message.State.SENT
        assert sorted(now(acme, each).attempts for each in (first, second)) == [0, 1]
        shown = ada_portal.get(PAGE).content.decode()
        assert "Can’t be reached" in shown
        assert "didn’t answer in time" in shown
        assert "can’t be reached, and mail waits for it" in ada_portal.get("/tenants/acme/").content.decode()
    # Once it is back, what waited leaves, and nobody speaks of it any more.
    choose(acme, plain(port))
    with tenant_context(acme):
        assert OwnServer.objects.get().rests_until is None
    let_time_pass()
    run_jobs()
    assert {now(acme, each).state for each in (first, second)} == {Message.State.SENT}
    assert "Can’t be reached" not in ada_portal.get(PAGE).content.decode()


def test_mail_waits_no_longer_for_a_dead_server_than_for_any_other(acme: Tenant) -> None:
    choose(acme, plain(9))
    message = queued(acme)
    with tenant_context(acme):
        OwnServer.objects.update(rests_until=timezone.now() + timedelta(seconds=60), error="Nothing listens.")
    run_jobs()
    assert now(acme, message).state == Message.State.QUEUED
    with tenant_context(acme):
        Message.objects.update(created_at=timezone.now() - PATIENCE - timedelta(seconds=1))
    let_time_pass()
    run_jobs()
    message = now(acme, message)
    assert (message.state, message.error) == (Message.State.FAILED, "Nothing listens.")


def test_the_rests_of_a_server_get_longer_and_end_with_its_first_answer(
    acme: Tenant, mail_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _mailbox, port = mail_server()
    choose(acme, plain(9))
    message = queued(acme)
    rests = []
    for _ in range(3):
        run_jobs()
        run_jobs()
        with tenant_context(acme):
            own = OwnServer.objects.get()
            assert own.rests_until
            rests.append(round((own.rests_until - timezone.now()).total_seconds() / 10) * 10)
            OwnServer.objects.update(rests_until=None)
        let_time_pass()
    assert rests == list(jobs.RESTS[:3])
    with tenant_context(acme):
        OwnServer.objects.update(port=port)
    run_jobs()
    run_jobs()
    assert now(acme, message).state == Message.State.SENT
    with tenant_context(acme):
        assert (OwnServer.objects.get().failures, OwnServer.objects.get().failing_since) == (0, None)


def test_whoever_runs_all_other_jobs_never_waits_for_a_tenants_server(acme: Tenant, mail_server: Any) -> None:
    mailbox, port = mail_server()
    choose(acme, plain(port))
    queued(acme)
    options: dict[str, Any] = {
        "interval": 0,
        "batch": True,
        "backend_name": "default",
        "startup_delay": False,
        "max_tasks": None,
        "worker_id": "w",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)
        TenantWorker(queue_names=["*"], excluded_queue_names=[ELSEWHERE], **options).run()
        assert mailbox.got == []
        TenantWorker(queue_names=[ELSEWHERE], excluded_queue_names=[], **options).run()
    assert len(mailbox.got) == 1


def test_mail_goes_by_the_installation_again_once_the_own_server_is_dropped(
    ada_portal: Browser, acme: Tenant, settings: Any, mail_server: Any
) -> None:
    mailbox, port = mail_server()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    choose(acme, plain(9))
    message = queued(acme)
    run_jobs()
    assert f"instead of <strong>{FROM}" in ada_portal.get(f"{PAGE}drop/").content.decode()
    settings.EMAIL_URL = "outbox:"
    assert "mail then stays in the outbox and reaches no one" in ada_portal.get(f"{PAGE}drop/").content.decode()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    ada_portal.post(f"{PAGE}drop/")
    with tenant_context(acme):
        assert not drop_own_server(actor=COMMAND)
        assert Event.objects.filter(action="mail_server.dropped").count() == 1
    let_time_pass()
    run_jobs()
    assert now(acme, message).state == Message.State.SENT
    assert mailbox.mail()["From"] == "Acme <no-reply@localhost>"


def test_without_the_outbox_an_own_server_still_takes_mail(acme: Tenant, ada_portal: Browser, mail_server: Any) -> None:
    mailbox, port = mail_server()
    assert "outbox/" in ada_portal.get(PAGE).content.decode()
    choose(acme, plain(port))
    queued(acme)
    run_jobs()
    assert len(mailbox.got) == 1
    listed = ada_portal.get("/tenants/acme/outbox/").content.decode()
    assert "Recent messages" in listed
    assert "carol@acme.example" in listed


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ([], "didn’t answer in time on port"),
        ([b"220 a"], "didn’t answer in time on port"),
        ([b"554 go away\r\n"], "The mail server answered 554."),
        ([b"HTTP/1.1 400 Bad Request\r\n"], "The mail server answered -1."),
        ([b"220-hello\r\n" * 30_000], "The mail server answers at far greater length than mail servers do."),
    ],
)
def test_c12_whatever_a_server_says_the_test_ends_with_a_reason(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch, words: list[bytes], reason: str
) -> None:
    monkeypatch.setattr(transports, "OWN_ANSWER_SECONDS", 5)
    monkeypatch.setattr(transports, "OWN_SECONDS", 0.3 if "in time" in reason else 10)
    with server_that_says(*words) as port:
        trial = tried(acme, plain(port))
    assert reason in trial.problem
    assert len(trial.lines) <= 201


def test_a_test_names_what_is_wrong_with_tls(acme: Tenant, mail_server: Any, certificate: tuple[Path, Path]) -> None:
    _, without = mail_server()
    _, doubtful = mail_server(tls_context=tls_with(*certificate))
    reasons = {
        "offers no": tried(acme, plain(without, encryption="starttls")),
        "choose STARTTLS": tried(acme, plain(doubtful, encryption="tls")),
        "certificate": tried(acme, plain(doubtful, encryption="starttls")),
        "Nothing listens": tried(acme, plain(9)),
    }
    assert "STARTTLS" in reasons["offers no"].problem
    assert "choose STARTTLS" in reasons["choose STARTTLS"].problem
    assert "The certificate of 127.0.0.1 isn’t valid" in reasons["certificate"].problem
    assert "Nothing listens at port 9" in reasons["Nothing listens"].problem


def test_p04_a_server_that_says_the_password_again_isnt_shown_with_it(
    acme: Tenant, mail_server: Any, trusted: tuple[Path, Path]
) -> None:
    mailbox, port = mail_server(signs_in=True, tls_context=tls_with(*trusted), require_starttls=True)
    mailbox.answer = f"550 {PASSWORD} and czNjcmV0Oi9A and AGFjbWUAczNjcmV0Oi9A"
    trial = tried(acme, plain(port, encryption="starttls", user="acme"), PASSWORD)
    assert trial.problem == "The mail server refused the message (550)."
    said = "\n".join(trial.lines)
    assert "S: 550 •••• and •••• and ••••" in said
    assert PASSWORD not in said


def test_tests_are_counted(acme: Tenant, mail_server: Any) -> None:
    _, port = mail_server()
    for _ in range(20):
        tried(acme, plain(port))
    with pytest.raises(Refused, match="a lot of tests"):
        tried(acme, plain(port))


def test_what_was_changed_meanwhile_isnt_overwritten(ada_portal: Browser, acme: Tenant, mail_server: Any) -> None:
    choose(acme, plain(9))
    seen = ada_portal.get(PAGE).context["form"].current
    choose(acme, plain(9, sender_name="Somebody else’s"))
    page = ada_portal.post(PAGE, typed(9, encryption="none", user="", password="", seen=seen)).content.decode()
    assert "This has changed since you opened the page" in page
    with tenant_context(acme):
        assert OwnServer.objects.get().sender_name == "Somebody else’s"
    choose(acme, plain(9, sender_name="Somebody else’s"))
    with tenant_context(acme):
        assert Event.objects.filter(action="mail_server.chosen").count() == 2


def test_a_script_gets_how_the_test_went_and_the_page_keeps_what_was_typed(
    ada_portal: Browser, acme: Tenant, mail_server: Any
) -> None:
    mailbox, port = mail_server()
    values = typed(port, encryption="none", user="", password="")
    piece = ada_portal.post(f"{PAGE}test", values, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in piece
    assert "accepted the test" in piece
    page = ada_portal.post(f"{PAGE}test", values | {"to": "nobody"}).content.decode()
    assert "Nothing was sent" in page
    assert 'value="Acme Books"' in page
    assert len(mailbox.got) == 1


def test_a_mail_password_is_sealed_anew_with_the_rest(acme: Tenant, settings: Any) -> None:
    choose(acme, plain(587, encryption="starttls", user="acme"), PASSWORD)
    settings.CIAM_ENCRYPTION_KEYS = {"new": b"n" * 32, **settings.CIAM_ENCRYPTION_KEYS}
    reseal_tenant(acme, actor=COMMAND)
    with tenant_context(acme):
        assert OwnServer.objects.get().sealed_password.startswith("new.")
