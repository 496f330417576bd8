"""Passwords that others have hashed open the door once, and are our own from then on. Costly ones aren't taken over."""

import base64
import hashlib
from typing import Any

import pytest
from argon2 import PasswordHasher, Type
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import check_password
from django_tenants.utils import tenant_context

from accounts.credentials.foreign import LONGEST, HashRefused, kept_hash, looks_like_hash
from accounts.credentials.hashers import knows_crypt
from accounts.models import Account
from tenants.models import Tenant
from tests.bulk.hashes import BCRYPT, SHA512_CRYPT
from tests.cast import PASSWORD
from tests.statements import statements

SALT = b"sixteen bytes !!"


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def pbkdf2(digest: str, size: int, iterations: int = 1000) -> bytes:
    return hashlib.pbkdf2_hmac(digest, PASSWORD.encode(), SALT, iterations, size)


def scrypt(size: int) -> bytes:
    return hashlib.scrypt(PASSWORD.encode(), salt=SALT, n=1024, r=8, p=1, dklen=size)


def argon2(kind: Type, **costs: int) -> str:
    chosen: dict[str, Any] = {"time_cost": 1, "memory_cost": 8, "parallelism": 1, "type": kind, **costs}
    hasher = PasswordHasher(**chosen)
    return hasher.hash(PASSWORD, salt=SALT)


FOREIGN = {
    "argon2id": argon2(Type.ID),
    "argon2i": argon2(Type.I),
    "argon2d": argon2(Type.D),
    "argon2 as Django writes it": f"argon2{argon2(Type.ID)}",
    "pbkdf2 as Django writes it": f"pbkdf2_sha256$1000${SALT.decode()}${b64(pbkdf2('sha256', 32))}",
    "pbkdf2 phc": f"$pbkdf2-sha256$i=1000,l=32${b64(SALT)}${b64(pbkdf2('sha256', 32))}",
    "pbkdf2 phc of sha512": f"$pbkdf2-sha512$i=1000,l=64${b64(SALT)}${b64(pbkdf2('sha512', 64)).rstrip('=')}",
    "pbkdf2 of sha1": f"pbkdf2_sha1$1000${SALT.decode()}${b64(pbkdf2('sha1', 20))}",
    "pbkdf2 of passlib": f"$pbkdf2-sha256$1000${b64(SALT).rstrip('=').replace('+', '.')}"
    f"${b64(pbkdf2('sha256', 32)).rstrip('=').replace('+', '.')}",
    "scrypt phc": f"$scrypt$ln=10,r=8,p=1${b64(SALT)}${b64(scrypt(64))}",
    "scrypt as Django writes it": f"scrypt$1024${SALT.decode()}$8$1${b64(scrypt(64))}",
}
IF_THERE_IS_LIBCRYPT = {
    "bcrypt 2b": BCRYPT,
    "bcrypt 2y": BCRYPT.replace("$2b$", "$2y$"),
    "bcrypt 2a": BCRYPT.replace("$2b$", "$2a$"),
    "bcrypt as Django writes it": f"bcrypt${BCRYPT}",
    "sha512-crypt": SHA512_CRYPT,
}
if knows_crypt():
    FOREIGN |= IF_THERE_IS_LIBCRYPT


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN)
def test_who_had_the_password_elsewhere_has_it_here(text: str) -> None:
    kept = kept_hash(f" {text} ")

    assert len(kept) <= LONGEST
    assert check_password(PASSWORD, kept)
    assert not check_password(f"{PASSWORD}r", kept)
    assert not check_password(f"{PASSWORD}\0", kept)
    assert kept_hash(kept) == kept
    assert looks_like_hash(text)


def test_it_is_hashed_anew_at_the_first_sign_in_and_costs_a_statement_that_once(acme: Tenant) -> None:
    with tenant_context(acme):
        Account.objects.filter(email="carol@acme.example").update(password=kept_hash(FOREIGN["scrypt phc"]))

        with statements(1):
            assert authenticate(email="carol@acme.example", password="wrong") is None
        with statements(2):
            assert authenticate(email="carol@acme.example", password=PASSWORD)
        assert Account.objects.get(email="carol@acme.example").password.startswith("argon2$argon2id$")
        with statements(1):
            assert authenticate(email="carol@acme.example", password=PASSWORD)


COSTLY = {
    "argon2 with a gigabyte": argon2(Type.ID).replace("m=8", "m=1048576"),
    "argon2 with many passes": argon2(Type.ID).replace("t=1", "t=999999"),
    "argon2 with many lanes": argon2(Type.ID).replace("p=1", "p=200"),
    "bcrypt of 31": BCRYPT.replace("$04$", "$31$"),
    "pbkdf2 of hours": f"pbkdf2_sha256$999999999${SALT.decode()}${b64(pbkdf2('sha256', 32))}",
    "scrypt of gigabytes": f"$scrypt$ln=30,r=8,p=1${b64(SALT)}${b64(scrypt(64))}",
    "scrypt of much work": f"$scrypt$ln=14,r=8,p=9999${b64(SALT)}${b64(scrypt(64))}",
    "scrypt beyond numbers": f"$scrypt$ln=99,r=9999,p=9999${b64(SALT)}${b64(scrypt(64))}",
    "sha-crypt of hours": SHA512_CRYPT.replace("rounds=1000$", "rounds=999999999$"),
}


@pytest.mark.parametrize("text", COSTLY.values(), ids=COSTLY)
def test_a48_a_hash_that_would_keep_a_server_busy_is_refused(text: str) -> None:
    """A-48: it would be work, or memory, for us at each try to sign in."""
    with pytest.raises(HashRefused, match="too long to check"):
        kept_hash(text)


SPOILT = {
    "a password": PASSWORD,
    "nothing": "",
    "md5": "5f4dcc3b5aa765d61d8327deb882cf99",
    "django's md5": "md5$salt$5f4dcc3b5aa765d61d8327deb882cf99",
    "a mark of ours": "!unusable",
    "a quick pbkdf2": f"pbkdf2_sha256$1${SALT.decode()}${b64(pbkdf2('sha256', 32))}",
    "a quick scrypt": f"$scrypt$ln=1,r=8,p=1${b64(SALT)}${b64(scrypt(64))}",
    "scrypt of no power": f"scrypt$1500${SALT.decode()}$8$1${b64(scrypt(64))}",
    "a cut argon2": FOREIGN["argon2id"][:-35],
    "a cut bcrypt": BCRYPT[:-3],
    "bcrypt of 0": BCRYPT.replace("$04$", "$00$"),
    "no base64": f"pbkdf2_sha256$1000${SALT.decode()}$%%%%",
    "a salt without end": f"pbkdf2_sha256$1000${'s' * 99}${b64(pbkdf2('sha256', 32))}",
    "a long argon2": argon2(Type.ID, hash_len=64, memory_cost=65536 // 16),
}


@pytest.mark.parametrize("text", SPOILT.values(), ids=SPOILT)
def test_what_cant_be_checked_or_is_guessed_quickly_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(HashRefused) as refusal:
        kept_hash(text)
    assert text not in str(refusal.value) or not text
