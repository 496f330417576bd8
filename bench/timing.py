"""`python -m bench.timing [--samples N]`: whether the time of an answer tells which addresses have an account.

Four kinds of addresses are tried in turn, each try with an address of the network of its own: some that have had an
account for a while, some without one, some that signed up through the pages within the last minutes, and some whose
account is blocked. The two-sample test of Kolmogorov and Smirnov says how likely it is that such differences come by
chance. Where one of all comparisons is so unlikely that chance would bring it in less than `SUSPICIOUS` of all runs
(Bonferroni), the times tell addresses apart, and the command ends with 1.
"""

import argparse
import math
import os
import re
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median
from urllib.parse import urljoin

import httpx

from bench.machine import Installation, installation, web_server
from bench.setting import add_customers, add_flow, block_customers, code_mailed_to, run_jobs, set_up, sign_up
from tests.clients.customer import forms_of

SUSPICIOUS = 0.01
KINDS = ("account", "none", "fresh", "blocked")
AT_ONCE = 25
"""Addresses of each kind that are tried in turn: few, so that the fresh ones are still fresh at the last try."""
TRIES_EACH = 4  # fewer than any limit on one address allows; then the limits begin anew
TURNS = 5
WRONG, NO_CODE = "not the right one", "000000"
ANSWERS = {httpx.codes.OK, httpx.codes.BAD_REQUEST}  # the latter shows the form again, as for a wrong password
BY_CODE, LAST = "sign-in by code", "sign-up, verified last"
# The page of each, and what is asked for there, as far as the question whether there is an account.
DOORS: dict[str, tuple[str, tuple[str, ...]]] = {
    "sign-in": ("sign-in/", ("email", "password")),
    BY_CODE: ("sign-in/", ("email", "code")),
    "reset": ("reset/", ("email", "code")),
    "sign-up": ("sign-up/", ("email", "code")),
    LAST: ("sign-up/", ("email", "password", "code")),
}
# Seconds, by form and kind.
Taken = dict[str, dict[str, list[float]]]


@dataclass
class Visitor:
    """A browser at a door, with the page it shows."""

    http: httpx.Client
    shown: httpx.Response

    def answer(self, name: str, value: str) -> float:
        """Send the form of the page, and return the seconds until the next one was there."""
        form = next((form for form in forms_of(self.shown.text) if form.is_step and name in form.asks), None)
        if form is None:
            raise RuntimeError(f"No {name} is asked for at {self.shown.url}:\n{self.shown.text[:2000]}")
        page, data = str(self.shown.url), form.fields | {name: value}
        started = time.perf_counter()
        self.shown = self.http.post(urljoin(page, form.action), data=data, headers={"Referer": page})
        taken = time.perf_counter() - started
        if self.shown.status_code not in ANSWERS:
            raise RuntimeError(f"{self.shown.status_code} at {self.shown.url}")
        return taken


