"""Which tenant a request belongs to, in both ways of addressing."""

import logging

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import Account
from tenants.addressing import base_url
from tenants.models import Tenant
from tests.browser import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def hosts(settings: Settings) -> None:
    settings.CIAM_TENANT_ADDRESSING = "host"
    settings.CIAM_BASE_URL = "https://login.example"
    settings.ALLOWED_HOSTS = [".login.example"]


def test_each_tenant_has_an_address_of_its_own_by_path(acme: Tenant, home: Tenant, settings: Settings) -> None:
    assert base_url(home) == settings.CIAM_BASE_URL
    assert base_url(acme) == f"{settings.CIAM_BASE_URL}/t/acme"


def test_each_tenant_has_an_address_of_its_own_by_host(hosts: None, acme: Tenant, home: Tenant) -> None:
    assert base_url(home) == "https://login.example"
    assert base_url(acme) == "https://acme.login.example"


@pytest.mark.parametrize("slug", ["nobody", "NOBODY", "HOME", "AC%4dE%20", "acme%00", "..", "home", "a" * 300])
def test_an_unknown_tenant_is_not_found(home: Tenant, slug: str) -> None:
    assert Client().get(f"/t/{slug}/sign-in/").status_code == 404


@pytest.mark.parametrize("host", ["nope.example", "evil-localhost", "127.0.0.2", "localhost.evil.example"])
def test_t01_an_unknown_host_is_refused(home: Tenant, host: str) -> None:
    assert Client(headers={"host": host}).get("/").status_code == 400


def test_t01_whoever_asks_all_day_for_other_hosts_gets_a_plain_page_and_fills_no_log(
    home: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client(headers={"host": "nope.example"})
    with caplog.at_level(logging.DEBUG):
        answers = [client.get("/sign-in/") for _ in range(20)]
    assert {answer.status_code for answer in answers} == {400}
    assert "Page not found" in answers[0].content.decode()
    assert "nope.example" not in answers[0].content.decode()
    lines = [record for record in caplog.records if "nope.example" in record.getMessage()]
    assert [record.levelname for record in lines] == ["INFO"]
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_domain_in_capitals_leads_to_its_tenant(acme: Tenant, method: str) -> None:
    answer = getattr(Client(), method)("/t/AcMe/sign-in/?flow=1&next=//evil.example/%0d%0a")
    assert answer.status_code == 301
    assert answer["Location"] == "/t/acme/sign-in/?flow=1&next=//evil.example/%0d%0a"
    assert getattr(Client(), method)("/t/ACME")["Location"] == "/t/acme"


def test_what_is_sent_to_a_domain_in_capitals_is_not_passed_on(acme: Tenant) -> None:
    assert Client().post("/t/ACME/oidc/token", {"code": "secret"}).status_code == 404


@pytest.mark.parametrize("path", ["/t/AcMe//evil.example/", "/t/AcMe/\\evil.example", "/t/AcMe/%0d%0aSet-Cookie:a=b"])
def test_capitals_lead_eve_to_no_other_site(acme: Tenant, path: str) -> None:
    answer = Client().get(path)
    assert answer["Location"].startswith("/t/acme/")
    assert "\r" not in answer["Location"]


def test_t02_a_host_leads_to_exactly_one_tenant(hosts: None, acme: Tenant) -> None:
    for host, status in (
        ("acme.login.example", 200),
        ("ACME.login.example", 200),
        ("acme.login.example:8443", 200),
        ("www.acme.login.example", 404),
        ("nobody.login.example", 404),
    ):
        answer = Client(headers={"host": host}).get("/oidc/.well-known/openid-configuration")
        assert answer.status_code == status, host
        if status == 200:
            assert answer.json()["issuer"] == "https://acme.login.example/oidc"


def test_t03_a_forwarded_host_changes_nothing(acme: Tenant, settings: Settings) -> None:
    for header in ("X-Forwarded-Host", "Forwarded", "X-Original-Host", "X-Host"):
        answer = Browser(acme).get("/oidc/.well-known/openid-configuration", headers={header: "globex.example"})
        assert answer.json()["issuer"] == f"{settings.CIAM_BASE_URL}/t/acme/oidc"


def test_t36_a_path_of_another_tenant_is_not_served_at_a_tenants_host(
    hosts: None, acme: Tenant, globex: Tenant
) -> None:
    answer = Client(headers={"host": "acme.login.example"}).get("/t/globex/sign-in/")
    assert answer.status_code == 404


def test_t12_a_session_of_one_tenant_is_nobody_at_another(acme_browser: Browser, carol: object, globex: Tenant) -> None:
    acme_browser.sign_in(carol)  # type: ignore[arg-type]
    assert acme_browser.get("/profile/").status_code == 200
    tossed = acme_browser.cookies["session_acme"].value
    intruder = Browser(globex)
    intruder.cookies["session_globex"] = tossed
    intruder.cookies["session"] = tossed
    assert intruder.get("/profile/").status_code == 302 or intruder.get("/profile/").status_code == 303


def test_t12_p05_a_customers_cookie_under_the_portals_name_opens_nothing_there(
    acme_browser: Browser, carol: Account, home: Tenant
) -> None:
    acme_browser.sign_in(carol)
    tossed = acme_browser.cookies["session_acme"].value
    intruder = Browser(home)
    for name in ("session", "session_home", "session_acme"):
        intruder.cookies[name] = tossed
    for path in ("/tenants/", "/tenants/acme/"):
        assert "/sign-in/" in intruder.get(path)["Location"]
    assert_signs_in_first(intruder)


def test_t12_p05_an_administrators_cookie_is_no_customers(ada_portal: Browser, acme: Tenant) -> None:
    intruder = Browser(acme)
    for name in ("session", "session_acme"):
        intruder.cookies[name] = ada_portal.cookies["session"].value
    assert_signs_in_first(intruder)


def assert_signs_in_first(intruder: Browser) -> None:
    """The profile takes the cookie for one whose session has ended: it tells so, and nothing of anybody's account."""
    page = intruder.get("/profile/", follow=True)
    assert page.redirect_chain[-1][0].endswith("/address/")
    assert "@" not in page.content.decode()


def test_two_tenants_share_a_browser_by_path_without_meeting(acme_browser: Browser, globex: Tenant) -> None:
    acme_browser.get("/sign-in/", follow=True)
    names = {(name, morsel["path"]) for name, morsel in acme_browser.cookies.items()}
    assert names
    assert all(name.endswith("_acme") and path == "/t/acme/" for name, path in names)
