"""How administrators forward their log, in the portal and at the command line."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts.models import Account
from audit.models import Event
from common.web.outgoing import from_pages
from logs.forwarding.turns import forward_what_is_due
from logs.models import Destination
from logs.seals import sealing
from tenants.lookup import PUBLIC
from tenants.models import Membership, Tenant
from tenants.policies import AdministratorRole
from tests.browser import Browser
from tests.commands.conftest import Run, run, say  # noqa: F401 - commands are run as everywhere
from tests.house_rules.sources import DOCS
from tests.logs.events import write_events
from tests.logs.receivers import Receiver

pytestmark = pytest.mark.django_db
LOGS = "/tenants/acme/settings/logs/"
SECRET = re.compile(r'value="([\w-]{43})"|>([\w-]{43})<')


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def add(browser: Browser, **fields: str) -> Any:
    return browser.post(f"{LOGS}destinations/new/", {"name": "Collector", "kind": "web-hook", **fields}, follow=True)


@pytest.fixture
def added(ada_portal: Browser, sealed: Tenant, hook: Receiver) -> str:
    """The path of the page of the web-hook that Ada has added and seen the secret of."""
    path: str = add(ada_portal, address=hook.url).request["PATH_INFO"]
    return path


def test_p04_the_secret_of_a_new_web_hook_is_shown_once(ada_portal: Browser, sealed: Tenant, hook: Receiver) -> None:
    shown = add(ada_portal, address=hook.url)
    assert "Copy the secret now" in text_of(shown)
    [secret] = {found for pair in SECRET.findall(text_of(shown)) for found in pair if found}
    again = text_of(ada_portal.get(shown.request["PATH_INFO"]))
    assert secret not in again
    assert "Send test event" in again
    with tenant_context(sealed):
        assert secret not in str(list(Event.objects.values()))
        assert secret not in str(list(Destination.objects.values()))


def test_what_is_wrong_with_a_destination_is_said_at_its_fields_and_stays_typed(
    ada_portal: Browser, acme: Tenant
) -> None:
    said = text_of(add(ada_portal, name="", address="ftp://collector.example"))
    assert "Begin the address with https://" in said
    assert 'value="ftp://collector.example"' in said
    said = text_of(add(ada_portal, kind="syslog", address="collector.example"))
    assert "a colon and its port" in said
    with tenant_context(acme):
        assert not Destination.objects.exists()


def test_ada_tests_suspends_and_resumes_a_destination_and_sees_what_came_of_it(
    ada_portal: Browser, sealed: Tenant, hook: Receiver, added: str
) -> None:
    assert "The test event has arrived." in text_of(ada_portal.post(f"{added}test", follow=True))
    hook.behave = lambda: 500
    failed = text_of(ada_portal.post(f"{added}test", follow=True))
    assert "The test event didn’t arrive. thanks" in failed
    assert failed.count("Failed") == 1
    assert "Suspended" in text_of(ada_portal.post(f"{added}suspend", follow=True))
    assert "Suspended" in text_of(ada_portal.get(LOGS))
    assert "Active" in text_of(ada_portal.post(f"{added}resume", follow=True))


def test_a_failing_destination_says_since_how_many_tries_and_what_waits(
    ada_portal: Browser, sealed: Tenant, hook: Receiver, added: str
) -> None:
    hook.behave = lambda: 503
    write_events(sealed, 3)
    sealing.seal_all_events(sealed.schema_name)
    forward_what_is_due(sealed.schema_name)
    page = text_of(ada_portal.get(added))
    assert "It has failed 1 time in a row" in page
    assert re.search(r"\d+ events waiting, the oldest from", page)
    assert "The log doesn’t reach Collector just now." in text_of(ada_portal.get("/tenants/acme/"))
    with tenant_context(sealed):
        Destination.objects.update(is_suspended=True, suspended_because="localhost couldn’t be reached.")
    page = text_of(ada_portal.get(added))
    assert "It failed for three days" in page
    assert "localhost couldn’t be reached." in page
    assert "Given up" in text_of(ada_portal.get(LOGS))
    overview = text_of(ada_portal.get("/tenants/acme/"))
    assert "Forwarding the log to Collector failed for three days and was suspended." in overview


def test_ada_has_everything_sent_again_since_a_moment(
    ada_portal: Browser, sealed: Tenant, hook: Receiver, added: str
) -> None:
    ids = write_events(sealed, 2)
    sealing.seal_all_events(sealed.schema_name)
    forward_what_is_due(sealed.schema_name)
    hook.calls.clear()
    assert "Enter a day and a time" in text_of(ada_portal.post(f"{added}replay/", {"since": "yesterday"}))
    since = (timezone.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    assert "sent again" in text_of(ada_portal.post(f"{added}replay/", {"since": since}, follow=True))
    forward_what_is_due(sealed.schema_name)
    assert set(ids) <= set(hook.ids())


def test_ada_gives_a_destination_another_address_and_what_waits_goes_there(
    ada_portal: Browser, sealed: Tenant, hook: Receiver, added: str
) -> None:
    with tenant_context(sealed):
        Destination.objects.update(
            address="https://gone.example/k/secret?key=k", failures=4, next_try_at=timezone.now()
        )
    form = ada_portal.get(f"{added}change/")
    seen = {"seen": form.context["form"].current}
    refused = text_of(ada_portal.post(f"{added}change/", {"name": "Mine", "address": "ftp://gone.example", **seen}))
    assert 'value="Mine"' in refused
    with tenant_context(sealed):
        Destination.objects.update(name="Meanwhile")
    stale = text_of(ada_portal.post(f"{added}change/", {"name": "Mine", "address": hook.url, **seen}))
    assert "This has changed since you opened the page" in stale
    seen = {"seen": ada_portal.get(f"{added}change/").context["form"].current}
    saved = ada_portal.post(f"{added}change/", {"name": "Mine", "address": hook.url, **seen}, follow=True)
    assert "Send a test event" in text_of(saved)
    write_events(sealed, 1)
    sealing.seal_all_events(sealed.schema_name)
    forward_what_is_due(sealed.schema_name)
    assert hook.calls
    with tenant_context(sealed):
        event = Event.objects.get(action="log_destination.changed")
        assert event.details["fields"] == ["name", "address"]
        assert "secret" not in str(list(Event.objects.values("details")))


def test_p04_who_may_only_read_sees_no_secret_in_an_address(
    ada_portal: Browser, sealed: Tenant, added: str, ada: Account
) -> None:
    with tenant_context(sealed):
        Destination.objects.update(address="https://hooks.example/services/secret?key=k")
    assert "https://hooks.example/services/secret" in text_of(ada_portal.get(added))
    with schema_context(PUBLIC):
        Membership.objects.filter(account_id=ada.pk, tenant=sealed).update(role=AdministratorRole.READER)
    page = text_of(ada_portal.get(added))
    assert "https://hooks.example/…" in page
    assert "secret?" not in page


def test_ada_gives_a_web_hook_another_secret_and_deletes_it(ada_portal: Browser, sealed: Tenant, added: str) -> None:
    page = text_of(ada_portal.post(f"{added}secret", follow=True))
    assert "Copy the secret now" in page
    assert "the one before signs as well until" in page
    assert "Nothing more is sent to" in text_of(ada_portal.get(f"{added}delete/"))
    ada_portal.post(f"{added}delete/")
    assert ada_portal.get(added).status_code == 404
    with tenant_context(sealed):
        actions = Event.objects.filter(action__startswith="log_destination.").order_by("pk")
        assert [each.action.partition(".")[2] for each in actions] == ["created", "secret_exchanged", "deleted"]
        assert all("key=k" not in str(each.details) for each in actions)


def test_whoever_tests_while_others_do_is_told_to_wait(
    ada_portal: Browser, sealed: Tenant, added: str, hook: Receiver
) -> None:
    with from_pages.one(sealed.schema_name):
        assert "Another test is running" in text_of(ada_portal.post(f"{added}test", follow=True))
    assert hook.calls == []


def test_the_commands_do_the_same(
    run: Run,  # noqa: F811
    say: Callable[..., str],  # noqa: F811
    sealed: Tenant,
    hook: Receiver,
) -> None:
    of_acme = ("--tenant", "acme")
    one = (*of_acme, "--name", "Collector")
    assert say("log", "destinations", *of_acme) == "The log goes nowhere else.\n"
    made = run("log", "forward", *one, "--kind", "web-hook", "--address", hook.url)
    assert len(made["secret"]) == 43
    assert run("log", "test", *one)["status"] == 204
    assert run("log", "suspend", *one)["state"] == "suspended"
    assert run("log", "resume", *one)["state"] == "active"
    assert run("log", "exchange-secret", *one)["secret"] != made["secret"]
    assert run("log", "change-destination", *one, "--new-name", "Other")["name"] == "Other"
    assert run("log", "change-destination", *of_acme, "--name", "Other", "--new-name", "Collector")["id"] == made["id"]
    assert run("log", "replay", *one, "--since", "2026-01-01T00:00")["waiting"] > 0
    [listed] = run("log", "destinations", *of_acme)["destinations"]
    assert (listed["id"], listed["address"]) == (made["id"], hook.url)
    for words, said in (
        (("replay", *one, "--since", "then"), "--since: Write a day and a time"),
        (("test", *of_acme, "--name", "Nobody"), "There is no destination Nobody"),
        (("forward", *one, "--kind", "syslog", "--address", "x"), "--address: Write the server’s name"),
    ):
        with pytest.raises(CommandError, match=said):
            run("log", *words)
    hook.behave = lambda: 500
    with pytest.raises(CommandError, match=r"didn't arrive\. thanks"):
        run("log", "test", *one)
    run("log", "stop", *one)
    assert run("log", "destinations", *of_acme) == {"destinations": []}


def test_l05_a_receiver_knows_our_calls_as_the_documentation_says(sealed: Tenant, hook: Receiver, run: Run) -> None:  # noqa: F811
    page = (DOCS / "how-to" / "keep-and-forward-logs.md").read_text(encoding="utf-8")
    [code] = re.findall(r"```python\n(import hashlib, hmac, time.*?)```", page, flags=re.DOTALL)
    ours: dict[str, Any] = {}
    exec(code, ours)  # noqa: S102 - our own page
    one = ("--tenant", "acme", "--name", "Collector")
    secret = run("log", "forward", *one, "--kind", "web-hook", "--address", hook.url)["secret"]
    other = run("log", "exchange-secret", *one)["secret"]
    run("log", "test", *one)
    headers, body = hook.calls[0]
    signature = headers["CIAM-Signature"]
    assert ours["is_ours"](signature, body, secret)
    assert ours["is_ours"](signature, body, other)
    assert not ours["is_ours"](signature, body + b" ", secret)
    assert not ours["is_ours"](signature, body, "guess")
    old = re.sub(r"t=(\d+)", lambda at: f"t={int(at[1]) - 600}", signature)
    assert not ours["is_ours"](old, body, secret)
