"""Ada puts a domain of her own in front of acme, reads what is wrong with its records, and moves the issuer."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django_tenants.utils import schema_context

from common.web.dns_records import DnsRecords
from common.web.outgoing import HttpAnswer
from tenants.addressing import default_url
from tenants.domains import records
from tenants.domains.records import probe_answer
from tenants.lookup import PUBLIC
from tenants.models import DomainClaim, Tenant
from tests.browser import Browser
from tests.dns_server import Zone, serving_dns

NAME = "auth.acme.example"
PAGE = "/tenants/acme/settings/domains/"


@pytest.fixture
def zone() -> Iterator[Zone]:
    with serving_dns() as zone:
        yield zone


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in front leads every domain here."""

    def call(url: str, **_: Any) -> HttpAnswer:
        return HttpAnswer(200, {}, probe_answer(urlsplit(url).hostname or "").encode())

    monkeypatch.setattr(records, "call", call)


def shown(portal: Browser, path: str = "") -> str:
    return portal.get(PAGE + path).content.decode()


def test_ada_puts_a_domain_in_front(ada_portal: Browser, acme: Tenant, zone: Zone, proxy: None) -> None:
    added = ada_portal.post(PAGE, {"domain": NAME.upper()}, follow=True).content.decode()
    assert "Waiting for DNS" in added
    assert "_ciam-challenge.auth.acme.example" in added
    assert "Not looked up yet" in added
    with schema_context(PUBLIC):
        token = DomainClaim.objects.get().token
    assert f"ciam-domain={token}" in added

    zone.say(f"_ciam-challenge.{NAME}.{NAME}", "TXT", f"ciam-domain={token}")
    zone.say(NAME, "CNAME", "somewhere.example.")
    wrong = ada_portal.post(f"{PAGE}{NAME}/check", follow=True).content.decode()
    assert "your DNS provider adds the domain automatically" in wrong
    assert "CNAME somewhere.example" in wrong
    assert "The domain leads somewhere else" in wrong
    # It is kept once, and read by everybody in their language.
    german = ada_portal.get(f"{PAGE}{NAME}/", headers={"Accept-Language": "de"}).content.decode()
    assert "Ihr DNS-Anbieter hängt die Domain von selbst an" in german
    with schema_context(PUBLIC):
        assert "adds the domain automatically" in DomainClaim.objects.get().found["proof"]["advice"][0]

    zone.say(f"_ciam-challenge.{NAME}", "TXT", f"ciam-domain={token}")
    zone.say(NAME, "CNAME", f"{urlsplit(default_url(acme)).hostname}.")
    right = ada_portal.post(f"{PAGE}{NAME}/check", follow=True).content.decode()
    assert f"{NAME} is live." in right
    assert NAME in shown(ada_portal)

    breaks = shown(ada_portal, f"{NAME}/issuer/")
    assert f"http://{NAME}" in breaks
    assert "refuses them" in breaks
    slip = ada_portal.post(f"{PAGE}{NAME}/issuer/", {"typed_name": "acme"}).content.decode()
    assert "The name doesn’t match" in slip
    moved = ada_portal.post(f"{PAGE}{NAME}/issuer/", {"typed_name": NAME}, follow=True).content.decode()
    assert f"The issuer is http://{NAME}" in moved
    assert f"http://{NAME}" in ada_portal.get("/tenants/acme/").content.decode()
    assert "Move the issuer first" in shown(ada_portal, f"{NAME}/")
    kept = ada_portal.post(f"{PAGE}{NAME}/remove/", follow=True).content.decode()
    assert "Use another address for it first" in kept

    ada_portal.post(f"{PAGE}default/issuer/", {"typed_name": "Acme"})
    gone = ada_portal.post(f"{PAGE}{NAME}/remove/", follow=True).content.decode()
    assert "no longer leads here" in gone
    assert ada_portal.get(f"{PAGE}{NAME}/").status_code == 404


def test_a_domain_that_is_lost_stands_on_the_overview(ada_portal: Browser, acme: Tenant) -> None:
    ada_portal.post(PAGE, {"domain": NAME})
    said = f"The domain {NAME} is no longer set up correctly."
    assert said not in ada_portal.get("/tenants/acme/").content.decode()
    with schema_context(PUBLIC):
        DomainClaim.objects.update(state=DomainClaim.State.LIVE, failing_since=acme.created_at)
    assert said in ada_portal.get("/tenants/acme/").content.decode()
    assert "No longer correct" in shown(ada_portal, f"{NAME}/")


def test_what_is_no_domain_is_told_at_its_field(ada_portal: Browser, acme: Tenant) -> None:
    page = ada_portal.post(PAGE, {"domain": "https://auth.acme.example"}).content.decode()
    assert "Enter the domain alone" in page
    assert 'value="https://auth.acme.example"' in page


def test_an_issuer_moves_to_no_domain_that_isnt_live(ada_portal: Browser, acme: Tenant) -> None:
    ada_portal.post(PAGE, {"domain": NAME})
    page = ada_portal.post(f"{PAGE}{NAME}/issuer/", {"typed_name": NAME}).content.decode()
    assert "isn’t live yet" in page


def test_checks_are_counted(ada_portal: Browser, acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    ada_portal.post(PAGE, {"domain": NAME})
    monkeypatch.setattr(records, "look_up", lambda *_: DnsRecords())
    for _ in range(60):
        ada_portal.post(f"{PAGE}{NAME}/check")
    assert "a lot of checks" in ada_portal.post(f"{PAGE}{NAME}/check", follow=True).content.decode()


def test_the_portals_own_tenant_has_no_other_domain(olga_portal: Browser, home: Tenant) -> None:
    assert olga_portal.get("/tenants/home/settings/domains/").status_code == 404
    assert "settings/domains/" not in olga_portal.get("/tenants/home/settings/").content.decode()
