"""Reading keys that were derived from passwords at a price: Argon2, bcrypt, SHA-crypt, PBKDF2, scrypt."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from accounts.credentials.foreign.limits import (
    KEPT_KEY_BYTES,
    LEAST_ITERATIONS,
    LEAST_KEY_BYTES,
    MOST_CRYPT_ROUNDS,
    MOST_ITERATIONS,
    MOST_SALT_BYTES,
    SPOILT,
    TOO_CHEAP,
    TOO_DEAR,
    TOO_LONG,
    HashRefused,
    check_argon2,
    check_bcrypt,
    check_scrypt,
    decoded,
    encoded,
)

ARGON2 = re.compile(r"(?:argon2)?(\$argon2(?:id|i|d)\$(?:v=\d+\$)?m=(\d{1,9}),t=(\d{1,9}),p=(\d{1,9})\$[^$]+\$[^$]+)")
BCRYPT = re.compile(r"(?:bcrypt\$|crypt)?(\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53})")
SHA_CRYPT = re.compile(
    r"(?:crypt)?(\$(?:5\$(?:rounds=(\d{1,9})\$)?[^$\s:]{0,16}\$[./A-Za-z0-9]{43}"
    r"|6\$(?:rounds=(\d{1,9})\$)?[^$\s:]{0,16}\$[./A-Za-z0-9]{86}))"
)
WORDPRESS = re.compile(r"wp(\$2y\$(\d\d)\$[./A-Za-z0-9]{53})|\$wp(\$2y\$(\d\d)\$[./A-Za-z0-9]{53})")
# As they are kept here, so that an export can be imported.
FIREBASE_KEPT = re.compile(r"firebase\$(\d{1,9})\$(\d{1,4})\$([^$]+)\$([^$]+)")
PBKDF2_KEPT = re.compile(r"pbkdf2\$(sha1|sha256|sha512)\$(\d{1,9})\$([^$]+)\$([^$]+)")
SCRYPT_KEPT = re.compile(r"scrypt\$(\d{1,9})\$(\d{1,4})\$(\d{1,4})\$([^$]+)\$([^$]+)")
PBKDF2_DJANGO = re.compile(r"pbkdf2_(sha1|sha256|sha512)\$(\d{1,9})\$([^$]+)\$([^$]+)")
PBKDF2_PHC = re.compile(r"\$pbkdf2(?:-(sha1|sha256|sha512))?\$(?:i=)?(\d{1,9})(?:,l=\d{1,4})?\$([^$]+)\$([^$]+)")
SCRYPT_DJANGO = re.compile(r"scrypt\$(\d{1,9})\$([^$]+)\$(\d{1,4})\$(\d{1,4})\$([^$]+)")
SCRYPT_PHC = re.compile(r"\$scrypt\$ln=(\d{1,2}),r=(\d{1,4}),p=(\d{1,4})\$([^$]+)\$([^$]+)")
PBKDF2_LDAP = re.compile(r"\{PBKDF2(?:-(SHA1|SHA256|SHA512))?\}(\d{1,9})\$([^$]+)\$([^$]+)", re.IGNORECASE)
PBKDF2_ATLASSIAN = re.compile(r"\{PKCS5S2\}([A-Za-z0-9+/=]{64})")


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
        return "$".join([*parts, encoded(self.salt), encoded(self.key)])


@dataclass(frozen=True)
class FirebaseParameters:
    """By which a project of Firebase hashes all of its passwords; `memory_cost` is N of scrypt as a power of two."""

    signer_key: bytes
    salt_separator: bytes
    rounds: int
    memory_cost: int


def read_firebase(text: str, *, salt: str, parameters: FirebaseParameters) -> str:
    """A hash of Firebase's own scrypt, in base64 as its salt is. Raises `HashRefused`.

    Firebase encrypts its signer key by AES in counter mode, under a key that scrypt makes of the password. What the
    counters come to under that key is the two of them xored, so the signer key needn't be kept to check a password.
    """
    made, n, r = decoded(text.strip()), 2**parameters.memory_cost, parameters.rounds
    if len(made) != len(parameters.signer_key) or len(made) < KEPT_KEY_BYTES:
        raise HashRefused(SPOILT)
    stream = bytes(one ^ other for one, other in zip(made, parameters.signer_key, strict=True))
    whole_salt = decoded(salt.strip()) + parameters.salt_separator
    return _firebase(n, r, whole_salt, stream)


def read_pbkdf2(kept: str) -> Derived:
    """What `kept_hash` made of a hash by PBKDF2."""
    algorithm, digest, iterations, salt, key = kept.split("$")
    return Derived(algorithm, (int(iterations),), decoded(salt), decoded(key), digest)


def read_scrypt(kept: str) -> Derived:
    """What `kept_hash` made of a hash by scrypt. The costs are N, r and p."""
    algorithm, n, r, p, salt, key = kept.split("$")
    return Derived(algorithm, (int(n), int(r), int(p)), decoded(salt), decoded(key))


def read_firebase_kept(kept: str) -> Derived:
    """What `read_firebase` made of a hash of Firebase. The costs are N and r."""
    algorithm, n, r, salt, stream = kept.split("$")
    return Derived(algorithm, (int(n), int(r)), decoded(salt), decoded(stream))


def _firebase_kept(match: re.Match[str]) -> str:
    return _firebase(int(match[1]), int(match[2]), decoded(match[3]), decoded(match[4]))


def _firebase(n: int, r: int, salt: bytes, stream: bytes) -> str:
    check_scrypt(n, r, 1)
    if len(stream) < KEPT_KEY_BYTES or not salt:
        raise HashRefused(SPOILT)
    if len(salt) > MOST_SALT_BYTES:
        raise HashRefused(TOO_LONG)
    return str(Derived("firebase", (n, r), salt, stream[:KEPT_KEY_BYTES]))


def _argon2(match: re.Match[str]) -> str:
    memory, passes, lanes = (int(number) for number in match.groups()[1:])
    check_argon2(memory, passes, lanes)
    if any(len(decoded(part)) < LEAST_KEY_BYTES // 2 for part in match[1].split("$")[-2:]):
        raise HashRefused(SPOILT)
    return f"argon2{match[1]}"


def _bcrypt(match: re.Match[str]) -> str:
    check_bcrypt(int(match[2]))
    return f"crypt{match[1]}"


def _wordpress(match: re.Match[str]) -> str:
    check_bcrypt(int(match[2] or match[4]))
    return f"wp{match[1] or match[3]}"


def _sha_crypt(match: re.Match[str]) -> str:
    if int(match[2] or match[3] or 0) > MOST_CRYPT_ROUNDS:
        raise HashRefused(TOO_DEAR)
    return f"crypt{match[1]}"


def _pbkdf2_django(match: re.Match[str]) -> str:
    return pbkdf2(match[1], int(match[2]), match[3].encode(), decoded(match[4]))


def _pbkdf2_phc(match: re.Match[str]) -> str:
    return pbkdf2((match[1] or "sha1").lower(), int(match[2]), decoded(match[3]), decoded(match[4]))


def _pbkdf2_atlassian(match: re.Match[str]) -> str:
    content = decoded(match[1])
    return pbkdf2("sha1", 10_000, content[:16], content[16:])


def pbkdf2(digest: str, iterations: int, salt: bytes, key: bytes) -> str:
    """A key by PBKDF2 as it is kept. Raises `HashRefused`."""
    if iterations > MOST_ITERATIONS:
        raise HashRefused(TOO_DEAR)
    if iterations < LEAST_ITERATIONS:
        raise HashRefused(TOO_CHEAP)
    return _derived(Derived("pbkdf2", (iterations,), salt, key, digest))


def _scrypt_django(match: re.Match[str]) -> str:
    return _scrypt(int(match[1]), int(match[3]), int(match[4]), match[2].encode(), decoded(match[5]))


def _scrypt_kept(match: re.Match[str]) -> str:
    return _scrypt(int(match[1]), int(match[2]), int(match[3]), decoded(match[4]), decoded(match[5]))


def _scrypt_phc(match: re.Match[str]) -> str:
    return _scrypt(2 ** int(match[1]), int(match[2]), int(match[3]), decoded(match[4]), decoded(match[5]))


def _scrypt(n: int, r: int, p: int, salt: bytes, key: bytes) -> str:
    check_scrypt(n, r, p)
    return _derived(Derived("scrypt", (n, r, p), salt, key))


def _derived(read: Derived) -> str:
    if len(read.key) < LEAST_KEY_BYTES or not read.salt:
        raise HashRefused(SPOILT)
    if len(read.salt) > MOST_SALT_BYTES:
        raise HashRefused(TOO_LONG)
    return str(Derived(read.algorithm, read.costs, read.salt, read.key[:KEPT_KEY_BYTES], read.digest))


READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (ARGON2, _argon2),
    (BCRYPT, _bcrypt),
    (SHA_CRYPT, _sha_crypt),
    (PBKDF2_KEPT, _pbkdf2_phc),
    (SCRYPT_KEPT, _scrypt_kept),
    (PBKDF2_DJANGO, _pbkdf2_django),
    (PBKDF2_PHC, _pbkdf2_phc),
    (SCRYPT_DJANGO, _scrypt_django),
    (SCRYPT_PHC, _scrypt_phc),
    (WORDPRESS, _wordpress),
    (PBKDF2_LDAP, _pbkdf2_phc),
    (PBKDF2_ATLASSIAN, _pbkdf2_atlassian),
    (FIREBASE_KEPT, _firebase_kept),
)
