"""Domains of tenants' own: who may have one, who holds it, and what is served there."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context
from pytest_django.fixtures import Settings

from accounts.models import Account
from audit.services import Actor
from common.problems import Refused
from common.web.outgoing import HttpAnswer, OutgoingError
from oidc.issuer.identity import issuer_for
from tenants.addressing import base_url, default_url
from tenants.domains import records
from tenants.domains.policies import custom_domain_problem, next_check, normalise_domain
from tenants.domains.records import PROBE_PATH, probe_answer, proof_name, proof_value, seen
from tenants.errors import DomainInUse, DomainNotLive, NotTheTenantsName
from tenants.lookup import PUBLIC, tenant_with_domain
from tenants.models import Domain, DomainClaim, InstallationEvent, Tenant
from tenants.services import (
    call_issuer_by,
    check_domain,
    check_due_domains,
    claim_domain,
    remove_domain,
)
from tests.cast import PASSWORD
from tests.dns_server import Zone, serving_dns
from tests.userflows.customer import leads_to

COMMAND = Actor.command()
NAME = "auth.acme.example"
BASE = "login.portal.example"


@pytest.fixture
def zone() -> Iterator[Zone]:
    with serving_dns() as zone:
        yield zone


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What stands in front, and answers for these hosts: with us behind it, or why not."""
    answers: dict[str, str] = {}

    def call(url: str, **_: Any) -> HttpAnswer:
        host = urlsplit(url).hostname or ""
        if host not in answers:
            raise OutgoingError(f"{host} couldn't be reached.")
        return HttpAnswer(200, {}, (answers[host] or probe_answer(host)).encode())

    monkeypatch.setattr(records, "call", call)
    return answers


@pytest.fixture
def hosts(settings: Settings) -> None:
    settings.CIAM_TENANT_ADDRESSING = "host"
    settings.CIAM_BASE_URL = f"https://{BASE}"
    settings.BASE_HOST = BASE
    settings.ALLOWED_HOSTS = [BASE, f".{BASE}"]


def target(tenant: Tenant) -> str:
    return urlsplit(default_url(tenant)).hostname or ""


def prove(zone: Zone, *claims: DomainClaim) -> None:
    """Let the DNS say whose the domain is."""
    zone.say(proof_name(claims[0].domain), "TXT", *(proof_value(claim.token) for claim in claims))


def live(tenant: Tenant, zone: Zone, proxy: dict[str, str], domain: str = NAME) -> DomainClaim:
    """A domain of the tenant's that is live."""
    claim = claim_domain(tenant, domain=domain, actor=COMMAND)
    prove(zone, claim)
    zone.say(domain, "CNAME", f"{target(tenant)}.")
    proxy[domain] = ""
    claim = check_domain(claim, actor=COMMAND)
    assert claim.state == DomainClaim.State.LIVE
    return claim


def now(claim: DomainClaim) -> DomainClaim:
    with schema_context(PUBLIC):
        return DomainClaim.objects.select_related("tenant").get(pk=claim.pk)


def said(claim: DomainClaim, about: str = "proof") -> str:
    """What the last check has to say about the proof, the address, or why the domain is `unreached`."""
    last = seen(claim)
    assert last
    return str(last.unreached if about == "unreached" else getattr(last, about).advice)


def noted(action: str) -> list[tuple[str, Any]]:
    with schema_context(PUBLIC):
        events = InstallationEvent.objects.filter(action=action).order_by("id")
        return [(event.target_name, event.details.get("domain")) for event in events]


