"""Customers and applications use every tenant, and what PostgreSQL's backends keep of that."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench.load import CLIENTS, send
from bench.machine import Machine
from bench.scenarios import Shop, enter_and_stay

ROUNDS = 3  # each thread of a web process has a connection, and shall have served every tenant


@dataclass(frozen=True)
class Kept:
    """MB of its own that the largest backend has: after the first tenant, after the last, and for each further one."""

    first: float
    last: float
    each: float

    def after(self, tenants: int) -> float:
        """MB after so many tenants, if each further one takes as much."""
        return self.first + (tenants - 1) * self.each


def kept_by_backends(machine: Machine, shops: Sequence[Shop]) -> Kept:
    """Use the tenants of these shops, fewer than a connection serves before it gives way."""
    use(shops[:1])
    first = max(machine.backends())
    use(shops[1:])
    last = max(machine.backends())
    return Kept(first, last, (last - first) / (len(shops) - 1))


def use(shops: Sequence[Shop]) -> None:
    """In each tenant a customer signs in, and the application gets tokens, asks who it is, and refreshes them.

    In threads of its own, which have no connection to a server that has ended.
    """
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(_use, shops))


def _use(shop: Shop) -> None:
    endpoints = json.loads(send(f"{shop.issuer}/.well-known/openid-configuration"))
    for _ in range(ROUNDS):
        enter_and_stay(shop, endpoints)
