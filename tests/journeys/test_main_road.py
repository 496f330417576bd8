"""The whole main road, from an empty database to valid tokens for a customer who signed up in their own language."""

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO

import httpx
import pytest
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from django.core.management import call_command
from joserfc import jwt
from joserfc.jwk import KeySet
from PIL import Image
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from tenants.work.jobs import run_waiting_jobs
from tests import database
from tests.cast import PASSWORD
from tests.screens import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.client, pytest.mark.django_db(transaction=True)]

OLGA = "olga@portal.example"
GRETA = "greta@customer.example"


@dataclass
class Bookshop:
    """The relying party: an Authlib client with what the portal told its developer."""

    address: str
    issuer: str
    client_id: str
    secret: str

    def __post_init__(self) -> None:
        self.metadata = httpx.get(f"{self.issuer}/.well-known/openid-configuration").raise_for_status().json()
        self.client = OAuth2Session(
            self.client_id,
            self.secret,
            scope="openid profile email offline_access",
            redirect_uri=f"{self.address}/callback",
            code_challenge_method="S256",
        )
        self.verifier = "a-verifier-that-is-long-enough-for-the-specification"

    def authorization_url(self) -> str:
        url, self.state = self.client.create_authorization_url(
            self.metadata["authorization_endpoint"], nonce="nonce-1", code_verifier=self.verifier
        )
        return str(url)

    def redeem(self, callback: str) -> dict[str, str]:
        token: dict[str, str] = self.client.fetch_token(
            self.metadata["token_endpoint"],
            authorization_response=callback,
            code_verifier=self.verifier,
            state=self.state,
        )
        return token

    def verified_claims(self, token: str) -> dict[str, object]:
        keys = KeySet.import_key_set(httpx.get(self.metadata["jwks_uri"]).raise_for_status().json())
        decoded = jwt.decode(token, keys, algorithms=["RS256", "ES256"])
        jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": self.issuer}, exp={"essential": True}, iat={"essential": True}
        ).validate(decoded.claims)
        return dict(decoded.claims)


@pytest.fixture
def empty_installation(live_server: LiveServer) -> None:
    """What a first start leaves: an operator, and nothing else."""
    database.start_empty()
    call_command("administrator", "create", email=OLGA, password_stdin=True, json=True, stdout=StringIO())


@pytest.fixture(autouse=True)
def _olgas_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\n"))


@pytest.fixture
def portal(chromium: Chromium, empty_installation: None) -> Iterator[Page]:
    context = chromium.new_context(base_url=settings.CIAM_BASE_URL, locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.fixture
def german_phone(chromium: Chromium) -> Iterator[BrowserContext]:
    """A phone that speaks German."""
    context = chromium.new_context(locale="de-DE", viewport=PHONE, has_touch=True)
    yield context
    context.close()


class Welcome(BaseHTTPRequestHandler):
    """Any page of the application."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"Welcome to Bookshop")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's name
        """Nothing."""


@pytest.fixture
def bookshop_address() -> Iterator[str]:
    """Where the application's own pages answer."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Welcome)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_from_an_empty_database_to_the_first_signed_in_customer(
    portal: Page, german_phone: BrowserContext, bookshop_address: str
) -> None:
    sign_in_to_the_portal(portal)
    create_tenant(portal, "Contoso", "contoso")
    define_attribute(portal, "contoso", "loyaltyNumber")
    create_flow(portal, "contoso")
    brand_in_german(portal, "contoso")
    bookshop = register_bookshop(portal, "contoso", bookshop_address)

    phone = german_phone.new_page()
    phone.goto(bookshop.authorization_url())
    callback = sign_up_in_german(phone, portal, bookshop)

    token = bookshop.redeem(callback)
    claims = bookshop.verified_claims(token["id_token"])
    told = bookshop.client.get(bookshop.metadata["userinfo_endpoint"]).json()
    assert (told["sub"], told["email"]) == (claims["sub"], GRETA)
    assert told["given_name"] == "Greta"
    assert told["loyaltyNumber"] == "L-77"
    assert claims["nonce"] == "nonce-1"
    assert claims["aud"] in (bookshop.client_id, [bookshop.client_id])
    assert bookshop.verified_claims(token["access_token"])["sub"] == claims["sub"]
    refreshed = bookshop.client.refresh_token(bookshop.metadata["token_endpoint"])
    assert refreshed["refresh_token"] != token["refresh_token"]
    userinfo = bookshop.client.get(bookshop.metadata["userinfo_endpoint"]).json()
    assert userinfo["sub"] == claims["sub"]
    assert userinfo["loyaltyNumber"] == "L-77"

    nothing_of_it_is_worth_anything_at_a_second_tenant(portal, bookshop, refreshed, german_phone)
    sign_out(phone, bookshop, refreshed["id_token"])
    bookshop.client.close()


def sign_in_to_the_portal(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Email").fill(OLGA)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tenants")


def create_tenant(page: Page, name: str, domain: str) -> None:
    page.goto("/tenants/new/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Domain", exact=True).fill(domain)
    expect(page.get_by_text("is free")).to_be_visible()
    page.get_by_role("button", name="Create tenant").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def define_attribute(page: Page, domain: str, name: str) -> None:
    page.goto(f"/tenants/{domain}/user-flows/custom-attributes/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Define attribute").click()
    expect(page.get_by_role("cell", name=name, exact=True)).to_be_visible()


