"""A crowd of sign-ins is bounded, and an unknown address costs what a known one does."""

import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django_tenants.utils import tenant_context

from accounts.credentials import hashers
from accounts.credentials.hashers import BoundedArgon2PasswordHasher, Busy, in_turn
from accounts.credentials.policies import MAX_PASSWORD_LENGTH
from accounts.credentials.services import passwords
from accounts.credentials.services.passwords import check_new_password
from accounts.models import Account
from ciam_portal import settings as product_settings
from common.problems import Code
from tenants.models import Tenant
from tenants.postgresql import connection
from tests.cast import PASSWORD


def test_passwords_are_kept_as_argon2id_at_the_chosen_cost() -> None:
    encoded = BoundedArgon2PasswordHasher().encode("secret", "c29tZXNhbHQ")
    assert "argon2id$v=19$m=19456,t=2,p=1" in encoded


@pytest.fixture
def occupied() -> Iterator[threading.Event]:
    """All hashing threads are at work until the event is set."""
    until, begun = threading.Event(), threading.Barrier(hashers.THREADS + 1)

    def hash_long() -> None:
        begun.wait()
        until.wait()

    crowd = [threading.Thread(target=hashers.in_turn, args=(hash_long,)) for _ in range(hashers.THREADS)]
    for one in crowd:
        one.start()
    begun.wait()
    yield until
    until.set()
    for one in crowd:
        one.join()


def test_a35_who_would_wait_for_too_long_is_told_and_costs_nothing(
    occupied: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashers, "_patience", lambda: 0.05)
    with pytest.raises(Busy):
        in_turn(lambda: pytest.fail("It was hashed."))
    monkeypatch.undo()
    occupied.set()
    assert in_turn(lambda: "hashed") == "hashed"


def test_a35_a_crowd_is_served_in_the_order_in_which_it_came(occupied: threading.Event) -> None:
    served: list[int] = []
    crowd = []
    for number in range(32):
        crowd.append(threading.Thread(target=in_turn, args=(partial(served.append, number),)))
        crowd[-1].start()
        while hashers._threads()._work_queue.qsize() <= number:
            time.sleep(0.001)
    occupied.set()
    for one in crowd:
        one.join()
    # As many threads as cores take them out in order, and may overtake each other by a moment.
    assert all(abs(place - number) < 2 * hashers.THREADS for place, number in enumerate(served))
    assert len(served) == 32


def test_a35_a_crowd_at_one_tenant_keeps_anothers_customer_waiting_for_one_of_it(
    occupied: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[str] = []
    monkeypatch.setattr(hashers, "current_schema", lambda: threading.current_thread().name)
    crowd = []
    for number, schema in enumerate([*["t_globex"] * 16, "t_acme"]):
        crowd.append(threading.Thread(target=in_turn, args=(partial(served.append, schema),), name=schema))
        crowd[-1].start()
        while hashers._threads()._work_queue.qsize() <= number:
            time.sleep(0.001)
    occupied.set()
    for one in crowd:
        one.join()
    assert served.index("t_acme") < 2 * hashers.THREADS + 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("email", "password", "who"),
    [
        ("carol@acme.example", PASSWORD, "carol@acme.example"),
        ("CAROL@ACME.example", PASSWORD, "carol@acme.example"),
        ("carol@acme.example", "wrong", None),
        ("nobody@acme.example", PASSWORD, None),
        ("dan@acme.example", PASSWORD, None),
        ("eve@globex.example", PASSWORD, None),
    ],
)
def test_a03_each_attempt_costs_one_hash_whoever_it_is(
    acme: Tenant, hashes: list[str], email: str, password: str, who: str | None
) -> None:
    request = RequestFactory().post("/")
    with tenant_context(acme):
        account = authenticate(request, email=email, password=password)
    assert (account.email if isinstance(account, Account) else None) == who
    assert len(hashes) == 1
    connection.set_schema_to_public()


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["", "x" * (MAX_PASSWORD_LENGTH + 1), "x" * 1_000_000])
def test_a06_an_overlong_or_empty_password_is_never_hashed(acme: Tenant, hashes: list[str], password: str) -> None:
    with tenant_context(acme):
        assert authenticate(RequestFactory().post("/"), email="carol@acme.example", password=password) is None
    assert hashes == []


def test_a06_an_overlong_new_password_is_refused_before_it_is_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    """To put marks in order NFKC takes a time that grows with the square of their number: 400,000 need minutes."""
    monkeypatch.setattr(passwords, "normalise_password", lambda _: pytest.fail("It was normalised."))
    for password in ("x" * (MAX_PASSWORD_LENGTH + 1), "\u0315\u0300" * 200_000):
        with pytest.raises(ValidationError) as refusal:
            check_new_password(password, Account(email="eve@globex.example"))
        assert refusal.value.code == Code.TOO_LONG


def test_the_product_hashes_at_that_cost_and_nothing_else() -> None:
    """The tests hash at less, which is theirs alone."""
    assert product_settings.PASSWORD_HASHERS[0] == "accounts.credentials.hashers.BoundedArgon2PasswordHasher"
