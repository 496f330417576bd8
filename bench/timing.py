"""`python -m bench.timing [--samples N]`: whether the time of an answer tells which addresses have an account.

Three kinds of addresses are tried in turn, each try with an address of the network of its own: some that have had an
account for a while, some without one, and some that signed up through the pages within the last minutes. The
two-sample test of Kolmogorov and Smirnov says how likely it is that such differences come by chance. Where one of all
comparisons is so unlikely that chance would bring it in less than `SUSPICIOUS` of all runs (Bonferroni), the times tell
addresses apart, and the command ends with 1.
"""

import argparse
import math
import os
import re
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from itertools import count
from pathlib import Path
from statistics import median
from urllib.parse import urljoin

import httpx

from bench.machine import Installation, installation, web_server
from bench.setting import add_customers, add_flow_by_code, code_mailed_to, run_jobs, set_up, sign_up

SUSPICIOUS = 0.01
KINDS = ("account", "none", "fresh")
AT_ONCE = 25
"""Addresses of each kind that are tried in turn: few, so that the fresh ones are still fresh at the last try."""
TRIES_EACH = 4  # fewer than any limit on one address allows; then the limits begin anew
TURNS = 5
WRONG, NO_CODE = "not the password", "000000"
ANSWERS = {httpx.codes.OK, httpx.codes.BAD_REQUEST}  # the latter shows the form again, as for a wrong password
# What is asked for at each, as far as the question whether there is an account.
DOORS: dict[str, tuple[str, str]] = {
    "sign-in": ("email", "password"),
    "sign-in by code": ("email", "code"),
    "reset": ("email", "code"),
    "sign-up": ("email", "code"),
}
STEP, ACTION = re.compile(r'<form class="step"[^>]*>'), re.compile(r' action="([^"]*)"')
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
# Beside the seconds of each kind, by form.
Taken = dict[str, dict[str, list[float]]]


@dataclass
class Visitor:
    """A browser at a door, with the page it shows."""

    http: httpx.Client
    shown: httpx.Response = field(init=False)

    def open(self, page: str) -> None:
        self.shown = self.http.get(page)

    def answer(self, name: str, value: str) -> float:
        """Send the form of the page, and return the seconds until the next one was there."""
        form, token = STEP.search(self.shown.text), TOKEN.search(self.shown.text)
        if form is None or token is None:
            raise RuntimeError(f"Nothing is asked for at {self.shown.url}:\n{self.shown.text[:2000]}")
        page, action = str(self.shown.url), ACTION.search(form[0])
        target = urljoin(page, unescape(action[1])) if action else page
        data = {"csrfmiddlewaretoken": token[1], name: value}
        started = time.perf_counter()
        self.shown = self.http.post(target, data=data, headers={"Referer": page})
        taken = time.perf_counter() - started
        if self.shown.status_code not in ANSWERS:
            raise RuntimeError(f"{self.shown.status_code} at {self.shown.url}")
        return taken


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.timing", description=__doc__)
    parser.add_argument("--samples", type=int, default=2000, help="of each kind, at each form")
    options = parser.parse_args()
    os.environ["CIAM_TRUSTED_PROXIES"] = "1"
    with tempfile.TemporaryDirectory(prefix="ciam-timing-") as folder, installation(Path(folder)) as made:
        base = set_up().base
        sys.exit(1 if _tells(made, base, options.samples, by_code=add_flow_by_code()) else 0)


def _tells(made: Installation, base: str, samples: int, *, by_code: str) -> bool:
    """Whether any form tells who has an account; `by_code` is the ID of a flow without passwords."""
    networks = (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in count(1))
    chances = []
    print(f"{'median ms of an answer':<26}{''.join(f'{kind:>9}' for kind in KINDS)}{'p':>8}{'p fresh':>9}{'n':>7}")  # noqa: T201
    with web_server(made):
        for door, asks in DOORS.items():
            page = f"{base}/sign-in/?flow={by_code}" if door == "sign-in by code" else f"{base}/{door}/"
            taken = _measured(made, base, page, asks, samples=samples, door=door, networks=networks)
            for name in asks:
                account, none, fresh = taken[name].values()
                chances += [likelihood(account, none), likelihood(fresh, none)]
                medians = "".join(f"{median(times) * 1000:>9.2f}" for times in (account, none, fresh))
                told = f"{medians}{chances[-2]:>8.3f}{chances[-1]:>9.3f}{len(none):>7}"
                print(f"  {f'{door}: {name}':<24}{told}", flush=True)  # noqa: T201
    return min(chances) * len(chances) < SUSPICIOUS


def _measured(
    made: Installation,
    base: str,
    page: str,
    asks: Sequence[str],
    *,
    samples: int,
    door: str,
    networks: Iterator[str],
) -> Taken:
    """The seconds that answers took, by form and kind, after a warm-up."""
    taken: Taken = {name: {kind: [] for kind in KINDS} for name in asks}
    for batch in count():
        at_once = min(AT_ONCE, -(-samples // (TRIES_EACH * TURNS)))
        addresses = {
            kind: [f"{kind}.{door.replace(' ', '-')}.{batch}.{n}@shop.example" for n in range(at_once)]
            for kind in KINDS
        }
        add_customers(addresses["account"])
        for email in addresses["fresh"]:
            sign_up(base, email, network=next(networks), code=code_mailed_to)
        for turn in range(TURNS):
            made.counter.execute("TRUNCATE public.counted_attempts")
            for _ in range(TRIES_EACH):
                _try_all(page, asks, addresses, networks, taken)
                if not batch and not turn:
                    taken = {name: {kind: [] for kind in KINDS} for name in asks}
        if len(taken[asks[0]]["none"]) >= samples:
            return {name: {kind: times[:samples] for kind, times in of.items()} for name, of in taken.items()}
    raise AssertionError("unreachable")


def _try_all(
    page: str, asks: Sequence[str], addresses: dict[str, list[str]], networks: Iterator[str], taken: Taken
) -> None:
    """One try at each address, form by form; of which kind the first is, is left to chance."""
    answers = {"password": WRONG, "code": NO_CODE}
    with httpx.HTTPTransport() as lines:
        visitors: dict[str, list[Visitor]] = {
            kind: [Visitor(_browser(lines, next(networks))) for _ in emails] for kind, emails in addresses.items()
        }
        for name in asks:
            for number in range(len(addresses["none"])):
                for kind in _shuffled(KINDS):
                    visitor, email = visitors[kind][number], addresses[kind][number]
                    if name == asks[0]:
                        visitor.open(page)
                    taken[name][kind].append(visitor.answer(name, answers.get(name, email)))
            # Whoever has asked for a code is sent one, and then its try is looked at.
            run_jobs()


def _browser(lines: httpx.HTTPTransport, network: str) -> httpx.Client:
    return httpx.Client(
        transport=lines, headers={"X-Forwarded-For": network}, follow_redirects=True, timeout=60, trust_env=False
    )


def _shuffled(kinds: Sequence[str]) -> list[str]:
    return secrets.SystemRandom().sample(kinds, len(kinds))


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
