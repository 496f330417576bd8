"""Thousands of spoilt requests: no 500, no slow answer, no redirect to a stranger, no page with Eve's markup."""

import logging
from collections import Counter

import pytest

from tests.fuzz.door import faults, put
from tests.fuzz.requests import fuzzed
from tests.fuzz.world import World

A_CODE_LASTS = 150


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_no_request_brings_the_issuer_down(
    pytestconfig: pytest.Config, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("django.request", "django.security"):
        # A line for each refusal, kept for the report, is more than the report can bear.
        monkeypatch.setattr(logging.getLogger(name), "disabled", True)
    seed, total = pytestconfig.getoption("--fuzz-seed"), pytestconfig.getoption("--fuzz-requests")
    statuses: Counter[int] = Counter()
    found = []
    for number in range(total):
        if number % A_CODE_LASTS == 0:
            world.renew()
        request = fuzzed(world, seed=seed, number=number)
        answer = put(request, world)
        statuses[answer.status] += 1
        name = f"seed {seed}, number {number}"
        found += [f"{name}: {fault}\n  {request}"[:2000] for fault in faults(request, answer, world)]
    assert not found, f"{len(found)} faults\n" + "\n".join(found[:20])
    # It isn't all refused at the door: codes and tokens come out of it, and pages.
    assert {200, 303, 400, 401} <= set(statuses), statuses
    print(f"{total} requests of seed {seed}: {dict(sorted(statuses.items()))}")
