"""Whether mail of a sender is believed: its DNS records, as expected and as found."""

from collections.abc import Iterator

import pytest
from django_tenants.utils import tenant_context

from audit.services import Actor
from common.web.dns_records import DnsRecords, look_up
from mail.own_servers import sender_records
from mail.own_servers.description import OwnServerDescription
from mail.own_servers.sender_records import check_sender
from mail.services import use_own_server
from tenants.models import Tenant
from tests.browser import Browser
from tests.dns_server import Zone, serving_dns

NAMES = ("SPF", "DKIM", "DMARC")


@pytest.fixture
def zone() -> Iterator[Zone]:
    with serving_dns() as zone:
        yield zone


def states(address: str = "login@acme.example", selector: str = "s1") -> dict[str, str]:
    checks = check_sender(address, host="smtp.acme.example", selector=selector)
    assert tuple(check.title for check in checks) == NAMES
    return {check.title: check.state for check in checks}


def test_a_sender_with_all_records_is_believed(zone: Zone) -> None:
    zone.say("acme.example", "TXT", "v=spf1 include:_spf.acme.example -all", "google-site-verification=private")
    zone.say("s1._domainkey.acme.example", "TXT", "v=DKIM1; k=rsa; p=MIGf")
    zone.say("_dmarc.acme.example", "TXT", "v=DMARC1; p=reject; rua=mailto:d@acme.example")
    checks = check_sender("login@acme.example", host="smtp.acme.example", selector="s1")
    assert {check.state for check in checks} == {"good"}
    # What else stands at the name is nobody's business.
    assert checks[0].found == ("v=spf1 include:_spf.acme.example -all",)
    assert checks[0].ttl == 60


def test_a_sender_without_records_is_told_each(zone: Zone) -> None:
    assert states() == dict.fromkeys(NAMES, "bad")
    assert states(selector="")["DKIM"] == "unknown"


@pytest.mark.parametrize(
    ("records", "state"),
    [
        (["v=spf1 mx ~all"], "good"),
        (["v=spf1 mx"], "doubtful"),
        (["v=spf1 +all"], "bad"),
        (["v=spf1 all"], "bad"),
        (["v=spf1 -all", "v=spf1 mx -all"], "bad"),
        (["v=spf1 " + " ".join(f"include:{n}.example" for n in range(11)) + " -all"], "bad"),
        (["v=spf10 -all"], "bad"),
        (["v=spf1 redirect=_spf.acme.example"], "good"),
    ],
)
def test_an_spf_record_is_judged(zone: Zone, records: list[str], state: str) -> None:
    zone.say("acme.example", "TXT", *records)
    assert states()["SPF"] == state


@pytest.mark.parametrize(("record", "state"), [("v=DKIM1; p=", "bad"), ("p=MIGf", "good"), ("hello", "bad")])
def test_a_dkim_record_is_judged(zone: Zone, record: str, state: str) -> None:
    zone.say("s1._domainkey.acme.example", "TXT", record)
    assert states()["DKIM"] == state


@pytest.mark.parametrize(
    ("record", "state"), [("v=DMARC1; p=none", "doubtful"), ("v=DMARC1", "bad"), ("v=DMARC1;p=Reject", "good")]
)
def test_a_dmarc_record_is_judged_and_a_parents_counts(zone: Zone, record: str, state: str) -> None:
    zone.say("_dmarc.acme.example", "TXT", record)
    assert states()["DMARC"] == state
    assert states("login@mail.shop.acme.example")["DMARC"] == state


def test_a_dns_server_that_fails_or_is_silent_is_no_missing_record(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    zone.fails = True
    assert set(states().values()) == {"unknown"}
    zone.fails, zone.is_silent = False, True
    monkeypatch.setattr("common.web.dns_records.SECONDS", 0.1)
    checks = check_sender("login@acme.example", host="", selector="s1")
    assert {check.advice for check in checks} == {"No DNS server answered in time."}


@pytest.mark.django_db
def test_ada_reads_what_is_expected_beside_what_was_found(zone: Zone, ada_portal: Browser, acme: Tenant) -> None:
    with tenant_context(acme):
        wished = OwnServerDescription(host="localhost", sender_address="login@acme.example", dkim_selector="s1")
        use_own_server(wished, actor=Actor.command())
    zone.say("acme.example", "TXT", "v=spf1 +all", "secret=canary")
    page = ada_portal.get("/tenants/acme/settings/mail/records/").content.decode()
    assert "v=spf1 a:localhost -all" in page
    assert "v=spf1 +all" in page
    assert "lets anyone send" in page
    assert "s1._domainkey.acme.example" in page
    assert "canary" not in page


def test_a_name_of_a_hundred_labels_is_not_asked_for_a_hundred_times(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def noted(name: str, kind: str) -> DnsRecords:
        asked.append(name)
        return look_up(name, kind)

    monkeypatch.setattr(sender_records, "look_up", noted)
    states(f"login@{'b.' * 100}acme.example")
    assert len(asked) <= 7
    assert "_dmarc.acme.example" in asked
