"""The operations measured, each as its clients do it."""

import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from http.cookiejar import Cookie
from urllib.parse import parse_qs, urlencode, urlsplit

from bench.load import Cost, Work, basic, measure, measure_in_turn, send
from bench.machine import Machine
from tests.clients.customer import Answer, Customer

CALLBACK = "https://shop.example/callback"


@dataclass(frozen=True)
class Shop:
    """A web application of the tenant under measurement, and a customer of it."""

    issuer: str
    client_id: str
    secret: str
    email: str
    password: str

    @property
    def base(self) -> str:
        """Where the tenant's pages are."""
        return self.issuer.removesuffix("/oidc")

    @property
    def credentials(self) -> dict[str, str]:
        return basic(self.client_id, self.secret)


@dataclass(frozen=True)
class Code:
    """An authorization code with its PKCE verifier."""

    value: str
    verifier: str


def run_endpoints(machine: Machine, shop: Shop, requests: int) -> list[Cost]:
    """What applications ask the issuer for. Exchange and refresh run a quarter as often."""
    endpoints = json.loads(send(f"{shop.issuer}/.well-known/openid-configuration"))
    document = f"{shop.issuer}/.well-known/openid-configuration"
    token, few = endpoints["token_endpoint"], requests // 4
    costs = [
        measure("discovery", machine, range(requests), lambda _: send(document)),
        measure("jwks", machine, range(requests), lambda _: send(endpoints["jwks_uri"])),
        measure(
            "client credentials",
            machine,
            range(requests),
            lambda _: send(token, form={"grant_type": "client_credentials"}, headers=shop.credentials),
        ),
    ]
    browser = Customer()
    codes = [code_of(browser, endpoints["authorization_endpoint"], shop) for _ in range(few)]
    families: list[dict[str, str]] = []
    costs.append(measure("code exchange", machine, codes, lambda code: families.append(_redeem(token, shop, code))))
    costs.append(measure("refresh", machine, families, lambda family: _refresh(token, shop, family)))
    access_token = families[0]["access_token"]
    costs.append(
        measure(
            "userinfo",
            machine,
            range(requests),
            lambda _: send(endpoints["userinfo_endpoint"], headers={"Authorization": f"Bearer {access_token}"}),
        )
    )
    costs.append(
        measure(
            "introspection",
            machine,
            range(requests),
            lambda _: send(endpoints["introspection_endpoint"], form={"token": access_token}, headers=shop.credentials),
        )
    )
    return costs


def run_sign_ins(machine: Machine, shop: Shop, configured: Shop, code: Callable[[], str], requests: int) -> list[Cost]:
    """A whole sign-in by password; and in turn with it one where a policy for second factors remembers the browser,
    three providers stand on the page, hooks wait for other applications, and the application has a theme of several
    versions and changed words. `code` reads the mail of the one sign-in that shows a second factor.
    """
    remembered, times = remembered_by(configured, Customer(), code), range(requests // 8)

    def in_remembered_browser(_: int) -> None:
        _sign_in(configured, with_cookies(Customer(), remembered))

    return measure_in_turn(
        machine,
        Work("password sign-in, whole", times, lambda _: _sign_in(shop, Customer())),
        Work("password sign-in, configured", times, in_remembered_browser),
    )


def remembered_by(shop: Shop, customer: Customer, code: Callable[[], str]) -> list[Cookie]:
    """The cookies of a browser in which a second factor was shown and that is remembered for it."""
    code_of(customer, f"{shop.issuer}/authorize", shop, code=code, remember="on")
    found = [cookie for cookie in customer.http.cookies.jar if "remembered" in cookie.name]
    assert found, "the browser isn't remembered"  # noqa: S101 - or something else would be measured
    return found


def with_cookies(customer: Customer, cookies: Sequence[Cookie]) -> Customer:
    """The customer, in a browser that has these."""
    for cookie in cookies:
        customer.http.cookies.jar.set_cookie(cookie)
    return customer


def run_at_many(machine: Machine, shops: Sequence[Shop], requests: int) -> list[Cost]:
    """Tenants that nobody asked for before, half of them by each scenario; then any of them, chosen at random.

    Of the former nothing is known, neither to the web process nor to the database's.
    """
    by_chance, half = secrets.SystemRandom(), len(shops) // 2
    return [
        measure("client credentials, cold", machine, shops[:half], _act_for_itself),
        measure("password sign-in, cold", machine, shops[half:], _sign_in_anew),
        measure("client credentials, random", machine, by_chance.choices(shops, k=requests), _act_for_itself),
        measure("password sign-in, random", machine, by_chance.choices(shops, k=requests // 8), _sign_in_anew),
    ]


def code_of(browser: Customer, authorization_endpoint: str, shop: Shop, **answers: Answer) -> Code:
    """The code that a customer comes back with, who signs in unless they are signed in here."""
    verifier = secrets.token_urlsafe(48)
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
    query = {
        "response_type": "code",
        "client_id": shop.client_id,
        "redirect_uri": CALLBACK,
        "scope": "openid profile email offline_access",
        "state": "s",
        "nonce": "n",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    callback = browser.go(
        f"{authorization_endpoint}?{urlencode(query)}",
        until=CALLBACK,
        answers={"email": shop.email, "password": shop.password, **answers},
    )
    return Code(parse_qs(urlsplit(callback).query)["code"][0], verifier)


def form_with(code: Code) -> dict[str, str]:
    """What redeems a code (RFC 6749 section 4.1.3)."""
    return {
        "grant_type": "authorization_code",
        "code": code.value,
        "redirect_uri": CALLBACK,
        "code_verifier": code.verifier,
    }


def enter_and_stay(shop: Shop, endpoints: dict[str, str]) -> None:
    """The customer signs in, and the application gets tokens, asks who it is, and refreshes them."""
    token = endpoints["token_endpoint"]
    family = _redeem(token, shop, code_of(Customer(), endpoints["authorization_endpoint"], shop))
    send(endpoints["userinfo_endpoint"], headers={"Authorization": f"Bearer {family['access_token']}"})
    _refresh(token, shop, family)


def _sign_in(shop: Shop, customer: Customer) -> None:
    _redeem(f"{shop.issuer}/token", shop, code_of(customer, f"{shop.issuer}/authorize", shop))


def _sign_in_anew(shop: Shop) -> None:
    _sign_in(shop, Customer())


def _act_for_itself(service: Shop) -> None:
    send(f"{service.issuer}/token", form={"grant_type": "client_credentials"}, headers=service.credentials)


def _redeem(token: str, shop: Shop, code: Code) -> dict[str, str]:
    answer: dict[str, str] = json.loads(send(token, form=form_with(code), headers=shop.credentials))
    return answer


def _refresh(token: str, shop: Shop, family: dict[str, str]) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": family["refresh_token"]}
    send(token, form=form, headers=shop.credentials)
