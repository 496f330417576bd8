"""A siege: those who behave are served nearly as usual, and nobody honest is refused.

`make siege` holds it with more people, for longer.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http import HTTPStatus

import httpx
import pytest
from django_tenants.utils import tenant_context

from accounts.credentials.hashers import BoundedArgon2PasswordHasher
from accounts.models import Account
from applications.models import Application
from audit.models import Event
from common.web.waiting import PATIENCE
from tests.cast import BOOKSHOP_CALLBACK, PASSWORD, tenant_named
from tests.clients.customer import Customer
from tests.oidc.relying_party import challenge_of
from tests.serving.conftest import Served
from tests.serving.strange_clients import unsent_bodies

UNSENT_BODIES = 200
SLOW_READERS = 50
FLOODING = 4
MOST_TIMES_AS_LONG = 5


@pytest.fixture
def people(pytestconfig: pytest.Config) -> int:
    """How many sign in at the same moment."""
    return int(pytestconfig.getoption("--besieged"))


def test_r36_a_siege_keeps_nobody_out(
    served_to_proxies: Served, carol: Account, bookshop: Application, people: int
) -> None:
    served = served_to_proxies
    sign_in(served, carol, "198.51.100.0")
    usual = all_sign_in(served, carol, people)

    with unsent_bodies(served, UNSENT_BODIES), slow_readers(served), flood(served, bookshop) as answered:
        besieged = all_sign_in(served, carol, people)

    # Each has begun a journey, but for those that waited in vain behind others.
    assert answered[HTTPStatus.OK] > FLOODING
    assert answered.keys() <= {HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE}
    assert besieged < max(usual, 1) * MOST_TIMES_AS_LONG, f"{besieged:.1f} s, {usual:.1f} s as usual"


def test_a35_a_crowd_with_right_passwords_gets_in_by_one_core(
    served_by_one_core: Served, carol: Account, people: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each in a browser of their own, at once, by a password hashed as the product does."""
    served = served_by_one_core
    with tenant_context(tenant_named("acme")):
        carol.password = BoundedArgon2PasswordHasher().encode(PASSWORD, "c29tZXNhbHQ")
        carol.save(update_fields=["password"])
    sign_in(served, carol, "198.51.100.0")

    waited: list[float] = []
    took = all_sign_in(served, carol, people, waited)

    assert max(waited) < PATIENCE
    with capsys.disabled():
        print(
            f"\n{people} signed in within {took:.1f} s, none of them waited longer than {max(waited):.1f} s for a page"
        )


@pytest.mark.parametrize("address", ["198.51.100.1", ""], ids=["one address", "an unknown address"])
def test_a35_a_crowd_that_shares_an_address_gets_in_and_stays_in(
    served_to_proxies: Served, carol: Account, people: int, address: str
) -> None:
    """Behind one router, or behind a proxy that doesn't tell whom it speaks for: they count as one by the limits."""
    all_sign_in(served_to_proxies, carol, people, address=address)
    all_sign_in(served_to_proxies, carol, people, address=address)
    with tenant_context(tenant_named("acme")):
        assert not Event.objects.exclude(reason="").exists()


def all_sign_in(
    served: Served, account: Account, people: int, waited: list[float] | None = None, *, address: str | None = None
) -> float:
    """So many sign in at once, from an address of their own each, or all from one; "" if the proxy tells none.

    Returns the seconds until the last one has. `waited` gets the seconds that each answer took.
    """
    began = time.monotonic()
    with ThreadPoolExecutor(people) as browsers:
        addresses = [f"198.51.100.{number}" if address is None else address for number in range(people)]
        for done in [browsers.submit(sign_in, served, account, each, waited) for each in addresses]:
            done.result()
    return time.monotonic() - began


def sign_in(served: Served, account: Account, address: str, waited: list[float] | None = None) -> None:
    """Fails unless each page on the way is there and the profile is reached."""
    customer = Customer()
    if address:
        customer.http.headers["X-Forwarded-For"] = address
    if waited is not None:
        customer.http.event_hooks = {"request": [note_time], "response": [lambda answer: waited.append(age_of(answer))]}
    answers = {"email": account.email, "password": PASSWORD}
    customer.go(f"{served.url}/t/acme/sign-in/", until=f"{served.url}/t/acme/profile/", answers=answers)


def note_time(request: httpx.Request) -> None:
    request.extensions["sent_at"] = time.monotonic()


def age_of(answer: httpx.Response) -> float:
    """How long it was waited for."""
    return float(time.monotonic() - answer.request.extensions["sent_at"])


@contextmanager
def slow_readers(served: Served) -> Iterator[None]:
    """Ask for pages again and again, and read nothing."""
    with ExitStack() as stack:
        for _ in range(SLOW_READERS):
            client = stack.enter_context(served.connect())
            client.sendall(b"GET /t/acme/sign-up/ HTTP/1.1\r\nHost: localhost\r\n\r\n" * 5)
        yield


@contextmanager
def flood(served: Served, application: Application) -> Iterator[Counter[int]]:
    """Send requests for sign-in without a pause, each from an address of its own. Yields how many got which answer."""
    over, answered = threading.Event(), Counter[int]()
    query = {
        "client_id": application.client_id,
        "redirect_uri": BOOKSHOP_CALLBACK,
        "response_type": "code",
        "scope": "openid",
        "code_challenge": challenge_of("a verifier of Eve's"),
        "code_challenge_method": "S256",
    }

    def send(attacker: int) -> Counter[int]:
        answers = Counter[int]()
        with httpx.Client(base_url=served.url, timeout=30) as client:
            while not over.is_set():
                here = {"X-Forwarded-For": f"10.{attacker}.{answers.total() // 250}.{answers.total() % 250}"}
                answers[client.get("/t/acme/oidc/authorize", params=query, headers=here).status_code] += 1
                client.cookies.clear()
        return answers

    with ThreadPoolExecutor(FLOODING) as attackers:
        sent = [attackers.submit(send, attacker) for attacker in range(FLOODING)]
        try:
            yield answered
        finally:
            over.set()
            for each in sent:
                answered.update(each.result())
