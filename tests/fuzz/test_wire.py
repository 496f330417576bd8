"""Spoilt requests to the server that operators run, framed as no library would frame them."""

from http import HTTPStatus
from pathlib import Path

import httpx
import pytest

from tests.fuzz.requests import fuzzed
from tests.fuzz.wire import faults_of, framed
from tests.fuzz.world import World
from tests.serving.conftest import serving

A_CODE_LASTS = 150


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_no_frame_brings_the_web_server_down(pytestconfig: pytest.Config, world: World, tmp_path: Path) -> None:
    seed, total = pytestconfig.getoption("--fuzz-seed"), pytestconfig.getoption("--fuzz-wire")
    found = []
    with serving(tmp_path, CIAM_TRUSTED_PROXIES="1", CIAM_LOG_LEVEL="ERROR") as served:
        workers = served.process.children(recursive=True)
        for number in range(total):
            if number % A_CODE_LASTS == 0:
                world.renew()
            request = fuzzed(world, seed=seed, number=number)
            sent = framed(request, world, seed=seed, number=number)
            name = f"seed {seed}, number {number}"
            found += [f"{name}: {fault}\n  {sent}"[:2000] for fault in faults_of(request, sent, served, world)]
        assert not found, f"{len(found)} faults\n" + "\n".join(found[:20])
        assert httpx.get(f"{served.url}{world.prefix}/sign-in/").status_code == HTTPStatus.SEE_OTHER
        assert served.process.children(recursive=True) == workers
        assert not list(tmp_path.iterdir())
