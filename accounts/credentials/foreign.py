"""Password hashes that other products made: which of them are taken over, and in which spelling they are kept.

They are carried over as they are, since nobody knows the passwords; at the first sign-in a password that was right is
hashed anew. What the owner of a file writes into it is work for our processors at each try, so a ceiling refuses what
would take longer than about a second or more memory than there is for hashing; what is guessed too quickly is refused
as well. No Django, and never a word of a hash in what is said about it.
"""

import base64
import binascii
import re
from dataclasses import dataclass

LONGEST = 128
"""Characters of the column."""

MOST_ARGON2_KIB = 128 * 1024
MOST_ARGON2_WORK = 512 * 1024
"""Memory in KiB, and memory times passes."""
LEAST_ARGON2_KIB, MOST_LANES = 8, 16

MOST_BCRYPT_COST = 14
LEAST_ITERATIONS, MOST_ITERATIONS = 1000, 1_500_000
MOST_CRYPT_ROUNDS = 1_000_000
MOST_SCRYPT_BYTES, LEAST_SCRYPT_N, MOST_SCRYPT_WORK = 128 * 1024 * 1024, 2**10, 2**21
"""128 * N * r; N; N * r * p (RFC 7914)."""

KEPT_KEY_BYTES = 32
"""Of a derived key. PBKDF2 and the last step of scrypt make it in blocks that don't depend on each other (RFC 8018
section 5.2), so the beginning of a longer key can be checked by itself, and 256 bits are as many as anybody needs."""
LEAST_KEY_BYTES, MOST_SALT_BYTES = 16, 36

ARGON2 = re.compile(r"(?:argon2)?(\$argon2(?:id|i|d)\$(?:v=\d+\$)?m=(\d{1,9}),t=(\d{1,9}),p=(\d{1,9})\$[^$]+\$[^$]+)")
BCRYPT = re.compile(r"(?:bcrypt\$|crypt)?(\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53})")
SHA_CRYPT = re.compile(
    r"(?:crypt)?(\$(?:5\$(?:rounds=(\d{1,9})\$)?[^$\s:]{0,16}\$[./A-Za-z0-9]{43}"
    r"|6\$(?:rounds=(\d{1,9})\$)?[^$\s:]{0,16}\$[./A-Za-z0-9]{86}))"
)
# As they are kept here, so that an export can be imported.
PBKDF2_KEPT = re.compile(r"pbkdf2\$(sha1|sha256|sha512)\$(\d{1,9})\$([^$]+)\$([^$]+)")
SCRYPT_KEPT = re.compile(r"scrypt\$(\d{1,9})\$(\d{1,4})\$(\d{1,4})\$([^$]+)\$([^$]+)")
PBKDF2_DJANGO = re.compile(r"pbkdf2_(sha1|sha256|sha512)\$(\d{1,9})\$([^$]+)\$([^$]+)")
PBKDF2_PHC = re.compile(r"\$pbkdf2(?:-(sha1|sha256|sha512))?\$(?:i=)?(\d{1,9})(?:,l=\d{1,4})?\$([^$]+)\$([^$]+)")
SCRYPT_DJANGO = re.compile(r"scrypt\$(\d{1,9})\$([^$]+)\$(\d{1,4})\$(\d{1,4})\$([^$]+)")
SCRYPT_PHC = re.compile(r"\$scrypt\$ln=(\d{1,2}),r=(\d{1,4}),p=(\d{1,4})\$([^$]+)\$([^$]+)")


class HashRefused(Exception):
    """The hash isn't taken over; the message is a sentence for whoever brings it."""


UNKNOWN = "This isn't a password hash that can be carried over: Argon2, bcrypt, scrypt, PBKDF2 or SHA-crypt."
TOO_DEAR = "This password hash would take too long to check at a sign-in."
TOO_CHEAP = "This password hash is guessed too quickly to be kept."
SPOILT = "This password hash is incomplete or was cut off."
TOO_LONG = "This password hash is too long."


@dataclass(frozen=True)
class Derived:
    """A key that was derived from a password: by what, how often, with which salt. `costs` are numbers, as kept."""

    algorithm: str
    costs: tuple[int, ...]
    salt: bytes
    key: bytes
    digest: str = ""

    def __str__(self) -> str:
        parts = [self.algorithm, *([self.digest] if self.digest else []), *map(str, self.costs)]
        return "$".join([*parts, _encoded(self.salt), _encoded(self.key)])


def kept_hash(text: str) -> str:
    """The hash as it is kept, so that `check_password` knows who checks it. Raises `HashRefused`."""
    text = text.strip()
    for pattern, read in READERS:
        match = pattern.fullmatch(text)
        if match:
            kept = read(match)
            if len(kept) > LONGEST:
                raise HashRefused(TOO_LONG)
            return kept
    raise HashRefused(UNKNOWN)


