"""A crowd of sign-ins is bounded, and an unknown address costs what a known one does."""

import threading

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import RequestFactory
from django_tenants.utils import tenant_context

from accounts.credentials import hashers
from accounts.credentials.hashers import BoundedArgon2PasswordHasher, Busy, hashing_permit
from accounts.credentials.services import passwords
from accounts.credentials.services.passwords import check_new_password
from accounts.models import Account
from ciam_portal import settings as product_settings
from tenants.models import Tenant
from tests.cast import PASSWORD


def test_passwords_are_kept_as_argon2id_at_the_chosen_cost() -> None:
    encoded = BoundedArgon2PasswordHasher().encode("secret", "c29tZXNhbHQ")
    assert "argon2id$v=19$m=19456,t=2,p=1" in encoded


def test_a35_who_finds_the_queue_full_is_told_at_once() -> None:
    holding, release = threading.Barrier(hashers.ADMITTED + 1), threading.Event()

    def wait() -> None:
        assert hashers._admitted.acquire(blocking=False)
        holding.wait()
        release.wait()
        hashers._admitted.release()

    crowd = [threading.Thread(target=wait) for _ in range(hashers.ADMITTED)]
    for one in crowd:
        one.start()
    holding.wait()
    with pytest.raises(Busy), hashing_permit():
        pass
    release.set()
    for one in crowd:
        one.join()
    with hashing_permit():
        pass


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each password that gets hashed."""
    counted: list[str] = []
    permit = hashers.hashing_permit

    def counting() -> object:
        counted.append("hash")
        return permit()

    monkeypatch.setattr(hashers, "hashing_permit", counting)
    return counted


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
@pytest.mark.parametrize("password", ["", "x" * 257, "x" * 1_000_000])
def test_a06_an_overlong_or_empty_password_is_never_hashed(acme: Tenant, hashes: list[str], password: str) -> None:
    with tenant_context(acme):
        assert authenticate(RequestFactory().post("/"), email="carol@acme.example", password=password) is None
    assert hashes == []


def test_a06_an_overlong_new_password_is_refused_before_it_is_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    """To put marks in order NFKC takes a time that grows with the square of their number: 400,000 need minutes."""
    monkeypatch.setattr(passwords, "normalise_password", lambda _: pytest.fail("It was normalised."))
    for password in ("x" * 257, "\u0315\u0300" * 200_000):
        with pytest.raises(ValidationError) as refusal:
            check_new_password(password, Account(email="eve@globex.example"))
        assert refusal.value.code == "password_too_long"


def test_the_product_hashes_at_that_cost_and_nothing_else() -> None:
    """The tests hash at less, which is theirs alone."""
    assert product_settings.PASSWORD_HASHERS == ["accounts.credentials.hashers.BoundedArgon2PasswordHasher"]
