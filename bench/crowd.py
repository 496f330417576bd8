"""Many sign in at the same moment, all from one address, as in an office."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx

from bench.scenarios import Shop
from tests.clients.customer import Customer


@dataclass
class Crowd:
    """How it went for them: the seconds that each answer was waited for, and how many were shown the profile or not."""

    signed_in: int = 0
    refused: int = 0
    waits: list[float] = field(default_factory=list)


def sign_in_at_once(shop: Shop, emails: Sequence[str]) -> Crowd:
    """All of them sign in at the tenant's own pages with the right password, each in a browser of their own."""
    crowd = Crowd()
    browsers = [_browser(crowd.waits) for _ in emails]
    with ThreadPoolExecutor(len(emails)) as people:
        outcomes = list(people.map(lambda browser, email: _is_signed_in(browser, shop, email), browsers, emails))
    crowd.signed_in, crowd.refused = outcomes.count(True), outcomes.count(False)
    return crowd


def _browser(waits: list[float]) -> Customer:
    customer = Customer()

    def sent(request: httpx.Request) -> None:
        request.extensions["sent_at"] = time.monotonic()

    def answered(answer: httpx.Response) -> None:
        waits.append(time.monotonic() - answer.request.extensions["sent_at"])

    customer.http.event_hooks = {"request": [sent], "response": [answered]}
    return customer


def _is_signed_in(browser: Customer, shop: Shop, email: str) -> bool:
    answers = {"email": email, "password": shop.password}
    try:
        browser.go(f"{shop.base}/sign-in/", until=f"{shop.base}/profile/", answers=answers)
    except (AssertionError, httpx.HTTPError):
        return False
    return True
