"""Passwords that others have hashed open the door once, and are our own from then on. Costly ones aren't taken over."""

import base64
import hashlib
from typing import Any

import pytest
from argon2 import PasswordHasher, Type
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import check_password
from django_tenants.utils import tenant_context

from accounts.credentials.foreign.derived import FirebaseParameters, read_firebase
from accounts.credentials.foreign.digests import read_salted
from accounts.credentials.foreign.limits import LONGEST, HashRefused
from accounts.credentials.foreign.reading import looks_like_hash, read_hash
from accounts.credentials.foreign.weak import BEFORE, BEHIND
from accounts.credentials.hashers import kept_hash, knows_crypt
from accounts.models import Account
from tenants.models import Tenant
from tests.bulk.hashes import BCRYPT, SHA512_CRYPT
from tests.cast import PASSWORD
from tests.statements import statements

SALT = b"sixteen bytes !!"


def kept(text: str) -> str:
    return kept_hash(read_hash(text))


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
    "pbkdf2 of OpenLDAP": f"{{PBKDF2-SHA512}}1000${b64(SALT).rstrip('=').replace('+', '.')}"
    f"${b64(pbkdf2('sha512', 64)).rstrip('=').replace('+', '.')}",
    "pbkdf2 of Atlassian": f"{{PKCS5S2}}{b64(SALT + pbkdf2('sha1', 32, 10_000))}",
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
    opens_by(PASSWORD, kept(f" {text} "))
    assert looks_like_hash(text)


def opens_by(password: str, encoded: str) -> None:
    """The password is right, what is nearly it isn't, and an export of it can be imported."""
    assert len(encoded) <= LONGEST
    assert check_password(password, encoded)
    assert not check_password(f"{password}r", encoded)
    assert not check_password(f"{password}\0", encoded)
    assert kept(encoded) == encoded


# As published: most by hashcat, the others by Microsoft, Firebase and phpass.
PUBLISHED = {
    "md5": ("hashcat", "8743b52063cd84097a65d1633f5c74f5"),
    "sha1": ("hashcat", "b89eaac7e61417341b710b727768294d0e6a277b"),
    "sha1 of a directory": ("hashcat", "{SHA}uJ6qx+YUFzQbcQtyd2gpTQ5qJ3s="),
    "sha256": ("hashcat", "127e6fbfe24a750e72930c220a8e138275656b8e5d8f48a98c3c92df2caba935"),
    "sha256 in base64": ("hashcat", "En5vv+JKdQ5ykwwiCo4TgnVla45dj0ipjDyS3yyrqTU="),
    "sha512": (
        "hashcat",
        (
            "82a9dda829eb7f8ffe9fbe49e45d47d2dad9664fbb7adf72492e3c81ebd3e291"
            "34d9bc12212bf83c6840f10e8246b9db54a4859b7ccd0123d86e5872c1e5082f"
        ),
    ),
    "ssha": ("hashcat", "{SSHA}AZKja92fbuuB9SpRlHqaoXxbTc43Mzc2MDM1Ng=="),
    "ssha512": (
        "hashcat",
        "{SSHA512}ALtwKGBdRgD+U0fPAy31C28RyKYx7+a8kmfksccsOeLknLHv2DBXYI7TDnTolQMBuPkWDISgZr2cHfnNPFjGZTEyNDU4OTkw",
    ),
    "phpass": ("test12345", "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0"),
    "phpass of phpBB": ("hashcat", "$H$984478476IagS59wHZvyQMArzfx58u."),
    "drupal": ("hashcat", "$S$C33783772bRXEx1aCsvY.dqgaaSu76XmVlKrW9Qu8IQlvxHlmzLf"),
    "md5-crypt": ("hashcat", "$1$28772684$iEwNOgGugqO9.bIz5sk8k/"),
    "md5-crypt of a directory": ("hashcat", "{CRYPT}$1$28772684$iEwNOgGugqO9.bIz5sk8k/"),
    "md5-crypt of apache": ("hashcat", "$apr1$71850310$gh9m4xcAn3MGxogwX/ztb."),
}
NOT_WEAK = {
    "asp.net 2": ("my password", "AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggHIVY0sdEUfdyeM+E1LtH1uJg=="),
    "asp.net 3": (
        "my password",
        "AQAAAAEAACcQAAAAEAABAgMEBQYHCAkKCwwNDg+yWU7rLgUwPZb1Itsmra7cbxw2EFpwpVFIEtP+JIuUEw==",
    ),
}
if knows_crypt():
    NOT_WEAK |= {"wordpress 6.8": ("admin", "$wp$2y$10$Q1xinFjrZeLWJBvxviIL6u834Fu.evIEFHAUVisQ5O.w9Dm0sMdES")}