@dataclass
class Measurement:
    """An installation whose tenant answers at `base`, measured by visitors who each have a network of their own."""

    made: Installation
    base: str
    flows: Mapping[str, str]
    """The IDs of the user flows of those doors that aren't the tenant's own."""
    networks: Iterator[str] = field(
        default_factory=lambda: (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in count(1))
    )

    def of_door(self, door: str, samples: int) -> Taken:
        """The seconds that answers took at this door, by form and kind. The first turn is a warm-up."""
        _page, asks = DOORS[door]
        taken = _nothing(asks)
        at_once = min(AT_ONCE, -(-samples // (TRIES_EACH * TURNS)))
        self._try_often(door, self._addresses(door, "warm-up", 2), _nothing(asks), turns=1)
        for batch in range(-(-samples // (at_once * TRIES_EACH * TURNS))):
            self._try_often(door, self._addresses(door, str(batch), at_once), taken, turns=TURNS)
        return {name: {kind: times[:samples] for kind, times in of.items()} for name, of in taken.items()}

    def _addresses(self, door: str, batch: str, number: int) -> dict[str, list[str]]:
        """So many of each kind; those that are fresh have come through the pages just now."""
        named = f"{re.sub('[ ,]+', '-', door)}.{batch}"
        addresses = {kind: [f"{kind}.{named}.{n}@shop.example" for n in range(number)] for kind in KINDS}
        add_customers([*addresses["account"], *addresses["blocked"]])
        block_customers(addresses["blocked"])
        for email in addresses["fresh"]:
            sign_up(self.base, email, network=next(self.networks), code=code_mailed_to)
        return addresses

    def _try_often(self, door: str, addresses: dict[str, list[str]], taken: Taken, *, turns: int) -> None:
        for _ in range(turns):
            self.made.counter.execute("TRUNCATE public.counted_attempts")
            for _ in range(TRIES_EACH):
                self._try_each(door, addresses, taken)

    def _try_each(self, door: str, addresses: dict[str, list[str]], taken: Taken) -> None:
        """One try at each address, form by form; of which kind the first is, is left to chance."""
        answers, (_page, asks) = {"password": WRONG, "code": NO_CODE}, DOORS[door]
        with httpx.HTTPTransport() as lines:
            visitors = {kind: [self._visitor(door, lines) for _ in emails] for kind, emails in addresses.items()}
            for name in asks:
                for number in range(len(addresses["none"])):
                    for kind in secrets.SystemRandom().sample(KINDS, len(KINDS)):
                        answer = answers.get(name, addresses[kind][number])
                        taken[name][kind].append(visitors[kind][number].answer(name, answer))
                # Whoever has asked for a code is sent one, and only then is its try looked at.
                run_jobs()

    def _visitor(self, door: str, lines: httpx.HTTPTransport) -> Visitor:
        page, flow = DOORS[door][0], self.flows.get(door)
        headers = {"X-Forwarded-For": next(self.networks)}
        browser = httpx.Client(transport=lines, headers=headers, follow_redirects=True, timeout=60, trust_env=False)
        return Visitor(browser, browser.get(f"{self.base}/{page}", params={"flow": flow} if flow else {}))


def _nothing(asks: Sequence[str]) -> Taken:
    return {name: {kind: [] for kind in KINDS} for name in asks}


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.timing", description=__doc__)
    parser.add_argument("--samples", type=int, default=2000, help="of each kind, at each form")
    parser.add_argument("--door", choices=DOORS, action="append", help="this one alone; may be given several times")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ciam-timing-") as folder, installation(Path(folder)) as made:
        # Each wrong try would be a line.
        os.environ.update(CIAM_TRUSTED_PROXIES="1", CIAM_LOG_LEVEL="ERROR")
        base = set_up().base
        flows = {BY_CODE: add_flow("By code", methods=("code",)), LAST: add_flow("Last", verifies_last=True)}
        measurement = Measurement(made, base, flows)
        sys.exit(1 if _tells(measurement, options.door or list(DOORS), options.samples) else 0)


def _tells(measurement: Measurement, doors: Sequence[str], samples: int) -> bool:
    """Whether any form of these doors tells who has an account."""
    chances = []
    others = [kind for kind in KINDS if kind != "none"]
    head = "".join(f"{kind:>9}" for kind in KINDS) + "".join(f"{f'p {kind}':>11}" for kind in others)
    print(f"{'median ms of an answer':<34}{head}{'n':>7}")  # noqa: T201
    with web_server(measurement.made):
        for door in doors:
            for name, taken in measurement.of_door(door, samples).items():
                found = [likelihood(taken[kind], taken["none"]) for kind in others]
                chances += found
                medians = "".join(f"{median(taken[kind]) * 1000:>9.2f}" for kind in KINDS)
                told = medians + "".join(f"{chance:>11.3f}" for chance in found) + f"{len(taken['none']):>7}"
                print(f"  {f'{door}: {name}':<32}{told}", flush=True)  # noqa: T201
    return min(chances) * len(chances) < SUSPICIOUS


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
