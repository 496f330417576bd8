"""What customers are told of an application beside its name: an administrator chooses it, Carol sees it."""

import pytest
from django_tenants.utils import tenant_context

from applications.models import Application
from applications.services.application import NewLogo, change
from audit.services import Actor
from branding.pictures.encoding import PreparedImage
from tenants.models import Tenant
from tests.branding.pictures import bomb, picture, upload
from tests.browser import Browser
from tests.oidc.relying_party import RelyingParty

LINKS = {
    "client_uri": "https://shop.example/",
    "policy_uri": "https://shop.example/privacy",
    "tos_uri": "https://shop.example/terms",
    "initiate_login_uri": "https://shop.example/sign-in",
}


@pytest.fixture
def address(bookshop: Application) -> str:
    return f"/tenants/acme/applications/{bookshop.client_id}/appearance/"


def first_page(application: Application, acme: Tenant) -> str:
    """The page that asks a newcomer who they are, on the way to the application."""
    browser = Browser(acme)
    return RelyingParty(browser, application, None).authorize().content.decode()


def test_ada_chooses_a_logo_and_links_and_carol_sees_them(
    ada_portal: Browser, address: str, bookshop: Application, acme: Tenant
) -> None:
    saved = ada_portal.post(address, {**LINKS, "logo": upload(picture(64, 64))}, follow=True)
    assert "Saved. Customers see it from now on." in saved.content.decode()
    page = first_page(bookshop, acme)
    for link in (LINKS["policy_uri"], LINKS["tos_uri"]):
        assert f'<a href="{link}"' in page
    logo = page.partition('class="application-logo" src="')[2].partition('"')[0]
    assert Browser(acme).get(logo)["Content-Type"] == "image/png"
    assert 'href="https://shop.example/sign-in?iss=' in page
    shown = ada_portal.get(address).content.decode()
    assert LINKS["tos_uri"] in shown
    preview = shown.partition('<img src="/tenants/acme/applications/logos/')[2].partition('"')[0]
    assert ada_portal.get(f"/tenants/acme/applications/logos/{preview}").status_code == 200
    assert ada_portal.get(f"/tenants/globex/applications/logos/{preview}").status_code == 404


def test_a_logo_goes_when_it_is_removed_and_stays_when_links_change(
    ada_portal: Browser, address: str, bookshop: Application, acme: Tenant
) -> None:
    ada_portal.post(address, {"logo": upload(picture(64, 64))})
    ada_portal.post(address, LINKS)
    assert "The logo now" in ada_portal.get(address).content.decode()
    ada_portal.post(address, {**LINKS, "remove_logo": "on"})
    assert "The logo now" not in ada_portal.get(address).content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"policy_uri": "javascript:x"}, "Begin the URI with https://."),
        ({"tos_uri": "http://shop.example/terms"}, "Use https."),
        ({"logo": b"<svg onload=alert(1)>"}, "image that can be read. Save it again"),
        ({"logo": bomb(9_000, 9_000)}, "The image is 9000×9000 pixels"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    ada_portal: Browser, address: str, bookshop: Application, acme: Tenant, wrong: dict[str, object], said: str
) -> None:
    sent = {**LINKS, **{name: upload(value) if isinstance(value, bytes) else value for name, value in wrong.items()}}
    page = ada_portal.post(address, sent).content.decode()
    assert said in page
    assert 'value="https://shop.example/sign-in"' in page
    with tenant_context(acme):
        bookshop.refresh_from_db()
    assert bookshop.client_uri == "", "half of a form must not be saved"


def test_a_service_has_none(ada_portal: Browser, acme: Tenant, reports: Application) -> None:
    page = ada_portal.get(f"/tenants/acme/applications/{reports.client_id}/")
    assert "Appearance" not in page.content.decode()
    assert ada_portal.get(f"/tenants/acme/applications/{reports.client_id}/appearance/").status_code == 404


def test_the_next_sign_in_shows_what_was_changed(bookshop: Application, acme: Tenant) -> None:
    actor = Actor.command()
    with tenant_context(acme):
        logo = NewLogo(PreparedImage(picture(8, 8), "image/png", 8, 8))
        change(bookshop, lambda now: now.with_values(tos_uri=LINKS["tos_uri"]), logo=logo, actor=actor)
    assert LINKS["tos_uri"] in first_page(bookshop, acme)
    with tenant_context(acme):
        change(bookshop, lambda now: now.with_values(tos_uri=""), logo=NewLogo(None), actor=actor)
    page = first_page(bookshop, acme)
    assert LINKS["tos_uri"] not in page
    assert "application-logo" not in page


def test_anyone_may_register_once_ada_says_so(ada_portal: Browser, acme: Tenant) -> None:
    address = "/tenants/acme/settings/registration/"
    ada_portal.post(f"{address}switch", {"switch": "on"})
    page = ada_portal.get(address).content.decode()
    assert "Let anyone register" in page
    ada_portal.post(f"{address}open")
    page = ada_portal.get(address).content.decode()
    assert "Open to anyone" in page
    body = '{"redirect_uris": ["https://new.example/callback"]}'
    assert Browser(acme).post("/oidc/register", body, "application/json").status_code == 201
    ada_portal.post(f"{address}switch", {"switch": "off"})
    assert Browser(acme).post("/oidc/register", body, "application/json").status_code == 401
