"""How a tenant sends text messages, chosen and tried in the portal and by command; and what became of each."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import CommandError
from django_tenants.utils import tenant_context

from accounts.factors.phones import set_phone
from accounts.models import Account
from audit.services import Actor
from sms.models import TextMessage
from sms.senders.description import TextDescription, describe
from sms.services import choose_sender, queue_text
from tenants.models import Tenant
from tests.browser import Browser
from tests.sms.provider import Provider, sms_provider
from tests.worker import run_jobs

pytestmark = pytest.mark.django_db
PAGE = "/tenants/acme/settings/sms/"
PHONE = "+4915112345678"
SECRET = "the-provider-secret"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with sms_provider() as provider:
        yield provider


def _form(provider: Provider, **others: str) -> dict[str, str]:
    usual = {
        "sender": "http",
        "request": "json",
        "url": provider.url,
        "headers": "Authorization: Bearer {secret}",
        "body": '{"to": "{to}", "text": "{text}"}',
        "secret": SECRET,
        "countries": "Germany, at",
        "per_hour": "10",
        "per_day": "20",
        "per_country": "15",
    }
    return {**usual, **others}


def test_ada_chooses_a_provider_and_the_page_never_shows_the_secret(
    acme: Tenant, ada_portal: Browser, provider: Provider
) -> None:
    """P-04."""
    assert "no one is sent a text message" in ada_portal.get(PAGE).content.decode()
    assert ada_portal.post(PAGE, _form(provider)).status_code == 302
    page = ada_portal.get(PAGE).content.decode()
    assert "Germany, Austria" in page
    assert SECRET not in page
    assert "One is saved and never shown." in page
    with tenant_context(acme):
        assert describe().countries == ("DE", "AT")


def test_what_cannot_be_saved_stays_on_the_page(acme: Tenant, ada_portal: Browser, provider: Provider) -> None:
    answer = ada_portal.post(PAGE, _form(provider, countries="Germany, Nowhere", body="not json {to} {text}"))
    page = answer.content.decode()
    assert "There is no country Nowhere." in page
    assert "This isn’t JSON." in page
    assert "not json" in page
    with tenant_context(acme):
        assert describe() == TextDescription()


def test_a_test_is_sent_with_what_stands_on_the_screen(acme: Tenant, ada_portal: Browser, provider: Provider) -> None:
    tried = ada_portal.post(f"{PAGE}test", _form(provider, to="+49 1511 2345678"), headers={"HX-Request": "true"})
    assert f"The SMS provider accepted the test for {PHONE}" in tried.content.decode()
    assert json.loads(provider.asked[0].body)["to"] == PHONE
    refused = ada_portal.post(f"{PAGE}test", _form(provider, to="+1 876 555 1234")).content.decode()
    assert "Text messages aren’t sent to this country." in refused
    with tenant_context(acme):
        assert describe() == TextDescription()


def test_the_outbox_shows_what_a_phone_would_and_nothing_that_leaves(acme: Tenant, ada_portal: Browser) -> None:
    with tenant_context(acme):
        choose_sender(TextDescription(sender="outbox", countries=("DE",)), actor=Actor.command())
        kept = queue_text(to=PHONE, kind="code", text="424242 is your code", group="")
        refused = queue_text(to="+18765551234", kind="code", text="171717 is your code", group="")
    run_jobs()
    listed = ada_portal.get(f"{PAGE}messages/").content.decode()
    assert PHONE in listed
    assert "Not sent" in listed
    assert "424242" in ada_portal.get(f"{PAGE}messages/{kept.pk}/").content.decode()
    assert "171717" not in ada_portal.get(f"{PAGE}messages/{refused.pk}/").content.decode()
    found = ada_portal.get(f"{PAGE}messages/", {"q": "1876"}).content.decode()
    assert "+18765551234" in found
    assert PHONE not in found


def test_eve_finds_no_page_of_acmes(acme: Tenant, grace_portal: Browser) -> None:
    for page in (PAGE, f"{PAGE}messages/"):
        assert grace_portal.get(page).status_code == 404


def test_what_is_not_delivered_needs_attention(acme: Tenant, ada_portal: Browser) -> None:
    told = (
        "1 text message could not be delivered in the last 24 hours.",
        "Text messages were held back in the last 24 hours: the limit is used up.",
    )
    with tenant_context(acme):
        choose_sender(TextDescription(sender="outbox", countries=("DE",), per_hour=1), actor=Actor.command())
        queue_text(to=PHONE, kind="code", text="1", group="")
    assert not any(each in ada_portal.get("/tenants/acme/").content.decode() for each in told)
    with tenant_context(acme):
        queue_text(to=PHONE, kind="code", text="2", group="")
        TextMessage.objects.filter(state="queued").update(state="failed")
    assert all(each in ada_portal.get("/tenants/acme/").content.decode() for each in told)


def test_ada_sees_what_each_country_was_sent_and_gives_one_a_limit_of_its_own(
    acme: Tenant, ada_portal: Browser, grace_portal: Browser
) -> None:
    told = "Text messages to Germany are held back today: the limit is used up."
    with tenant_context(acme):
        choose_sender(TextDescription(sender="outbox", countries=("DE", "AT")), actor=Actor.command())
        queue_text(to=PHONE, kind="code", text="1", group="")
    germany = f"{PAGE}countries/DE/"
    assert "1 text message was sent there" in ada_portal.get(germany).content.decode()
    assert told not in ada_portal.get("/tenants/acme/").content.decode()
    assert grace_portal.post(germany, {"most": "1"}).status_code == 404
    assert ada_portal.get(f"{PAGE}countries/FR/").status_code == 404
    assert "Enter a whole number from 1 to" in ada_portal.post(germany, {"most": "0"}).content.decode()
    assert ada_portal.post(germany, {"most": "1"}).status_code == 302
    assert "Limit used up" in ada_portal.get(PAGE).content.decode()
    assert told in ada_portal.get("/tenants/acme/").content.decode()
    with tenant_context(acme):
        assert (describe().most_to("DE"), describe().most_to("AT")) == (1, 200)
    ada_portal.post(germany, {"most": ""})
    with tenant_context(acme):
        assert describe().country_limits == {}


def test_an_administrator_removes_a_number_that_was_lost(acme: Tenant, carol: Account, ada_portal: Browser) -> None:
    with tenant_context(acme):
        set_phone(Account.objects.get(pk=carol.pk), number=PHONE, actor=Actor.command())
    customer = f"/tenants/acme/customers/{carol.pk}/"
    assert PHONE in ada_portal.get(f"{customer}sign-in/").content.decode()
    assert ada_portal.post(f"{customer}phone/remove/", {"reason": "Called back"}).status_code == 302
    with tenant_context(acme):
        assert Account.objects.get(pk=carol.pk).phone_number == ""


def test_the_command_chooses_shows_and_tries(
    acme: Tenant, provider: Provider, run: Callable[..., dict[str, Any]]
) -> None:
    chosen = ["--sender", "http", "--url", provider.url, "--body", '{"to": "{to}", "text": "{text}"}']
    chosen += ["--header", "X-Key: {secret}", "--country", "de", "--per-hour", "5", "--secret-stdin"]
    shown = run("tenant", "sms", "--tenant", "acme", *chosen, typed=f"{SECRET}\n")
    assert (shown["countries"], shown["per_hour"], shown["has_secret"]) == (["DE"], 5, True)
    limits = ["--per-country", "9", "--country-limit", "de=7", "--country-limit", "AT=3"]
    shown = run("tenant", "sms", "--tenant", "acme", *limits)
    assert (shown["per_country"], shown["country_limits"]) == (9, {"DE": 7, "AT": 3})
    assert run("tenant", "sms", "--tenant", "acme", "--country-limit", "AT=usual")["country_limits"] == {"DE": 7}
    for wrong in ("DE", "DE=many"):
        with pytest.raises(CommandError, match="write LETTERS=NUMBER, such as DE=50"):
            run("tenant", "sms", "--tenant", "acme", "--country-limit", wrong)
    assert run("tenant", "sms", "--tenant", "acme", "--test-to", PHONE) == {"to": PHONE}
    assert provider.asked[0].headers["x-key"] == SECRET
    assert run("tenant", "sms", "--tenant", "acme", "--sender", "none", "--country", "none")["countries"] == []
