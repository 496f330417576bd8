from typing import Any

from django_tenants.utils import tenant_context
from pytest_django.fixtures import Settings

from mail.models import Message
from mail.services import queue_message
from tenants.models import Tenant
from tests.commands.conftest import Run


def _queue(to: Any, subject: Any) -> Any:
    return queue_message(to=to, kind="code", subject=subject, text="123456 is your code.")


def test_unsent_mail_is_read_newest_first(run: Run, say: Any, acme: Tenant) -> None:
    with tenant_context(acme):
        older, newer = _queue("carol@acme.example", "First"), _queue("carol@acme.example", "Second")
        Message.objects.filter(pk=older.pk).update(created_at="2026-01-01T00:00:00Z")
        sent = _queue("carol@acme.example", "Third")
        Message.objects.filter(pk=sent.pk).update(state=Message.State.SENT, sealed_body="")
        assert newer.state != Message.State.SENT

    messages = run("outbox", "--tenant", "acme")["messages"]

    assert [message["subject"] for message in messages] == ["Second", "First"]
    assert messages[0]["text"] == "123456 is your code."
    assert "to carol@acme.example" in say("outbox", "--tenant", "acme")


def test_a_tenants_outbox_holds_its_own_mail(run: Run, acme: Tenant, globex: Tenant) -> None:
    with tenant_context(acme):
        _queue("carol@acme.example", "First")

    assert run("outbox", "--tenant", "globex")["messages"] == []
    assert run("outbox", "--tenant", "home")["messages"] == []


def test_mail_whose_key_is_gone_says_so(run: Run, acme: Tenant, settings: Settings) -> None:
    with tenant_context(acme):
        _queue("carol@acme.example", "First")
    settings.CIAM_ENCRYPTION_KEYS = {"other": bytes(32)}

    assert "CIAM_ENCRYPTION_KEYS" in run("outbox", "--tenant", "acme")["messages"][0]["text"]
