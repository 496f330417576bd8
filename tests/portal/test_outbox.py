"""The outbox: what customers would have got by mail, while no mail server is configured."""

import pytest
from django_tenants.utils import tenant_context
from pytest_django import Settings

from mail.models import Message
from mail.services import queue_message
from tenants.models import Tenant
from tests.browser import Browser
from tests.house_rules.sources import TEMPLATES

HOSTILE = "<img src=https://elsewhere.example/x><script>alert(1)</script>"


@pytest.fixture
def letter(acme: Tenant) -> Message:
    with tenant_context(acme):
        return queue_message(
            to="dave@acme.example",
            kind="code",
            subject="482913 is your code",
            text=f"482913 is your code. {HOSTILE}",
            html=f"<h1>482913</h1>{HOSTILE}",
        )


def test_the_administrator_reads_what_the_customer_would_have_got(ada_portal: Browser, letter: Message) -> None:
    listed = ada_portal.get("/tenants/acme/outbox/").content.decode()
    opened = ada_portal.get(f"/tenants/acme/outbox/{letter.pk}/").content.decode()

    assert "482913 is your code" in listed
    assert "dave@acme.example" in listed
    assert "482913 is your code." in opened
    assert "<script>alert" not in opened


def test_the_design_of_a_message_runs_nothing_and_loads_nothing_from_elsewhere(
    ada_portal: Browser, letter: Message
) -> None:
    framed = ada_portal.get(f"/tenants/acme/outbox/{letter.pk}/html")

    policy = framed.headers["Content-Security-Policy"]
    assert "<h1>482913</h1>" in framed.content.decode()
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert framed.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert 'sandbox="' in ada_portal.get(f"/tenants/acme/outbox/{letter.pk}/").content.decode()


@pytest.mark.django_db
def test_each_mail_is_called_by_what_it_is_about_where_nobody_reads_it(
    ada_portal: Browser, acme: Tenant, settings: Settings
) -> None:
    settings.EMAIL_URL = "smtp://mail.example:25"
    kinds = [path.name.removesuffix(".subject.txt") for path in (TEMPLATES / "emails").glob("*.subject.txt")]
    with tenant_context(acme):
        for kind in kinds:
            queue_message(to="dave@acme.example", kind=kind, subject="s", text="")
    url, named = "/tenants/acme/outbox/", dict[str, str]()
    while url:
        context = ada_portal.get(url).context
        named |= {row.message.kind: str(row.subject) for row in context["rows"]}
        url = context["page"].next_url

    assert set(named) == set(kinds)
    assert [kind for kind, name in named.items() if name in {"Email", "s"}] == []


def test_the_neighbour_reads_nothing(grace_portal: Browser, letter: Message) -> None:
    for path in ("", f"{letter.pk}/", f"{letter.pk}/html"):
        assert grace_portal.get(f"/tenants/acme/outbox/{path}").status_code == 404
        assert grace_portal.get(f"/tenants/globex/outbox/{path}").status_code == (404 if path else 200)


def test_it_is_searched_by_recipient_and_goes_on_page_by_page(ada_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        for number in range(60):
            queue_message(
                to=f"{'odd' if number % 2 else 'even'}{number}@acme.example", kind="code", subject="s", text=""
            )
    url, seen = "/tenants/acme/outbox/?q=odd", []
    while url:
        context = ada_portal.get(url).context
        seen += [row.message.to for row in context["rows"]]
        url = context["page"].next_url

    assert len(seen) == len(set(seen)) == 30


def test_a_message_that_was_emptied_says_so(ada_portal: Browser, letter: Message, acme: Tenant) -> None:
    with tenant_context(acme):
        Message.objects.filter(pk=letter.pk).update(sealed_body="", state=Message.State.SENT)

    opened = ada_portal.get(f"/tenants/acme/outbox/{letter.pk}/").content.decode()

    assert "was removed" in opened
    assert ada_portal.get(f"/tenants/acme/outbox/{letter.pk}/html").status_code == 404


def test_with_a_mail_server_the_outbox_says_what_became_of_mail_and_not_what_it_says(
    ada_portal: Browser, letter: Message, acme: Tenant, settings: Settings
) -> None:
    settings.EMAIL_URL = "smtp://mail.example:25"
    with tenant_context(acme):
        Message.objects.filter(pk=letter.pk).update(state=Message.State.FAILED, error="550 no such mailbox")
    for path in ("", f"{letter.pk}/"):
        page = ada_portal.get(f"/tenants/acme/outbox/{path}").content.decode()
        assert "482913" not in page
        assert "One-time code" in page
        assert "550 no such mailbox" in page
    assert ada_portal.get(f"/tenants/acme/outbox/{letter.pk}/html").status_code == 404
