"""Digests of passwords that are guessed quickly: MD5 and SHA with a salt or without, phpass, md5-crypt.

None of them is kept as it is. What is kept is Argon2id over it (`hashers.WeakHasher`), so whoever gets hold of our
database has to pay Argon2's price for each guess. Pure functions, as others have made these digests.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

MOST_LOG_ROUNDS = 17
"""Of phpass and Drupal: 2^17 digests take a tenth of a second. WordPress has chosen 13, Drupal 15 and 16."""

DIGESTS = {"md5": 16, "sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}
"""Each with its length in bytes."""
BEFORE, BEHIND = "<", ">"
"""Where the salt stands: before the password or behind it."""

LETTERS = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""The alphabet of crypt, in which each has 6 bits."""


@dataclass(frozen=True)
class Weak:
    """A digest: by which scheme it was made, with which salt, and what came of it."""

    scheme: str
    salt: bytes
    digest: bytes


def digest_by(scheme: str, password: bytes, salt: bytes) -> bytes:
    """What the scheme makes of the password. Raises `KeyError` if there is no such scheme."""
    return SCHEMES[scheme](password, salt)


def log_rounds(salt: bytes) -> int:
    """How often phpass goes round, as a power of two; its salt begins with that."""
    return LETTERS.index(chr(salt[0]))


def _plain(name: str, order: str) -> Callable[[bytes, bytes], bytes]:
    def made(password: bytes, salt: bytes) -> bytes:
        content = salt + password if order == BEFORE else password + salt
        return hashlib.new(name, content, usedforsecurity=False).digest()

    return made


def _phpass(name: str, letters: int) -> Callable[[bytes, bytes], bytes]:
    """Portable hashes of phpass, by which WordPress, phpBB and Drupal keep passwords."""

    def made(password: bytes, salt: bytes) -> bytes:
        digest = hashlib.new(name, salt[1:] + password, usedforsecurity=False).digest()
        for _ in range(2 ** log_rounds(salt)):
            digest = hashlib.new(name, digest + password, usedforsecurity=False).digest()
        return _in_letters(digest)[:letters].encode()

    return made


def _md5_crypt(magic: bytes) -> Callable[[bytes, bytes], bytes]:
    """md5-crypt as FreeBSD has it (`$1$`), and Apache's own spelling of it (`$apr1$`)."""

    def made(password: bytes, salt: bytes) -> bytes:
        length = len(password)
        inner = _md5(password + salt + password)
        begun = password + magic + salt + (inner * (length // 16 + 1))[:length]
        while length:
            begun += b"\0" if length & 1 else password[:1]
            length >>= 1
        digest = _md5(begun)
        for number in range(1000):
            odd, even = (password, digest) if number & 1 else (digest, password)
            digest = _md5(odd + (salt if number % 3 else b"") + (password if number % 7 else b"") + even)
        order = (12, 6, 0, 13, 7, 1, 14, 8, 2, 15, 9, 3, 5, 10, 4, 11)
        return _in_letters(bytes(digest[place] for place in order)).encode()

    return made


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()


def _in_letters(content: bytes) -> str:
    """Three bytes at a time, the lowest bits first."""
    written = []
    for place in range(0, len(content), 3):
        three = content[place : place + 3]
        number = int.from_bytes(three, "little")
        written += [LETTERS[number >> 6 * letter & 63] for letter in range(len(three) + 1)]
    return "".join(written)


SCHEMES: dict[str, Callable[[bytes, bytes], bytes]] = {
    **{f"{name}{order}": _plain(name, order) for name in DIGESTS for order in (BEFORE, BEHIND)},
    "phpass": _phpass("md5", 22),
    "drupal": _phpass("sha512", 43),
    "md5crypt": _md5_crypt(b"$1$"),
    "apr1": _md5_crypt(b"$apr1$"),
}
