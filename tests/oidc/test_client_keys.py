"""Public keys that a client publishes at an address of its own (jwks_uri): fetched seldom, and kept for a while."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from typing import Any

import jwt
import pytest
from django.db import connection
from django_tenants.utils import tenant_context

from applications.services.application import change_application
from applications.services.registration import register_application
from audit.models import Event
from common.web.outgoing import HttpAnswer, OutgoingError, Places
from oidc.clients import keys as client_keys
from tenants.models import Tenant
from tests.browser import Browser
from tests.oidc.key_holder import COMMAND, KEYS, OTHER_KEY, RSA_KEY, KeyHolder, is_refused, jwk


@pytest.fixture
def partner(monkeypatch: pytest.MonkeyPatch) -> Iterator["Partner"]:
    client_keys.forget_fetched_keys()
    pretended = Partner()
    monkeypatch.setattr(client_keys, "call", pretended.answer)
    yield pretended
    client_keys.forget_fetched_keys()


class Partner:
    """The server at a client's jwks_uri."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.keys: Any = KEYS
        self.error: OutgoingError | None = None
        self.status = 200
        self.slow_at = ""
        self.is_ready = threading.Event()

    def answer(self, url: str, **limits: Any) -> HttpAnswer:
        self.calls.append(url)
        if url == self.slow_at:
            self.is_ready.wait(30)
        if self.error:
            raise self.error
        body = self.keys if isinstance(self.keys, bytes) else json.dumps(self.keys).encode()
        return HttpAnswer(self.status, {}, body)


@pytest.fixture
def remote(holder: KeyHolder, acme: Tenant, partner: Partner) -> KeyHolder:
    """The holder, whose keys are at an address of its own."""
    with tenant_context(acme):
        uri = "https://reports.example/jwks"
        change_application(holder.application, auth_method="private_key_jwt", jwks_uri=uri, jwks="", actor=COMMAND)
    return holder


def test_keys_are_fetched_from_the_clients_address_once(remote: KeyHolder, partner: Partner) -> None:
    for _ in range(3):
        assert remote.asserted(remote.assertion()).status_code == 200
    assert partner.calls == ["https://reports.example/jwks"]


def test_a_new_key_is_found_at_once_and_an_old_one_is_gone(remote: KeyHolder, partner: Partner) -> None:
    assert remote.asserted(remote.assertion()).status_code == 200
    partner.keys = {"keys": [jwk(OTHER_KEY, kid="new")]}
    assert remote.asserted(remote.assertion(key=OTHER_KEY, headers={"kid": "new"})).status_code == 200
    assert is_refused(remote.asserted(remote.assertion()))
    assert len(partner.calls) == 3


def test_c12_nobody_makes_us_hammer_a_client(
    remote: KeyHolder, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = _clock(monkeypatch)
    for number in range(20):
        assert is_refused(remote.asserted(remote.assertion(headers={"kid": f"made up {number}"})))
    assert len(partner.calls) == 3
    clock[0] += 181
    for number in range(20):
        assert is_refused(remote.asserted(remote.assertion(headers={"kid": f"made up again {number}"})))
    assert len(partner.calls) == 6
    assert remote.asserted(remote.assertion()).status_code == 200


def test_an_assertion_that_is_no_good_fetches_nothing(remote: KeyHolder, partner: Partner) -> None:
    assert is_refused(remote.asserted(remote.assertion(aud="https://elsewhere.example")))
    assert partner.calls == []


@pytest.mark.parametrize("trouble", ["unreachable", "status", "html", "no keys", "not UTF-8", "private key", "deep"])
def test_c12_an_address_without_good_keys_is_told_to_the_administrator(
    remote: KeyHolder, partner: Partner, acme: Tenant, trouble: str
) -> None:
    if trouble == "unreachable":
        partner.error = OutgoingError("reports.example couldn’t be reached.")
    elif trouble == "status":
        partner.status = 302
    else:
        private = jwt.algorithms.RSAAlgorithm.to_jwk(RSA_KEY, as_dict=True) | {"kid": "rsa"}
        partner.keys = {
            "html": b"<html>",
            "no keys": {"keys": []},
            "not UTF-8": b"\xff\xfe",
            "private key": {"keys": [private]},
            "deep": b"[" * 20_000,
        }[trouble]
    assert is_refused(remote.asserted(remote.assertion()))
    assert is_refused(remote.asserted(remote.assertion()))
    with tenant_context(acme):
        (event,) = Event.objects.filter(action="application.keys_not_fetched")
    assert event.actor_id == remote.client_id
    assert event.details["problem"]
    assert event.reason == "keys_not_fetched"
    assert len(partner.calls) == 1


def test_known_keys_count_for_an_hour_while_their_address_is_out_of_reach(
    remote: KeyHolder, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = _clock(monkeypatch)
    assert remote.asserted(remote.assertion()).status_code == 200
    partner.error = OutgoingError("reports.example couldn’t be reached.")
    clock[0] += 1200
    assert remote.asserted(remote.assertion()).status_code == 200
    clock[0] += 3000
    assert is_refused(remote.asserted(remote.assertion()))


def test_when_many_fetch_keys_already_the_next_is_asked_to_come_again(
    remote: KeyHolder, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Places(2, share=1)
    monkeypatch.setattr(client_keys, "_fetching", places)
    with places.one(acme.schema_name):
        answer = remote.asserted(remote.assertion())
    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    assert remote.asserted(remote.assertion()).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_t38_one_slow_address_keeps_out_no_client_of_another_tenant(
    remote: KeyHolder, partner: Partner, globex: Tenant
) -> None:
    """Who waits for the fetch of another takes no place to fetch in, and of one tenant few wait."""
    with tenant_context(globex):
        uri = "https://globex-reports.example/jwks"
        reports = register_application(name="Reports", kind="service", actor=COMMAND)
        change_application(reports, auth_method="private_key_jwt", jwks_uri=uri, actor=COMMAND)
    other = KeyHolder(Browser(globex), reports)
    partner.slow_at = "https://reports.example/jwks"

    def ask() -> int:
        try:
            return remote.asserted(remote.assertion()).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        try:
            slow = [threads.submit(ask) for _ in range(4)]
            turned_away = islice(as_completed(slow, timeout=30), 2)
            assert [each.result() for each in turned_away] == [503, 503]
            assert other.asserted(other.assertion()).status_code == 200
        finally:
            partner.is_ready.set()
        assert sorted(each.result() for each in slow) == [200, 200, 503, 503]
    assert partner.calls.count(partner.slow_at) == 1


def _clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock by which fetched keys grow old; the first number of the list is the time."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now
