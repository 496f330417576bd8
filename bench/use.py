"""Customers and applications use every tenant, and what PostgreSQL's backends keep of that."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench.load import CLIENTS, send
from bench.machine import Machine
from bench.scenarios import Shop, enter_and_stay

ROUNDS = 3  # each thread of a web process has a connection, and shall have served every tenant


@dataclass(frozen=True)
class Kept:
    """MB of its own that the largest backend has: after the first tenant, after all, and the most it ever had."""

    first: float
    last: float
    most: float


def kept_by_backends(machine: Machine, shops: Sequence[Shop]) -> Kept:
    """Use the tenants of these shops: more than a connection serves before it gives way."""
    read = [max(machine.backends()) for part in (shops[:1], shops[1:]) for _ in _in_use(part)]
    return Kept(read[0], read[-1], max(read))


def use(shops: Sequence[Shop]) -> None:
    """In each tenant a customer signs in, and the application gets tokens, asks who it is, and refreshes them."""
    list(_in_use(shops))


def _in_use(shops: Sequence[Shop]) -> Iterator[None]:
    """Says when each of them has been used.

    In threads of its own, which have no connection to a server that has ended.
    """
    with ThreadPoolExecutor(CLIENTS) as clients:
        yield from clients.map(_use, shops)


def _use(shop: Shop) -> None:
    endpoints = json.loads(send(f"{shop.issuer}/.well-known/openid-configuration"))
    for _ in range(ROUNDS):
        enter_and_stay(shop, endpoints)
