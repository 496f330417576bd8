"""What the issuer says about itself, to whom, and that it is true (OpenID Connect Discovery 1.0, RFC 8414)."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django_tenants.utils import tenant_context
from playwright.sync_api import Page

from applications.services.registration import register_application
from audit.services import Actor
from oidc.wire.addresses import endpoints_of, issuer_of
from tenants.models import Tenant
from tests.browser import Browser
from tests.oidc.club import open_club
from tests.oidc.relying_party import RelyingParty, answer_in

OPENID = "/oidc/.well-known/openid-configuration"
BEFORE_THE_PATH = "/.well-known/oauth-authorization-server"
SPA_ORIGIN = "https://spa.example"


def test_t19_the_issuer_is_the_tenants_whatever_the_host_header_says(acme: Tenant, globex: Tenant) -> None:
    for tenant in (acme, globex):
        metadata = Browser(tenant).get(OPENID).json()
        assert metadata["issuer"] == f"{settings.CIAM_BASE_URL}/t/{tenant.slug}/oidc" == issuer_of(tenant)
    spoofed = Client().get(f"/t/acme{OPENID}", headers={"host": "127.0.0.1:1", "x-forwarded-host": "evil.example"})
    assert spoofed.json()["issuer"] == issuer_of(acme)


def test_rfc8414_both_addresses_of_the_metadata(acme: Tenant, home: Tenant) -> None:
    document = Browser(acme).get(OPENID).content
    assert Browser(acme).get(f"/oidc{BEFORE_THE_PATH}").content == document
    assert Client().get(f"{BEFORE_THE_PATH}/t/acme/oidc", headers={"host": "localhost"}).content == document
    at_home = Browser(home).get(f"{BEFORE_THE_PATH}/oidc")
    assert at_home.json()["issuer"] == issuer_of(home)
    assert Client().get(f"{BEFORE_THE_PATH}/t/nobody/oidc", headers={"host": "localhost"}).status_code == 404


@override_settings(
    CIAM_TENANT_ADDRESSING="host", CIAM_BASE_URL="https://login.example", ALLOWED_HOSTS=[".login.example"]
)
def test_an_issuer_with_a_host_of_its_own(acme: Tenant) -> None:
    from django_tenants.utils import schema_context

    from tenants.lookup import PUBLIC
    from tenants.models import Domain

    with schema_context(PUBLIC):
        Domain.objects.filter(tenant=acme).update(domain="acme.login.example")
    client = Client(headers={"host": "acme.login.example"})
    for path in (OPENID, f"{BEFORE_THE_PATH}/oidc"):
        metadata = client.get(path).json()
        assert metadata["issuer"] == "https://acme.login.example/oidc"
        assert metadata["token_endpoint"] == "https://acme.login.example/oidc/token"


def test_the_documents_may_be_kept_for_five_minutes_and_read_by_anybody(acme_browser: Browser) -> None:
    for path in (OPENID, "/oidc/jwks"):
        answer = acme_browser.get(path, headers={"Origin": "https://anybody.example"})
        assert answer["Content-Type"] == "application/json"
        assert answer["Cache-Control"] == "public, max-age=300"
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_page_anywhere_reads_the_documents_whatever_its_library_sends_along(
    acme: Tenant, open_page: Callable[..., Page]
) -> None:
    read = """address => fetch(address, { headers: { traceparent: "00-1-1-00", authorization: "Bearer x" } })
        .then((answer) => answer.json())"""
    with open_club(acme) as club:
        page = open_page(club.origin)
        for path in (OPENID, "/oidc/jwks"):
            assert page.evaluate(read, f"{settings.CIAM_BASE_URL}/t/acme{path}") == Browser(acme).get(path).json()


def test_o49_the_endpoints_are_the_issuers_own(acme: Tenant, acme_browser: Browser) -> None:
    metadata = acme_browser.get(OPENID).json()
    endpoints = {name: value for name, value in metadata.items() if name.endswith(("_endpoint", "_uri"))}
    assert endpoints == endpoints_of(acme)
    for address in endpoints.values():
        assert address.startswith(issuer_of(acme) + "/")


@pytest.fixture
def spa(acme: Tenant) -> None:
    with tenant_context(acme):
        register_application(
            name="Single page", kind="spa", redirect_uris=[f"{SPA_ORIGIN}/callback"], actor=Actor.command()
        )


@pytest.mark.parametrize("path", ["/oidc/token", "/oidc/userinfo", "/oidc/revoke"])
def test_o44_scripts_of_registered_origins_may_call_and_no_others(spa: None, acme_browser: Browser, path: str) -> None:
    for origin, is_allowed in [
        (SPA_ORIGIN, True),
        ("https://spa.example:8443", False),
        ("http://spa.example", False),
        ("https://spa.example.evil.example", False),
        ("https://bookshop.example", False),
        ("null", False),
    ]:
        preflight = acme_browser.options(path, headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
        answer = acme_browser.post(path, headers={"Origin": origin})
        for each in (preflight, answer):
            assert each.headers.get("Access-Control-Allow-Origin") == (origin if is_allowed else None)
            assert "Origin" in each["Vary"]
            assert "Access-Control-Allow-Credentials" not in each.headers
        assert preflight.status_code == 204


def test_o44_introspection_is_for_no_script(spa: None, acme_browser: Browser) -> None:
    answer = acme_browser.post("/oidc/introspect", headers={"Origin": SPA_ORIGIN})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_another_tenants_origins_arent_this_ones(spa: None, globex_browser: Browser) -> None:
    answer = globex_browser.post("/oidc/token", headers={"Origin": SPA_ORIGIN})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_o15_the_answer_names_its_issuer_exactly(shop: RelyingParty, rival: RelyingParty) -> None:
    """RFC 9207."""
    assert answer_in(shop.authorize())["iss"] == issuer_of(shop.browser.tenant)
    assert answer_in(rival.authorize())["iss"] == issuer_of(rival.browser.tenant)