@pytest.mark.parametrize(
    "typed",
    [
        "auth.acme.example\n",
        "auth.acme.example\r\nSet-Cookie: x=1",
        "auth.acme\n.example",
        "*.acme.example",
        "https://auth.acme.example",
        "auth.acme.example/sign-in",
        "auth.acme.example:8443",
        "user@auth.acme.example",
        "auth acme.example",
        "auth_acme.example",
        "-auth.acme.example",
        "auth-.acme.example",
        "auth..acme.example",
        ".acme.example",
        "localhost",
        "auth.localhost",
        "auth.local",
        "acme",
        "192.0.2.7",
        "[2001:db8::1]",
        "2001:db8::1",
        "127.1",
        "0x7f.1",
        "2130706433",
        "1.2.3.4.example.5",
        BASE,
        f"acme.{BASE}",
        f"ACME.{BASE}.",
        "xn--a",
        "xn--.example",
        "xn--ls8h.example.com",
        "a" * 64 + ".example",
        ".".join(["a" * 49] * 5) + ".exam",
        "auth.acme.example\0",
        "\u202eauth.acme.example",
        "",
        ".",
    ],
)
def test_p17_what_no_domain_of_a_tenant_can_be(typed: str) -> None:
    assert custom_domain_problem(normalise_domain(typed), base_host=BASE), typed


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("auth.acme.example", "auth.acme.example"),
        (" AUTH.Acme.Example. ", "auth.acme.example"),
        ("anmeldung.bücher.example", "anmeldung.xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("acme.example", "acme.example"),
        (f"not{BASE}", f"not{BASE}"),
        (".".join(["a" * 49] * 5) + ".exa", ".".join(["a" * 49] * 5) + ".exa"),
    ],
)
def test_p17_a_domain_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert normalise_domain(typed) == kept
    assert custom_domain_problem(kept, base_host=BASE) == ""


def test_the_longest_domain_has_253_characters() -> None:
    longest = ".".join(["a" * 49] * 5) + ".exa"
    assert len(longest) == 253
    assert custom_domain_problem(f"{longest}m", base_host=BASE)


def test_a_waiting_domain_is_looked_at_less_and_less_often() -> None:
    begun = timezone.now()
    waits = [next_check(now=begun, checks=checks, since=begun) for checks in range(1, 6)]
    assert [round((wait - begun).total_seconds() / 60) for wait in waits if wait] == [1, 5, 15, 60, 60]
    assert next_check(now=begun + timedelta(days=4), checks=90, since=begun) == begun + timedelta(days=5)
    assert next_check(now=begun + timedelta(days=15), checks=99, since=begun) is None


@pytest.mark.django_db
def test_a_domain_goes_from_its_records_to_live(acme: Tenant, zone: Zone, proxy: dict[str, str]) -> None:
    claim = claim_domain(acme, domain=NAME, actor=COMMAND)
    claim = check_domain(claim, actor=COMMAND)
    assert (claim.state, list(claim.found["proof"]["found"])) == (DomainClaim.State.WAITING, [])
    assert "no such record yet" in said(claim)
    assert tenant_with_domain(NAME) is None

    zone.say(proof_name(NAME), "TXT", "ciam-domain=somethingelse")
    claim = check_domain(claim, actor=COMMAND)
    assert "a different value" in said(claim)

    prove(zone, claim)
    claim = check_domain(claim, actor=COMMAND)
    assert claim.state == DomainClaim.State.WAITING
    assert "leads nowhere yet" in said(claim, "address")

    zone.say(NAME, "CNAME", f"{target(acme)}.")
    claim = check_domain(claim, actor=COMMAND)
    assert claim.state == DomainClaim.State.READY
    assert said(claim, "unreached") == f"{NAME} couldn’t be reached."

    proxy[NAME] = "somebody else's page"
    assert "Another server answers" in said(check_domain(claim, actor=COMMAND), "unreached")
    proxy[NAME] = ""
    claim = check_domain(claim, actor=COMMAND)
    assert (claim.state, claim.failing_since) == (DomainClaim.State.LIVE, None)
    assert claim.next_check_at
    assert claim.next_check_at - timezone.now() > timedelta(hours=23)
    assert noted("domain.added") == noted("domain.verified") == noted("domain.went_live") == [("Acme", NAME)]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["A", "AAAA"])
def test_at_an_apex_the_addresses_are_compared(acme: Tenant, zone: Zone, proxy: dict[str, str], kind: str) -> None:
    addresses = {"A": ["203.0.114.7", "203.0.114.8"], "AAAA": ["2a00::7", "2a00::8"]}[kind]
    claim = claim_domain(acme, domain="acme.example", actor=COMMAND)
    prove(zone, claim)
    zone.say(target(acme), kind, *addresses)
    zone.say("acme.example", kind, addresses[0])
    assert check_domain(claim, actor=COMMAND).state == DomainClaim.State.READY
    zone.say("acme.example", kind, addresses[0], addresses[1].replace("8", "9"))
    assert check_domain(claim, actor=COMMAND).state == DomainClaim.State.WAITING


