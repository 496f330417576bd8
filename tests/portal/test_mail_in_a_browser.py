"""Olga tries a mail server from the page about it, in a real browser."""

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tenants.models import Tenant
from tests.mail_server import mail_servers, tls_with
from tests.tls import certificate_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_test_goes_by_starttls_and_takes_nothing_away_from_what_was_typed(
    window: Callable[..., Page], acme: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = certificate_for(tmp_path, "localhost")
    trusting = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting(cafile=str(certificate)))
    page = window()
    page.goto("/tenants/acme/settings/mail/")
    with mail_servers() as start:
        mailbox, port = start(tls_context=tls_with(certificate, key), require_starttls=True)
        page.get_by_label("Server", exact=True).fill("127.0.0.1")
        page.get_by_label("Port", exact=True).fill(str(port))
        page.get_by_role("radio", name="STARTTLS").check()
        page.get_by_label("Password", exact=True).fill("typed, and not sent")
        page.get_by_label("Sender address").fill("login@acme.example")
        page.get_by_role("button", name="Send test").click()
        expect(page.get_by_text("The mail server accepted the test for olga@portal.example")).to_be_visible()
        page.get_by_text("What was said").click()
        expect(page.get_by_text("C: MAIL FROM:<login@acme.example>")).to_be_visible()
        assert mailbox.was_encrypted == [True]
    expect(page.get_by_label("Password", exact=True)).to_have_value("typed, and not sent")
    page.get_by_label("Port", exact=True).fill("")
    page.get_by_role("button", name="Send test").click()
    expect(page.get_by_text("Enter a whole number for “Port”.")).to_be_visible()
    page.get_by_label("Port", exact=True).fill("9")
    page.get_by_role("button", name="Send test").click()
    expect(page.get_by_text("Nothing listens at port 9")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Mail is sent through 127.0.0.1 from now on.")).to_be_visible()
    expect(page.get_by_text("The last test of these values didn’t leave. Nothing listens at port 9")).to_be_visible()
