"""What a brand says in mails alone: whom answers go to, where help is, and who sends them; and what Eve makes of it."""

import json
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django_tenants.utils import tenant_context

from branding.services import update_branding
from common.crypto.encryption import seal, unseal
from mail.bodies import Body, Ticket, open_body, sealing_context
from mail.models import Message
from mail.services import queue_message
from tenants.models import Tenant
from tests.branding.brands import ADA, DEFAULT, NOTHING, brand, published
from tests.browser import Browser
from tests.userflows.customer import Customer, mails_to

pytestmark = pytest.mark.django_db
NEW = "nora@acme.example"
HELP, SUPPORT, LEGAL = "help@acme.example", "https://acme.example/help", "Acme Books GmbH\nHafenstraße 1, Hamburg"


def body_for(tenant: Tenant, email: str = NEW, *, language: str = "en") -> Body:
    """The mail that somebody who signs up there gets."""
    customer = Customer(tenant)
    customer.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    customer.sign_up_to_code(email)
    with tenant_context(tenant):
        return mails_to(email)[0]


def sent_to(folder: Path) -> EmailMessage:
    """The mail that lies in a folder as it left."""
    [path] = folder.glob("*.eml")
    mail = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


@pytest.mark.parametrize(
    "address",
    [
        f"{HELP}\r\nBcc: eve@globex.example",
        f"{HELP}\nSubject: Win",
        f"{HELP}, eve@globex.example",
        f"Acme <{HELP}>",
        f"mailto:{HELP}",
        "@acme.example",
        "hëlp@acme.example",
        "help",
        f"{'x' * 250}@acme.example",
    ],
)
def test_a08_a_reply_address_is_one_address_and_nothing_else(acme: Tenant, ada_portal: Browser, address: str) -> None:
    answer = ada_portal.post(DEFAULT, NOTHING | {"reply_to": address})
    assert "Enter one email address, such as help@example.com." in answer.content.decode()
    with tenant_context(acme), pytest.raises(ValidationError) as refused:
        update_branding(locale="", fields={"reply_to": address}, actor=ADA)
    assert set(refused.value.message_dict) == {"reply_to"}


def test_a08_no_mail_is_queued_with_another_reply_address(acme: Tenant) -> None:
    with tenant_context(acme):
        with pytest.raises(ValidationError):
            queue_message(to=NEW, kind="code", subject="x", text="y", reply_to=f"{HELP}\r\nBcc: eve@globex.example")
        assert not Message.objects.exists()


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "http://acme.example",
        "//acme.example",
        "https://acme.example@evil.example",
    ],
)
def test_a_support_link_opens_a_page_or_a_mail_alone(acme: Tenant, ada_portal: Browser, link: str) -> None:
    answer = ada_portal.post(DEFAULT, NOTHING | {"support_url": link})
    assert answer.context_data
    assert set(answer.context_data["form"].errors) == {"support_url"}


@pytest.mark.parametrize("lines", ["line\n" * 6 + "line", "x" * 513, "Acme\u202egniK", "\u2800"])
def test_legal_lines_are_few_and_can_be_read(acme: Tenant, ada_portal: Browser, lines: str) -> None:
    answer = ada_portal.post(DEFAULT, NOTHING | {"legal_lines": lines})
    assert answer.context_data
    assert set(answer.context_data["form"].errors) == {"legal_lines"}


def test_t28_no_mail_says_what_another_tenants_brand_says(acme: Tenant, globex: Tenant) -> None:
    """Eve's brand claims to be acme's; that is told to globex's customers alone."""
    brand(acme, reply_to=HELP, support_url=SUPPORT, legal_lines=LEGAL)
    brand(globex, reply_to="eve@globex.example", support_url="https://globex.example/acme", legal_lines="Acme, really")

    hers, ours = body_for(globex), body_for(acme)

    assert (hers.reply_to, ours.reply_to) == ("eve@globex.example", HELP)
    for said in (ours.text, ours.html):
        assert "globex" not in said
        assert "really" not in said


def test_what_ada_saves_stands_in_text_and_html(acme: Tenant, ada_portal: Browser) -> None:
    chosen = {"reply_to": f" {HELP} ", "support_url": SUPPORT, "legal_lines": LEGAL.replace("\n", "\r\n")}
    assert ada_portal.post(DEFAULT, NOTHING | chosen).status_code == 302
    published(acme)

    mail = body_for(acme)

    assert mail.reply_to == HELP
    assert f"Need help? {SUPPORT}" in mail.text
    assert mail.text.rstrip().endswith(LEGAL)
    assert f'href="{SUPPORT}"' in mail.html
    assert LEGAL.replace("\n", "<br>") in mail.html


def test_a_brand_that_says_nothing_leaves_nothing(acme: Tenant) -> None:
    mail = body_for(acme)
    assert mail.reply_to == ""
    assert "Need help?" not in mail.text + mail.html
    assert mail.text.rstrip().endswith("Acme")


def test_a40_words_of_mails_are_shown_letter_by_letter(acme: Tenant) -> None:
    brand(acme, legal_lines="<b>{{ code }}</b> & Co", support_url="https://acme.example/?a=1&b=2")
    mail = body_for(acme)
    assert "<b>{{ code }}</b> & Co" in mail.text
    assert "&lt;b&gt;{{ code }}&lt;/b&gt; &amp; Co" in mail.html
    assert 'href="https://acme.example/?a=1&amp;b=2"' in mail.html


def test_each_language_says_its_own_and_takes_the_rest_from_the_default(acme: Tenant) -> None:
    brand(acme, reply_to=HELP, support_url=SUPPORT, legal_lines=LEGAL)
    brand(acme, "de", support_url="mailto:hilfe@acme.example")

    mail = body_for(acme, language="de")

    assert mail.reply_to == HELP
    assert "Brauchen Sie Hilfe? hilfe@acme.example" in mail.text
    assert 'href="mailto:hilfe@acme.example"' in mail.html
    assert LEGAL in mail.text


def test_answers_go_to_the_reply_address_in_the_spelling_of_mail_systems(
    acme: Tenant, settings: Any, tmp_path: Path
) -> None:
    settings.EMAIL_URL = f"filemail://{tmp_path}"
    brand(acme, reply_to="Hilfe@BÜCHER.example")
    Customer(acme).sign_up_to_code(NEW)

    mail = sent_to(tmp_path)

    assert mail["Reply-To"] == "Hilfe@xn--bcher-kva.example"
    assert mail["From"] == "Acme <no-reply@localhost>"


def test_the_outbox_says_whom_answers_go_to(acme: Tenant, ada_portal: Browser) -> None:
    brand(acme, reply_to=HELP)
    body_for(acme)
    with tenant_context(acme):
        message = Message.objects.get(to=NEW)
    assert f"answers go to {HELP}" in ada_portal.get(f"/tenants/acme/outbox/{message.pk}/").content.decode()


def test_mail_that_waits_while_releases_change_is_read_by_both(acme: Tenant) -> None:
    """A worker of 0.1 knows no reply address, and its messages have none; nor codes but in a text."""
    known = {"subject": "x", "text": "y", "html": "", "language": "de"}
    ticket = Ticket(code="493817", link="https://acme.example/go")
    with tenant_context(acme):
        message = queue_message(to=NEW, kind="code", subject="x", text="y", language="de", ticket=ticket)
        context = sealing_context(message.pk)
        assert json.loads(unseal(message.sealed_body, context=context)) == known
        assert open_body(seal(json.dumps(known).encode(), context=context), message_id=message.pk).reply_to == ""
