"""Olga tries a mail server from the page about it, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tenants.models import Tenant
from tests.mail_server import mail_servers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_test_takes_nothing_away_from_what_was_typed(window: Callable[..., Page], acme: Tenant) -> None:
    page = window()
    page.goto("/tenants/acme/settings/mail/")
    with mail_servers() as start:
        mailbox, port = start()
        page.get_by_label("Server", exact=True).fill("127.0.0.1")
        page.get_by_label("Port", exact=True).fill(str(port))
        page.get_by_role("radio", name="None").check()
        page.get_by_label("Password", exact=True).fill("typed, and not sent")
        page.get_by_label("Sender address").fill("login@acme.example")
        page.get_by_role("button", name="Send test").click()
        expect(page.get_by_text("The mail server accepted the test for olga@portal.example")).to_be_visible()
        page.get_by_text("What was said").click()
        expect(page.get_by_text("C: MAIL FROM:<login@acme.example>")).to_be_visible()
        assert len(mailbox.got) == 1
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