@pytest.mark.django_db
def test_c12_what_an_internal_dns_says_isnt_shown(acme: Tenant, zone: Zone, proxy: dict[str, str]) -> None:
    claim = claim_domain(acme, domain=NAME, actor=COMMAND)
    zone.say(NAME, "A", "10.1.2.3")
    zone.say(NAME, "TXT", "password=canary")
    zone.say(proof_name(NAME), "TXT", "canary too")
    found = str(check_domain(claim, actor=COMMAND).found)
    assert "an internal address" in found
    assert "10.1.2.3" not in found
    assert "canary" not in found


@pytest.mark.django_db
def test_p17_whoever_waits_for_a_domain_reserves_nothing(
    acme: Tenant, globex: Tenant, zone: Zone, proxy: dict[str, str]
) -> None:
    """Eve claims Acme's domain first, and never shows that it is hers."""
    eves = check_domain(claim_domain(globex, domain=NAME, actor=COMMAND), actor=COMMAND)
    live(acme, zone, proxy)
    assert check_domain(eves, actor=COMMAND).state == DomainClaim.State.WAITING
    tenant = tenant_with_domain(NAME)
    assert tenant
    assert tenant.pk == acme.pk
    # Removing hers changes nothing about Acme's.
    assert remove_domain(globex, domain=NAME, actor=COMMAND)
    assert not remove_domain(globex, domain=NAME, actor=COMMAND)
    assert tenant_with_domain(NAME)


@pytest.mark.django_db
def test_p17_two_tenants_never_hold_one_domain(acme: Tenant, globex: Tenant, zone: Zone, proxy: dict[str, str]) -> None:
    ours = live(acme, zone, proxy)
    theirs = claim_domain(globex, domain=NAME, actor=COMMAND)
    # Both values stand there: who holds it keeps it.
    prove(zone, ours, theirs)
    theirs = check_domain(theirs, actor=COMMAND)
    assert theirs.state == DomainClaim.State.WAITING
    assert "Another tenant" in said(theirs)
    with schema_context(PUBLIC), pytest.raises(IntegrityError), transaction.atomic():
        Domain.objects.bulk_create([Domain(domain=NAME, tenant=globex)])
    # The domain was sold: only the new owner's value is left.
    call_issuer_by(acme, domain=NAME, typed_name=NAME, actor=COMMAND)
    prove(zone, theirs)
    check_domain(theirs, actor=COMMAND)
    tenant = tenant_with_domain(NAME)
    assert tenant
    assert tenant.pk == globex.pk
    assert now(ours).state == DomainClaim.State.WAITING
    assert now(ours).tenant.issuer_domain == ""
    assert noted("domain.lost") == [("Acme", NAME)]


@pytest.mark.django_db
def test_what_is_no_domain_or_there_already_is_refused(acme: Tenant, home: Tenant) -> None:
    claim_domain(acme, domain=NAME, actor=COMMAND)
    with pytest.raises(Refused, match="already in the list"):
        claim_domain(acme, domain=f"{NAME.upper()}.", actor=COMMAND)
    with pytest.raises(Refused, match="home tenant"):
        claim_domain(home, domain="portal.acme.example", actor=COMMAND)
    for number in range(19):
        claim_domain(acme, domain=f"a{number}.acme.example", actor=COMMAND)
    with pytest.raises(Refused, match="as many as it may have"):
        claim_domain(acme, domain="more.acme.example", actor=COMMAND)


@pytest.mark.django_db
def test_the_worker_looks_again_and_warns_when_a_live_domain_is_lost(
    acme: Tenant, zone: Zone, proxy: dict[str, str]
) -> None:
    claim = live(acme, zone, proxy)
    assert check_due_domains(actor=COMMAND) == 0

    def due() -> DomainClaim:
        with schema_context(PUBLIC):
            DomainClaim.objects.update(next_check_at=timezone.now())
        assert check_due_domains(actor=COMMAND) == 1
        return now(claim)

    assert due().failing_since is None
    # Nobody answers: that says nothing.
    zone.fails = True
    assert due().failing_since is None
    zone.fails = False
    zone.forget(proof_name(NAME), "TXT")
    failing = due()
    assert failing.failing_since
    assert failing.next_check_at
    assert failing.next_check_at - timezone.now() < timedelta(hours=1, minutes=1)
    # It is told once, and the tenant goes on answering there.
    due()
    assert noted("domain.check_failed") == [("Acme", NAME)]
    assert tenant_with_domain(NAME)
    with pytest.raises(DomainNotLive):
        call_issuer_by(acme, domain=NAME, typed_name=NAME, actor=COMMAND)
    prove(zone, claim)
    assert due().failing_since is None