def create_flow(page: Page, domain: str) -> None:
    page.goto(f"/tenants/{domain}/user-flows/new/")
    page.get_by_label("Name", exact=True).fill("Bookshop customers")
    for attribute in ("givenName", "loyaltyNumber"):
        page.locator(f"input[name=attributes][value={attribute}]").check()
    page.get_by_role("button", name="Create user flow").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bookshop customers")


def brand_in_german(page: Page, domain: str) -> None:
    picture = io.BytesIO()
    Image.new("RGBA", (120, 36), "#0a5f38").save(picture, "PNG")
    logo = {"name": "logo.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    page.goto(f"/tenants/{domain}/branding/default/")
    page.locator("#id_banner_logo").set_input_files(files=[logo])  # type: ignore[arg-type]
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("The draft is saved")).to_be_visible()
    page.goto(f"/tenants/{domain}/branding/")
    page.locator("select[name=locale]").select_option("de")
    page.get_by_role("button", name="Add").click()
    page.get_by_label("Sign-in page text").fill("Willkommen bei **Contoso**.")
    page.get_by_role("button", name="Save and review").click()
    page.locator("form.panel").get_by_role("button", name="Publish").click()
    expect(page.get_by_text("customers see it now")).to_be_visible()


def register_bookshop(page: Page, domain: str, address: str) -> Bookshop:
    page.goto(f"/tenants/{domain}/applications/new/")
    page.get_by_label("Name", exact=True).fill("Bookshop")
    page.get_by_label("Redirect URIs").fill(f"{address}/callback")
    page.get_by_label("User flow").select_option(label="Bookshop customers")
    page.get_by_role("button", name="Register").click()
    page.get_by_role("link", name="Application", exact=True).click()
    page.get_by_label("Post-logout redirect URIs").fill(f"{address}/signed-out")
    page.get_by_role("button", name="Save").click()
    client_id = copyable(page, "client id")
    page.get_by_role("link", name="Connect", exact=True).click()
    page.get_by_role("link", name="Credentials").click()
    page.get_by_role("button", name="Create client secret").click()
    secret = copyable(page, "client secret")
    return Bookshop(address, f"{settings.CIAM_BASE_URL}/t/{domain}/oidc", client_id, secret)


def copyable(page: Page, label: str) -> str:
    """What the copy button beside this label would copy."""
    return page.get_by_role("button", name=f"Copy {label}").get_attribute("data-copy") or ""


def sign_up_in_german(phone: Page, portal: Page, bookshop: Bookshop) -> str:
    expect(phone.locator("html")).to_have_attribute("lang", "de")
    expect(phone.get_by_text("Willkommen bei Contoso.")).to_be_visible()
    expect(phone.locator("img[alt*=Contoso]")).to_be_visible()
    phone.get_by_role("button", name="Registrieren").click()
    phone.locator("input[name=email]").fill(GRETA)
    phone.get_by_role("button", name="Weiter").click()
    # The sixth digit sends it.
    phone.locator("input[name=code]").fill(code_from_the_outbox(portal))
    phone.locator("input[name=password]").fill(PASSWORD)
    phone.locator("input[name=givenName]").fill("Greta")
    phone.locator("input[name=loyaltyNumber]").fill("L-77")
    phone.locator("button.primary").click()
    phone.wait_for_url(f"{bookshop.address}/**")
    expect(phone.get_by_text("Welcome to Bookshop")).to_be_visible()
    return phone.url


def code_from_the_outbox(portal: Page) -> str:
    """What a newcomer does without a mail server: read the code in the portal."""
    run_waiting_jobs()
    portal.goto("/tenants/contoso/outbox/")
    subject = portal.get_by_role("row").filter(has_text=GRETA).get_by_role("link").first.inner_text()
    digits = "".join(character for character in subject if character.isdigit())
    assert len(digits) == 6, subject
    return digits


def nothing_of_it_is_worth_anything_at_a_second_tenant(
    portal: Page, bookshop: Bookshop, token: dict[str, str], phone: BrowserContext
) -> None:
    create_tenant(portal, "Fabrikam", "fabrikam")
    other = f"{settings.CIAM_BASE_URL}/t/fabrikam"
    metadata = httpx.get(f"{other}/oidc/.well-known/openid-configuration").json()
    bearer = {"Authorization": f"Bearer {token['access_token']}"}
    assert httpx.get(metadata["userinfo_endpoint"], headers=bearer).status_code == 401
    refresh = httpx.post(
        metadata["token_endpoint"],
        data={"grant_type": "refresh_token", "refresh_token": token["refresh_token"]},
        auth=(bookshop.client_id, bookshop.secret),
    )
    assert (refresh.status_code, refresh.json()["error"]) == (401, "invalid_client")
    page = phone.new_page()
    page.goto(f"{settings.CIAM_BASE_URL}/t/contoso/profile/")
    expect(page.get_by_text(GRETA).first).to_be_visible()
    page.goto(f"{other}/profile/")
    expect(page.locator("input[name=email]")).to_be_visible()
    expect(page.get_by_text(GRETA)).not_to_be_visible()


def sign_out(phone: Page, bookshop: Bookshop, id_token: str) -> None:
    query = httpx.QueryParams(
        {"id_token_hint": id_token, "post_logout_redirect_uri": f"{bookshop.address}/signed-out", "state": "bye"}
    )
    phone.goto(f"{bookshop.metadata['end_session_endpoint']}?{query}")
    assert phone.url == f"{bookshop.address}/signed-out?state=bye"
    phone.goto(f"{settings.CIAM_BASE_URL}/t/contoso/profile/")
    expect(phone.locator("input[name=email]")).to_be_visible()