@pytest.mark.parametrize(("password", "text"), PUBLISHED.values(), ids=PUBLISHED)
def test_a49_what_is_guessed_quickly_is_never_kept_as_it_is(password: str, text: str) -> None:
    """A-49: what is kept is Argon2id over it, which costs as much as one of ours."""
    encoded = kept(text)

    opens_by(password, encoded)
    assert encoded.startswith("weak$")
    assert text[-20:].strip("=") not in encoded
    assert kept(text) != encoded
    assert looks_like_hash(text)


@pytest.mark.parametrize(("password", "text"), NOT_WEAK.values(), ids=NOT_WEAK)
def test_other_products_have_spellings_of_their_own(password: str, text: str) -> None:
    opens_by(password, kept(text))


@pytest.mark.parametrize(
    ("text", "salt", "order"),
    [
        ("01dfae6e5d4d90d9892622325959afbe", "7050461", BEHIND),
        ("f0fda58630310a6dd91a7d8f0a4ceda2", "4225637426", BEFORE),
        ("c73d08de890479518ed60cf670d17faa26a4a71f995c1dcc978165399401a6c4", "53743528", BEHIND),
    ],
)
def test_a_salt_may_stand_on_either_side(text: str, salt: str, order: str) -> None:
    opens_by("hashcat", kept_hash(read_salted(text, salt=salt.encode(), order=order)))


FIREBASE = FirebaseParameters(
    base64.b64decode("jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="),
    b"\7",
    8,
    14,
)
OF_FIREBASE = "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="


def test_a_hash_of_firebase_is_checked_without_keeping_the_projects_key() -> None:
    encoded = kept_hash(read_firebase(OF_FIREBASE, salt="42xEC+ixf3L2lw==", parameters=FIREBASE))

    opens_by("user1password", encoded)
    assert b64(FIREBASE.signer_key)[:20] not in encoded
    with pytest.raises(HashRefused, match="cut off"):
        read_firebase(OF_FIREBASE[:-12], salt="42xEC+ixf3L2lw==", parameters=FIREBASE)


@pytest.mark.parametrize(
    "text", [FOREIGN["scrypt phc"], hashlib.md5(PASSWORD.encode(), usedforsecurity=False).hexdigest()]
)
def test_it_is_hashed_anew_at_the_first_sign_in_and_costs_a_statement_that_once(acme: Tenant, text: str) -> None:
    with tenant_context(acme):
        Account.objects.filter(email="carol@acme.example").update(password=kept(text))

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
    "phpass of hours": "$P$S84478476IagS59wHZvyQMArzfx58u.",
    "a kept one with a gigabyte": f"weak$md5<$${1 << 20}$1$1${b64(SALT)}${b64(SALT)}",
    "sha-crypt of hours": SHA512_CRYPT.replace("rounds=1000$", "rounds=999999999$"),
}


@pytest.mark.parametrize("text", COSTLY.values(), ids=COSTLY)
def test_a48_a_hash_that_would_keep_a_server_busy_is_refused(text: str) -> None:
    """A-48: it would be work, or memory, for us at each try to sign in."""
    with pytest.raises(HashRefused, match="too long to check"):
        kept(text)


SPOILT = {
    "a password": PASSWORD,
    "nothing": "",
    "a cut md5": "5f4dcc3b5aa765d61d8327deb882cf",
    "a cut ssha": "{SSHA}AZKja92fbuuB9SpRlA==",
    "a kept one by nothing known": f"weak$rot13$$8$1$1${b64(SALT)}${b64(SALT)}",
    "phpass by a kept one, without rounds": f"weak$phpass$$8$1$1${b64(SALT)}${b64(SALT)}",
    "an ssha with a salt without end": "{SSHA}" + base64.b64encode(b"x" * 99).decode(),
    "asp.net by a quick pbkdf2": "AQAAAAAAAAD6AAAAEAhftMyfTJylOlZT+eEotFXd1elee8ih5WsjXaR3PA9M",
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
        kept(text)
    assert text not in str(refusal.value) or not text