@pytest.mark.django_db
def test_p17_many_domains_of_one_tenant_keep_nobody_elses_waiting(acme: Tenant, globex: Tenant, zone: Zone) -> None:
    for label in ("a", "b", "c"):
        claim_domain(acme, domain=f"{label}.acme.example", actor=COMMAND)
    claim_domain(globex, domain="auth.globex.example", actor=COMMAND)
    assert check_due_domains(actor=COMMAND) == 4
    proofs = [name.removeprefix("_ciam-challenge.") for name, _ in zone.asked if name.startswith("_ciam")]
    in_turn = ["a.acme.example", "auth.globex.example", "b.acme.example", "c.acme.example"]
    assert [name for name in dict.fromkeys(proofs) if name in in_turn] == in_turn


@pytest.mark.django_db
def test_pages_and_issuer_answer_at_a_live_domain(
    hosts: None, acme: Tenant, carol: Account, zone: Zone, proxy: dict[str, str], settings: Settings
) -> None:
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 60, True
    at_domain = Client(headers={"host": NAME}, enforce_csrf_checks=True)
    assert at_domain.get("/sign-in/", secure=True).status_code == 400
    live(acme, zone, proxy)
    page = at_domain.get("/sign-in/", secure=True, follow=True)
    assert page.status_code == 200
    for url in ("/sign-in/", "/static/tokens.css", "/static/nothing.css", "/nowhere/"):
        assert at_domain.head(url, secure=True).headers["Strict-Transport-Security"] == "max-age=60", url
    assert all(morsel["domain"] == "" and morsel["path"] == "/" for morsel in at_domain.cookies.values())
    # The form counts there, with its own token and from its own origin alone.
    form = page.redirect_chain[-1][0]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    assert token
    values = {"email": carol.email, "csrfmiddlewaretoken": token[1]}
    for origin in (f"https://acme.{BASE}", "https://evil.example"):
        # The page comes back and says so; nothing was done.
        assert at_domain.post(form, values, secure=True, headers={"origin": origin})["Location"] == f"{form}?stale"
    assert b'id="password"' in at_domain.post(form, values, secure=True, headers={"origin": f"https://{NAME}"}).content
    # The issuer's name is what it was.
    discovery = at_domain.get("/oidc/.well-known/openid-configuration", secure=True).json()
    assert discovery["issuer"] == f"https://acme.{BASE}/oidc"


@pytest.mark.django_db
@pytest.mark.parametrize("host", [NAME.upper(), f"{NAME}:8443", f"{NAME}."])
def test_t02_a_domain_in_other_spellings_is_that_tenants(
    hosts: None, acme: Tenant, zone: Zone, proxy: dict[str, str], host: str
) -> None:
    live(acme, zone, proxy)
    assert Client(headers={"host": host}).get("/oidc/jwks", secure=True).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "host", [f"{NAME}.evil.example", f"evil.{NAME}", f"{NAME}@evil.example", f"{NAME}/x", f"{NAME}:x", f"x{NAME}"]
)
def test_t01_a_host_that_only_looks_like_a_domain_is_nobodys(
    hosts: None, acme: Tenant, zone: Zone, proxy: dict[str, str], host: str
) -> None:
    live(acme, zone, proxy)
    assert Client(headers={"host": host}).get("/sign-in/", secure=True).status_code == 400
    spoofed = Client(headers={"host": f"acme.{BASE}", "x-forwarded-host": host}).get("/oidc/jwks", secure=True)
    assert spoofed.status_code == 200


@pytest.mark.django_db
def test_t12_a_session_at_a_domain_is_nobody_elsewhere(
    hosts: None, acme: Tenant, globex: Tenant, carol: Account, zone: Zone, proxy: dict[str, str]
) -> None:
    live(acme, zone, proxy)
    live(globex, zone, proxy, "auth.globex.example")
    at_domain = Client(headers={"host": NAME})
    with tenant_context(acme):
        at_domain.force_login(carol)
    assert at_domain.get("/profile/", secure=True).status_code == 200
    for host in ("auth.globex.example", f"globex.{BASE}", BASE):
        elsewhere = Client(headers={"host": host})
        elsewhere.cookies = at_domain.cookies
        assert elsewhere.get("/profile/", secure=True).status_code in {302, 303}


