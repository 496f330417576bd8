"""`python -m bench.timing [--samples N]`: whether the time of an answer tells which addresses have an account.

Addresses with and without an account are tried in turn, each with an address of the network of its own. The two-sample
test of Kolmogorov and Smirnov says how likely it is that such differences come by chance; below `SUSPICIOUS` the times
tell them apart, and the command ends with 1.
"""

import argparse
import math
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from statistics import median
from urllib.parse import urljoin

import httpx

from bench.machine import Installation, installation, web_server
from bench.setting import add_customers, add_flow_by_code, set_up
from tests.clients.customer import form_of

SUSPICIOUS = 0.01
TRIES_EACH = 4  # fewer than any limit on one address allows
WRONG = "not the password"
ANSWERS = {httpx.codes.OK, httpx.codes.BAD_REQUEST}  # the latter shows the form again, as for a wrong password
NO_CODE = "000000"
# What is asked for at each, as far as the question whether there is an account.
DOORS: dict[str, list[str]] = {
    "sign-in": ["email", "password"],
    "sign-in by code": ["email", "code"],
    "reset": ["email"],
    "sign-up": ["email"],
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.timing", description=__doc__)
    parser.add_argument("--samples", type=int, default=2000, help="of each kind, at each door")
    options = parser.parse_args()
    os.environ["CIAM_TRUSTED_PROXIES"] = "1"
    with tempfile.TemporaryDirectory(prefix="ciam-timing-") as folder, installation(Path(folder)) as made:
        base = set_up().base
        sys.exit(1 if _tells(made, base, options.samples, by_code=add_flow_by_code()) else 0)


def _tells(made: Installation, base: str, samples: int, *, by_code: str) -> bool:
    """Whether any door tells who has an account; `by_code` is the ID of a flow without passwords."""
    networks = (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in count(1))
    chances = []
    print(f"{'median ms of an answer':<24}{'account':>9}{'none':>9}{'p':>8}{'n':>7}")  # noqa: T201
    with web_server(made):
        for door, asks in DOORS.items():
            known, unknown = (
                [f"{kind}.{door.replace(' ', '-')}.{n}@shop.example" for n in range(-(-samples // TRIES_EACH))]
                for kind in ("in", "no")
            )
            add_customers(known)
            page = f"{base}/{door}/" if door in {"sign-in", "reset", "sign-up"} else f"{base}/sign-in/?flow={by_code}"
            _measured(page, asks, [known[:5], unknown[:5]], networks)  # a warm-up
            with_account, without = _measured(page, asks, [known, unknown], networks, TRIES_EACH)
            chances.append(likelihood(with_account, without))
            times = f"{median(with_account) * 1000:>9.2f}{median(without) * 1000:>9.2f}"
            print(f"  {door:<22}{times}{chances[-1]:>8.3f}{len(without):>7}", flush=True)  # noqa: T201
    return min(chances) < SUSPICIOUS


def _measured(
    page: str, asks: Sequence[str], kinds: Sequence[Sequence[str]], networks: Iterator[str], times: int = 1
) -> list[list[float]]:
    """The seconds that answers took, for addresses of each kind; which kind is tried first is left to chance."""
    taken: list[list[float]] = [[] for _ in kinds]
    for _ in range(times):
        for addresses in zip(*kinds, strict=True):
            first = secrets.randbelow(2)
            for kind in (first, 1 - first):
                taken[kind].append(_tried(page, asks, addresses[kind], next(networks)))
    return taken


def _tried(page: str, asks: Sequence[str], email: str, network: str) -> float:
    """The seconds that the answers to a visitor's forms took, as far as the question whether there is an account."""
    answers = {"email": email, "password": WRONG, "code": NO_CODE}
    taken = 0.0
    with httpx.Client(headers={"X-Forwarded-For": network}, follow_redirects=True, timeout=30) as browser:
        shown = browser.get(page)
        for name in asks:
            form = form_of(shown.text)
            target = urljoin(str(shown.url), form.action)
            started = time.perf_counter()
            shown = browser.post(target, data=form.fields | {name: answers[name]}, headers={"Referer": page})
            taken += time.perf_counter() - started
            if shown.status_code not in ANSWERS:
                raise RuntimeError(f"{shown.status_code} at {shown.url}")
    return taken


def likelihood(one: Sequence[float], other: Sequence[float]) -> float:
    """How likely two samples of one distribution differ as much as these (Kolmogorov-Smirnov, for large samples)."""
    gap = largest_gap(sorted(one), sorted(other))
    effective = math.sqrt(len(one) * len(other) / (len(one) + len(other)))
    scaled = (effective + 0.12 + 0.11 / effective) * gap
    if scaled < 0.2:
        return 1.0  # where the series below no longer converges
    terms = ((1 if k % 2 else -1) * math.exp(-2 * k * k * scaled * scaled) for k in range(1, 101))
    return min(1.0, max(0.0, 2 * sum(terms)))


def largest_gap(one: Sequence[float], other: Sequence[float]) -> float:
    """The largest distance between the distributions of two sorted samples."""
    seen, gap = [0, 0], 0.0
    for value in sorted({*one, *other}):
        for which, sample in enumerate((one, other)):
            while seen[which] < len(sample) and sample[seen[which]] <= value:
                seen[which] += 1
        gap = max(gap, abs(seen[0] / len(one) - seen[1] / len(other)))
    return gap


if __name__ == "__main__":
    main()
