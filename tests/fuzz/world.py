"""What Eve has in her hands: registered clients, live codes and tokens, a signed-in browser's cookies."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from accounts.models import Account
from applications.models import Application
from providers.models import IdentityProvider
from tenants.addressing import base_url, script_prefix
from tenants.models import Tenant
from tests.browser import Browser
from tests.oidc.relying_party import RelyingParty, answer_in, basic
from tests.providers import saml
from tests.providers.conftest import go_there
from tests.userflows.customer import Customer

Pairs = list[tuple[str, str]]


@dataclass
class World:
    """Two clients of a tenant with a customer signed in at one of them, and a provider of SAML that it has set up.

    `renew` replaces what can be used once.
    """

    tenant: Tenant
    web: Application
    secret: str
    native: Application
    customer: Account
    provider: IdentityProvider
    its_server: saml.Provider
    now: dict[str, str] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """Where the tenant's paths begin."""
        return script_prefix(self.tenant)

    @property
    def host(self) -> str:
        """As the Host header spells it."""
        return urlsplit(base_url(self.tenant)).netloc

    @property
    def may_redirect_to(self) -> set[str]:
        """The origins an answer may send a browser to."""
        registered = [*self.web.redirect_uri_list, *self.web.post_logout_redirect_uris.split()]
        return {_origin(uri) for uri in [base_url(self.tenant), *registered, *self.native.redirect_uri_list]}

    def renew(self) -> None:
        """Fetch a new code, tokens and cookies, as an honest customer and client would."""
        browser = Browser(self.tenant)
        browser.sign_in(self.customer)
        shop = RelyingParty(browser, self.web, self.secret)
        tokens = shop.tokens()
        pushed = shop.as_client("/oidc/par", **shop.request()).json()
        asked = browser.get("/oidc/authorize", shop.request(prompt="login"))
        self.now = {
            "code": answer_in(shop.authorize())["code"],
            "code_verifier": shop.verifier,
            "request_uri": pushed["request_uri"],
            "journey": urlsplit(asked["Location"]).path.removeprefix(self.prefix),
            "cookies": cookies_of(browser),
            **{name: tokens[name] for name in ("access_token", "refresh_token", "id_token")},
            **self._new_device(shop),
            **self._new_answer(),
        }

    def _new_answer(self) -> dict[str, str]:
        """What the provider says about somebody, and the cookies of their browser, to which it is to be brought."""
        somebody = Customer(self.tenant)
        self.its_server.arrive(go_there(somebody, self.provider))
        path, answer = self.its_server.posts(self.its_server.response())
        cookies = cookies_of(somebody.browser)
        return {"callback": path.removeprefix(self.prefix), "cookies_on_the_way": cookies, **answer}

    def _new_device(self, shop: RelyingParty) -> dict[str, str]:
        """A device that waits; what is refused because too many came before is made up."""
        begun = shop.as_client("/oidc/device_authorization", scope="openid").json()
        codes = {name: begun.get(name, "BCDF-GHJK") for name in ("device_code", "user_code")}
        entered = shop.browser.post("/device", {"user_code": codes["user_code"]})
        page = urlsplit(entered.headers.get("Location", "/device/")).path.removeprefix(self.prefix)
        return {**codes, "device_page": page}

    def authorization(self) -> Pairs:
        """An authorization request that would be answered with a code."""
        return [*RelyingParty(Browser(self.tenant), self.web, self.secret).request().items()]

    def exchange(self) -> Pairs:
        """What redeems the code."""
        uri = self.web.redirect_uri_list[0]
        return [
            ("grant_type", "authorization_code"),
            ("redirect_uri", uri),
            *[(name, self.now[name]) for name in ("code", "code_verifier")],
        ]

    def client(self) -> dict[str, str]:
        """The header by which the web application proves who it is."""
        return {"Authorization": basic(self.web.client_id, self.secret)}

    def anybody(self) -> Any:
        """An ID that belongs to nothing."""
        return uuid4()


def cookies_of(browser: Browser) -> str:
    """As the header spells them."""
    return "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())


def _origin(uri: str) -> str:
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.hostname}"
