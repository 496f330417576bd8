"""What is taken over of a hash, at the most and at the least, and what is said of one that isn't."""

import base64
import binascii

from common.text.translation import gettext_noop as _

LONGEST = 128
"""Characters of the column."""

MOST_ARGON2_KIB = 128 * 1024
MOST_ARGON2_WORK = 512 * 1024
"""Memory in KiB, and memory times passes."""
LEAST_ARGON2_KIB, MOST_LANES = 8, 16

LEAST_BCRYPT_COST, MOST_BCRYPT_COST = 4, 14
LEAST_ITERATIONS, MOST_ITERATIONS = 1000, 1_500_000
MOST_CRYPT_ROUNDS = 1_000_000
MOST_SCRYPT_BYTES, LEAST_SCRYPT_N, MOST_SCRYPT_WORK = 128 * 1024 * 1024, 2**10, 2**21
"""128 * N * r; N; N * r * p (RFC 7914)."""

KEPT_KEY_BYTES = 32
"""Of a derived key. PBKDF2 and the last step of scrypt make it in blocks that don't depend on each other (RFC 8018
section 5.2), so the beginning of a longer key can be checked by itself, and 256 bits are as many as anybody needs."""
LEAST_KEY_BYTES, MOST_SALT_BYTES = 16, 36


class HashRefused(Exception):
    """The hash isn't taken over; the message is a sentence for whoever brings it."""


UNKNOWN = _("This isn’t a password hash that can be carried over.")
TOO_DEAR = _("This password hash would take too long to check at a sign-in.")
TOO_CHEAP = _("This password hash is guessed too quickly to be kept.")
SPOILT = _("This password hash is incomplete or was cut off.")
TOO_LONG = _("This password hash is too long.")


def encoded(content: bytes) -> str:
    """Base64 without padding."""
    return base64.b64encode(content).decode().rstrip("=")


ALSO_BASE64 = str.maketrans(".-_", "++/")


def decoded(text: str) -> bytes:
    """Base64 with or without padding, also for URLs, and with "." for "+" as passlib writes it.

    Raises `HashRefused`.
    """
    bare = text.rstrip("=").translate(ALSO_BASE64)
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise HashRefused(SPOILT) from error


def check_argon2(memory: int, passes: int, lanes: int) -> None:
    """Refuse what is too dear, or can't be. `memory` is in KiB. Raises `HashRefused`."""
    if memory > MOST_ARGON2_KIB or memory * passes > MOST_ARGON2_WORK or lanes > MOST_LANES:
        raise HashRefused(TOO_DEAR)
    if memory < LEAST_ARGON2_KIB * lanes or not passes or not lanes:
        raise HashRefused(SPOILT)


def check_bcrypt(cost: int) -> None:
    """Refuse what is too dear, or can't be. Raises `HashRefused`."""
    if cost > MOST_BCRYPT_COST:
        raise HashRefused(TOO_DEAR)
    if cost < LEAST_BCRYPT_COST:
        raise HashRefused(SPOILT)


def check_scrypt(n: int, r: int, p: int) -> None:
    """Refuse what is too dear, is guessed quickly, or can't be. Raises `HashRefused`."""
    if 128 * n * r > MOST_SCRYPT_BYTES or n * r * p > MOST_SCRYPT_WORK:
        raise HashRefused(TOO_DEAR)
    if n < LEAST_SCRYPT_N:
        raise HashRefused(TOO_CHEAP)
    # RFC 7914 section 2: N is a power of two, less than 2^(128 * r / 8).
    if n & (n - 1) or not r or not p or n >= 2 ** (16 * r):
        raise HashRefused(SPOILT)
