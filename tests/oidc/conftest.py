import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from applications.policies.grants import DEVICE_CODE
from applications.services import sectors
from applications.services.application import change_application
from common.web.outgoing import HttpAnswer
from oidc.consents.services import give_consent
from oidc.registration import fetches as registration_fetches
from oidc.registration.description import TOKEN_HOLDERS
from oidc.registration.services import create_initial_access_token, let_register
from tenants.models import Tenant
from tests.branding.pictures import picture
from tests.browser import Browser
from tests.cast import allow, new_secret
from tests.oidc.key_holder import COMMAND, KEYS, KeyHolder
from tests.oidc.listener import Listener
from tests.oidc.registering import Register
from tests.oidc.relying_party import RelyingParty


@pytest.fixture
def shop(acme_browser: Browser, bookshop: Application, bookshop_secret: str, carol: Account) -> RelyingParty:
    """Bookshop, in the browser in which Carol is signed in."""
    acme_browser.sign_in(carol)
    return RelyingParty(acme_browser, bookshop, bookshop_secret)


@pytest.fixture
def asking(shop: RelyingParty) -> RelyingParty:
    """Bookshop, for which customers are asked."""
    with tenant_context(shop.browser.tenant):
        change_application(shop.application, asks_for_consent=True, actor=COMMAND)
    return shop


@pytest.fixture
def app(acme: Tenant, mobile: Application, carol: Account) -> RelyingParty:
    """Mobile, a public client, in another browser of Carol's. She has gone on to it before."""
    with tenant_context(acme):
        give_consent(carol, mobile, scopes=())
    browser = Browser(acme)
    browser.sign_in(carol)
    return RelyingParty(browser, mobile)


@pytest.fixture
def service(acme: Tenant, reports: Application) -> RelyingParty:
    """Reports, which signs nobody in."""
    with tenant_context(acme):
        return RelyingParty(Browser(acme), reports, new_secret(reports))


@pytest.fixture
def rival(globex: Tenant, globex_browser: Browser, gadgets: Application, eve: Account) -> RelyingParty:
    """Gadgets of globex, in the browser in which Eve is signed in."""
    globex_browser.sign_in(eve)
    with tenant_context(globex):
        return RelyingParty(globex_browser, gadgets, new_secret(gadgets))


@pytest.fixture
def holder(acme: Tenant, reports: Application) -> KeyHolder:
    with tenant_context(acme):
        change_application(reports, auth_method="private_key_jwt", jwks=json.dumps(KEYS), jwks_uri="", actor=COMMAND)
    return KeyHolder(Browser(acme), reports)


@pytest.fixture
def television(acme: Tenant, mobile: Application) -> RelyingParty:
    """Mobile on a television, which has no browser to show: the one here carries its own requests only."""
    with tenant_context(acme):
        allow(mobile, DEVICE_CODE)
    return RelyingParty(Browser(acme), mobile)


@pytest.fixture
def phone(acme: Tenant, carol: Account) -> Browser:
    """Carol's phone, signed in."""
    browser = Browser(acme)
    browser.sign_in(carol)
    return browser


@pytest.fixture
def token(acme: Tenant) -> str:
    """An initial access token, by which applications register themselves at acme."""
    with tenant_context(acme):
        let_register(TOKEN_HOLDERS, actor=COMMAND)
        _, value = create_initial_access_token(description="For tests", days=1, max_registrations=50, actor=COMMAND)
    return value


@pytest.fixture
def register(acme_browser: Browser, token: str) -> Register:
    """Sends metadata; the token is the right one unless another is given."""

    def send(metadata: Any, *, bearer: str | None = None, browser: Browser = acme_browser) -> Any:
        headers = {"Authorization": f"Bearer {token if bearer is None else bearer}"}
        body = metadata if isinstance(metadata, str) else json.dumps(metadata)
        return browser.post("/oidc/register", body, "application/json", headers=headers)

    return send


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that registering made the server call; a small picture stands at each."""
    addresses: list[str] = []

    def answer(url: str, **_: object) -> HttpAnswer:
        addresses.append(url)
        return HttpAnswer(200, {}, picture(32, 32))

    for module in (registration_fetches, sectors):
        monkeypatch.setattr(module, "call", answer)
    return addresses


@pytest.fixture
def listener(acme: Tenant, bookshop: Application) -> Iterator[Listener]:
    """Bookshop's server, registered."""
    server = Listener()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    with tenant_context(acme):
        change_application(bookshop, backchannel_logout_uri=server.uri, actor=COMMAND)
    yield server
    server.shutdown()
    server.server_close()
