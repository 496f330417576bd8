"""The operations measured, each as its clients do it."""

import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qs, urlencode, urlsplit

from bench.load import Cost, basic, measure, send
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


def run_all(machine: Machine, shop: Shop, requests: int) -> list[Cost]:
    """Every scenario in turn. Exchange, refresh and sign-in run a quarter as often."""
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
    sign_ins = range(few // 2)
    costs.append(
        measure(
            "password sign-in, whole",
            machine,
            sign_ins,
            lambda _: _redeem(token, shop, code_of(Customer(), endpoints["authorization_endpoint"], shop)),
        )
    )
    return costs


def run_configured(machine: Machine, shop: Shop, code: Callable[[], str], requests: int) -> list[Cost]:
    """A sign-in by password where a policy for second factors remembers the browser, three providers stand on the page,
    hooks wait for other applications, and the application has a theme of several versions and changed words. `code`
    reads the mail of the one sign-in that shows a second factor.
    """
    shown = Customer()
    code_of(shown, f"{shop.issuer}/authorize", shop, code=code, remember="on")
    remembered = [cookie for cookie in shown.http.cookies.jar if "remembered" in cookie.name]
    assert remembered, "the browser isn't remembered"  # noqa: S101 - or something else would be measured

    def sign_in(_: int) -> None:
        customer = Customer()
        for cookie in remembered:
            customer.http.cookies.jar.set_cookie(cookie)
        _redeem(f"{shop.issuer}/token", shop, code_of(customer, f"{shop.issuer}/authorize", shop))

    return [measure("password sign-in, configured", machine, range(requests // 8), sign_in)]


def run_at_many(machine: Machine, shops: Sequence[Shop], requests: int) -> list[Cost]:
    """Tenants that nobody asked for before, half of them by each scenario; then any of them, chosen at random.

    Of the former nothing is known, neither to the web process nor to the database's.
    """
    by_chance, half = secrets.SystemRandom(), len(shops) // 2
    return [
        measure("client credentials, cold", machine, shops[:half], _act_for_itself),
        measure("password sign-in, cold", machine, shops[half:], _sign_in),
        measure("client credentials, random", machine, by_chance.choices(shops, k=requests), _act_for_itself),
        measure("password sign-in, random", machine, by_chance.choices(shops, k=requests // 8), _sign_in),
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


def _sign_in(shop: Shop) -> None:
    _redeem(f"{shop.issuer}/token", shop, code_of(Customer(), f"{shop.issuer}/authorize", shop))


def _act_for_itself(service: Shop) -> None:
    send(f"{service.issuer}/token", form={"grant_type": "client_credentials"}, headers=service.credentials)


def _redeem(token: str, shop: Shop, code: Code) -> dict[str, str]:
    answer: dict[str, str] = json.loads(send(token, form=form_with(code), headers=shop.credentials))
    return answer


def _refresh(token: str, shop: Shop, family: dict[str, str]) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": family["refresh_token"]}
    send(token, form=form, headers=shop.credentials)
