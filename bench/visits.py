"""Somebody visits every tenant, and what PostgreSQL's backends keep of that."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from urllib.parse import urljoin

import httpx

from bench.machine import Machine
from tests.clients.customer import form_of

ROUNDS = 2  # each thread of the web process has a connection, and shall have served every tenant
_networks = (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in count(1))


@dataclass(frozen=True)
class Kept:
    """MB of its own that the largest backend has: after the first tenant, at most, and for each further tenant."""

    first: float
    most: float
    each: float

    def after(self, tenants: int) -> float:
        """MB after so many tenants, if each further one takes as much."""
        return self.first + (tenants - 1) * self.each


def kept_by_backends(machine: Machine, bases: Sequence[str]) -> Kept:
    """Visit the tenants in turn. A connection that gives way on the way ends the growth of its backend."""
    from tenants.postgresql.base import MOST_TENANTS

    for _ in range(2 * ROUNDS):
        visit(bases[0])
    first = most = max(machine.backends())
    for base in [*bases] * ROUNDS:
        visit(base)
        most = max(most, *machine.backends())
    return Kept(first, most, (most - first) / (min(len(bases), MOST_TENANTS) - 1))


def visit(base: str) -> None:
    """Read the tenant's key set, and try to sign in with an address that has no account, from a network of its own."""
    answers = {"email": "nobody@shop.example", "password": "not the password"}
    page = f"{base}/sign-in/"
    headers = {"X-Forwarded-For": next(_networks)}
    with httpx.Client(headers=headers, follow_redirects=True, timeout=30, verify=False) as browser:  # noqa: S501 - it is http
        browser.get(f"{base}/oidc/jwks").raise_for_status()
        shown = browser.get(page).raise_for_status()
        for name, answer in answers.items():
            form = form_of(shown.text)
            target = urljoin(str(shown.url), form.action)
            shown = browser.post(target, data=form.fields | {name: answer}, headers={"Referer": page})
            if shown.status_code not in {httpx.codes.OK, httpx.codes.BAD_REQUEST}:
                raise RuntimeError(f"{shown.status_code} at {shown.url}")