@pytest.mark.django_db
def test_t36_no_portal_and_no_other_tenant_at_a_domain(
    acme: Tenant, globex: Tenant, zone: Zone, proxy: dict[str, str]
) -> None:
    """By path as well, where all tenants share the installation's host."""
    live(acme, zone, proxy)
    at_domain = Client(headers={"host": NAME})
    assert at_domain.get("/sign-in/", follow=True).status_code == 200
    assert at_domain.get("/t/acme/sign-in/", follow=True).status_code == 200
    for path in ("/t/globex/sign-in/", "/tenants/", "/t/home/sign-in/"):
        assert at_domain.get(path).status_code == 404
    assert Client(headers={"host": "nobody.example"}).get("/t/acme/sign-in/").status_code == 400


@pytest.mark.django_db
def test_the_issuer_moves_and_the_old_address_goes_on_answering(
    hosts: None, acme: Tenant, zone: Zone, proxy: dict[str, str]
) -> None:
    claim_domain(acme, domain=NAME, actor=COMMAND)
    with pytest.raises(DomainNotLive):
        call_issuer_by(acme, domain=NAME, typed_name=NAME, even_if_unseen=True, actor=COMMAND)
    remove_domain(acme, domain=NAME, actor=COMMAND)
    live(acme, zone, proxy)
    with pytest.raises(NotTheTenantsName):
        call_issuer_by(acme, domain=NAME, typed_name="acme", actor=COMMAND)
    assert issuer_for(acme).name == f"https://acme.{BASE}/oidc"

    call_issuer_by(acme, domain=NAME, typed_name=NAME, actor=COMMAND)
    assert base_url(acme) == f"https://{NAME}"
    for host in (NAME, f"acme.{BASE}"):
        discovery = Client(headers={"host": host}).get("/oidc/.well-known/openid-configuration", secure=True).json()
        assert discovery["issuer"] == f"https://{NAME}/oidc"
        assert discovery["jwks_uri"] == f"https://{NAME}/oidc/jwks"
        assert Client(headers={"host": host}).get("/sign-in/", secure=True, follow=True).status_code == 200
    with pytest.raises(DomainInUse):
        remove_domain(acme, domain=NAME, actor=COMMAND)

    call_issuer_by(acme, domain="", typed_name="Acme", actor=COMMAND)
    assert base_url(acme) == default_url(acme)
    assert remove_domain(acme, domain=NAME, actor=COMMAND)
    assert Client(headers={"host": NAME}).get("/sign-in/", secure=True).status_code == 400


@pytest.mark.django_db
def test_a_proxy_is_told_for_which_names_to_get_certificates(
    acme: Tenant, home: Tenant, zone: Zone, proxy: dict[str, str]
) -> None:
    ask = Client(headers={"host": "web-1:8000"})

    def answer(domain: str) -> int:
        return ask.get("/tls-allowed", {"domain": domain}).status_code

    waiting = claim_domain(acme, domain="waiting.acme.example", actor=COMMAND)
    live(acme, zone, proxy)
    assert [answer(name) for name in (NAME, NAME.upper(), f"{NAME}.")] == [200, 200, 200]
    others = (waiting.domain, f"x.{NAME}", "acme", "localhost", "", "*", "a" * 300, f"{NAME}\nx", "nobody.example")
    assert {answer(name) for name in others} == {404}
    assert ask.get("/tls-allowed").status_code == 404
    assert "set-cookie" not in ask.get("/tls-allowed", {"domain": NAME}).headers


@pytest.mark.django_db
def test_only_this_installation_can_say_that_a_domain_leads_here(home: Tenant, settings: Settings) -> None:
    client = Client(headers={"host": f"{NAME}:443"})
    said = client.get(PROBE_PATH).content.decode()
    assert said == probe_answer(NAME)
    settings.SECRET_KEY = "that of another installation, as long as it has to be"
    assert said != probe_answer(NAME)


@pytest.mark.django_db
def test_who_signs_in_at_a_domain_does_so_with_the_same_password(
    acme: Tenant, carol: Account, zone: Zone, proxy: dict[str, str]
) -> None:
    live(acme, zone, proxy)
    client = Client(headers={"host": NAME})
    page = client.get("/sign-in/", follow=True)
    page = client.post(page.redirect_chain[-1][0], {"email": carol.email}, follow=True)
    page = client.post(leads_to(page), {"password": PASSWORD}, follow=True)
    assert page.redirect_chain[-1][0] == "/profile/"