def looks_like_hash(text: str) -> bool:
    """Whether this is, or was meant to be, one of those: it is shown to nobody."""
    return text.count("$") > 1


def read_pbkdf2(kept: str) -> Derived:
    """What `kept_hash` made of a hash by PBKDF2."""
    algorithm, digest, iterations, salt, key = kept.split("$")
    return Derived(algorithm, (int(iterations),), _decoded(salt), _decoded(key), digest)


def read_scrypt(kept: str) -> Derived:
    """What `kept_hash` made of a hash by scrypt. The costs are N, r and p."""
    algorithm, n, r, p, salt, key = kept.split("$")
    return Derived(algorithm, (int(n), int(r), int(p)), _decoded(salt), _decoded(key))


def _argon2(match: re.Match[str]) -> str:
    memory, passes, lanes = (int(number) for number in match.groups()[1:])
    if memory > MOST_ARGON2_KIB or memory * passes > MOST_ARGON2_WORK or lanes > MOST_LANES:
        raise HashRefused(TOO_DEAR)
    if memory < LEAST_ARGON2_KIB * lanes or not passes or not lanes:
        raise HashRefused(SPOILT)
    if any(len(_decoded(part)) < LEAST_KEY_BYTES // 2 for part in match[1].split("$")[-2:]):
        raise HashRefused(SPOILT)
    return f"argon2{match[1]}"


def _bcrypt(match: re.Match[str]) -> str:
    if int(match[2]) > MOST_BCRYPT_COST:
        raise HashRefused(TOO_DEAR)
    if int(match[2]) < 4:
        raise HashRefused(SPOILT)
    return f"crypt{match[1]}"


def _sha_crypt(match: re.Match[str]) -> str:
    if int(match[2] or match[3] or 0) > MOST_CRYPT_ROUNDS:
        raise HashRefused(TOO_DEAR)
    return f"crypt{match[1]}"


def _pbkdf2_django(match: re.Match[str]) -> str:
    return _pbkdf2(match[1], int(match[2]), match[3].encode(), _decoded(match[4]))


def _pbkdf2_phc(match: re.Match[str]) -> str:
    return _pbkdf2(match[1] or "sha1", int(match[2]), _decoded(match[3]), _decoded(match[4]))


def _pbkdf2(digest: str, iterations: int, salt: bytes, key: bytes) -> str:
    if iterations > MOST_ITERATIONS:
        raise HashRefused(TOO_DEAR)
    if iterations < LEAST_ITERATIONS:
        raise HashRefused(TOO_CHEAP)
    return _derived(Derived("pbkdf2", (iterations,), salt, key, digest))


def _scrypt_django(match: re.Match[str]) -> str:
    return _scrypt(int(match[1]), int(match[3]), int(match[4]), match[2].encode(), _decoded(match[5]))


def _scrypt_kept(match: re.Match[str]) -> str:
    return _scrypt(int(match[1]), int(match[2]), int(match[3]), _decoded(match[4]), _decoded(match[5]))


def _scrypt_phc(match: re.Match[str]) -> str:
    return _scrypt(2 ** int(match[1]), int(match[2]), int(match[3]), _decoded(match[4]), _decoded(match[5]))


def _scrypt(n: int, r: int, p: int, salt: bytes, key: bytes) -> str:
    if 128 * n * r > MOST_SCRYPT_BYTES or n * r * p > MOST_SCRYPT_WORK:
        raise HashRefused(TOO_DEAR)
    if n < LEAST_SCRYPT_N:
        raise HashRefused(TOO_CHEAP)
    # RFC 7914 section 2: N is a power of two, less than 2^(128 * r / 8).
    if n & (n - 1) or not r or not p or n >= 2 ** (16 * r):
        raise HashRefused(SPOILT)
    return _derived(Derived("scrypt", (n, r, p), salt, key))


def _derived(read: Derived) -> str:
    if len(read.key) < LEAST_KEY_BYTES or not read.salt:
        raise HashRefused(SPOILT)
    if len(read.salt) > MOST_SALT_BYTES:
        raise HashRefused(TOO_LONG)
    return str(Derived(read.algorithm, read.costs, read.salt, read.key[:KEPT_KEY_BYTES], read.digest))


def _decoded(text: str) -> bytes:
    """Base64 with or without padding, with "." for "+" as passlib writes it."""
    bare = text.rstrip("=").replace(".", "+")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise HashRefused(SPOILT) from error


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode().rstrip("=")


READERS = (
    (ARGON2, _argon2),
    (BCRYPT, _bcrypt),
    (SHA_CRYPT, _sha_crypt),
    (PBKDF2_KEPT, _pbkdf2_phc),
    (SCRYPT_KEPT, _scrypt_kept),
    (PBKDF2_DJANGO, _pbkdf2_django),
    (PBKDF2_PHC, _pbkdf2_phc),
    (SCRYPT_DJANGO, _scrypt_django),
    (SCRYPT_PHC, _scrypt_phc),
)
