"""Password hashing by a few threads of its own: one tenant after the other, and within each first come, first served.

As many hash at once as there are cores, so tokens keep flowing beside a crowd of sign-ins, and only these threads keep
the memory that a hash takes. A request waits for its turn as long as it would for a thread (`common.web.waiting`),
counted from its arrival, and is then refused (`Busy`); one that got a thread at the last moment has a few seconds more.
The hash for an unknown address waits like any other, or the time taken would tell who has an account.
"""

import base64
import ctypes
import hmac
import os
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial
from hashlib import pbkdf2_hmac, scrypt
from threading import Lock
from typing import Any, TypeVar

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from django.contrib.auth.hashers import Argon2PasswordHasher, BasePasswordHasher, get_hasher

from accounts.credentials.foreign.derived import read_firebase_kept, read_pbkdf2, read_scrypt
from accounts.credentials.foreign.digests import read_weak, written_weak
from accounts.credentials.foreign.limits import LONGEST, MOST_SCRYPT_BYTES, TOO_LONG, HashRefused
from accounts.credentials.foreign.weak import Weak, digest_by
from common.web.current_request import current_request
from tenants.postgresql import current_schema

Result = TypeVar("Result")

# One for each core that this process may use, which in a container can be fewer than there are.
THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
LEAST_SECONDS = 5.0

# As many as there is room for, behind a salt of their own.
WEAK_SALT_BYTES, WEAK_KEY_BYTES = 16, 24


class Busy(Exception):
    """More passwords wait to be checked than can be in reasonable time. This one wasn't looked at."""


def in_turn(hashing: Callable[[], Result]) -> Result:
    """Hash when all who came before have been served, and return what comes of it. Raises `Busy`."""
    turn = _turns.wait_for(current_schema(), hashing)
    try:
        return turn.result(timeout=_patience())
    except TimeoutError:
        if turn.cancel():
            raise Busy from None
        # Its turn has come in this very moment.
        return turn.result()


def _patience() -> float | None:
    """How many seconds to wait: without end where nobody does, in a command or a job."""
    current = current_request()
    return max(LEAST_SECONDS, current.patience_left) if current else None


@cache
def _threads() -> ThreadPoolExecutor:
    """Those of this process, which is another one after a fork: nothing is hashed before."""
    return ThreadPoolExecutor(THREADS, thread_name_prefix="hashing")


class _Turns:
    """Who waits to hash, by schema: a tenant with a crowd keeps another's only customer waiting for one hash of it."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[tuple[Future[Any], Callable[[], Any]]]] = OrderedDict()
        self._lock = Lock()

    def wait_for(self, schema: str, hashing: Callable[[], Result]) -> "Future[Result]":
        """Run it when its turn has come; until then it can be cancelled."""
        turn: Future[Result] = Future()
        with self._lock:
            self._waiting.setdefault(schema, deque()).append((turn, hashing))
        _threads().submit(self._take_next)
        return turn

    def _take_next(self) -> None:
        with self._lock:
            schema, waiting = self._waiting.popitem(last=False)
            turn, hashing = waiting.popleft()
            if waiting:
                self._waiting[schema] = waiting
        if turn.set_running_or_notify_cancel():
            try:
                turn.set_result(hashing())
            except BaseException as error:  # noqa: BLE001 - raised to whoever waits for it
                turn.set_exception(error)


_turns = _Turns()


class BoundedArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2id at 19 MiB, two passes, one lane (OWASP's floor): about 20 ms."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        encoded: str = in_turn(partial(super().encode, password, salt))
        return encoded

    def verify(self, password: str, encoded: str) -> bool:
        return bool(in_turn(partial(super().verify, password, encoded)))

    def harden_runtime(self, password: str, encoded: str) -> Any:
        """Nothing: an old hash is made anew at sign-in, and unknown addresses cost one hash like known ones."""


class ForeignHasher(BasePasswordHasher):
    """Checks hashes that other products made (`credentials.foreign`), and makes none."""

    def encode(self, password: str, salt: str) -> str:
        raise NotImplementedError

    def verify(self, password: str, encoded: str) -> bool:
        is_right = in_turn(partial(self.is_right, password.encode(), encoded))
        # To HMAC (RFC 2104 section 3) and to C a password with NULs at its end is the one without.
        return is_right and "\0" not in password

    def is_right(self, password: bytes, encoded: str) -> bool:
        """Whether the password is the one."""
        raise NotImplementedError


class Pbkdf2Hasher(ForeignHasher):
    algorithm = "pbkdf2"

    def is_right(self, password: bytes, encoded: str) -> bool:
        kept = read_pbkdf2(encoded)
        made = pbkdf2_hmac(kept.digest, password, kept.salt, kept.costs[0], len(kept.key))
        return hmac.compare_digest(made, kept.key)


class ScryptHasher(ForeignHasher):
    algorithm = "scrypt"

    def is_right(self, password: bytes, encoded: str) -> bool:
        kept = read_scrypt(encoded)
        n, r, p = kept.costs
        most = 2 * MOST_SCRYPT_BYTES
        made = scrypt(password, salt=kept.salt, n=n, r=r, p=p, maxmem=most, dklen=len(kept.key))
        return hmac.compare_digest(made, kept.key)


class CryptHasher(ForeignHasher):
    """bcrypt and SHA-crypt, by the system's libcrypt: other threads go on meanwhile, as they wouldn't with `crypt`."""

    algorithm = "crypt"

    def is_right(self, password: bytes, encoded: str) -> bool:
        setting = encoded.removeprefix(self.algorithm).encode()
        made = _crypt(password, setting)
        return made is not None and hmac.compare_digest(made, setting)


class WordPressHasher(ForeignHasher):
    """bcrypt as WordPress has it since 6.8: of a digest in base64, so that a long password counts whole."""

    algorithm = "wp"

    def is_right(self, password: bytes, encoded: str) -> bool:
        setting = encoded.removeprefix(self.algorithm).encode()
        digest = hmac.digest(b"wp-sha384", password.strip(b" \n\r\t\v\0"), "sha384")
        made = _crypt(base64.b64encode(digest), setting)
        return made is not None and hmac.compare_digest(made, setting)


class FirebaseHasher(ForeignHasher):
    """Firebase's scrypt: the key it makes of the password encrypts, and what it encrypts with is compared."""

    algorithm = "firebase"

    def is_right(self, password: bytes, encoded: str) -> bool:
        kept = read_firebase_kept(encoded)
        n, r = kept.costs
        made = scrypt(password, salt=kept.salt, n=n, r=r, p=1, maxmem=2 * MOST_SCRYPT_BYTES, dklen=32)
        stream = Cipher(AES(made), CTR(bytes(16))).encryptor().update(bytes(len(kept.key)))
        return hmac.compare_digest(stream, kept.key)


class WeakHasher(ForeignHasher):
    """Argon2id over a digest that is guessed quickly by itself."""

    algorithm = "weak"

    def is_right(self, password: bytes, encoded: str) -> bool:
        kept, costs, salt = read_weak(encoded)
        made = _argon2id(digest_by(kept.scheme, password, kept.salt), salt, costs, len(kept.digest))
        return hmac.compare_digest(made, kept.digest)


def kept_hash(read: str | Weak) -> str:
    """What `credentials.foreign` has read, as it is kept; what is guessed quickly takes one hash of ours.

    Raises `HashRefused` if it is too long to be kept.
    """
    kept = read if isinstance(read, str) else _wrapped(read)
    if len(kept) > LONGEST:
        raise HashRefused(TOO_LONG)
    return kept


def _wrapped(weak: Weak) -> str:
    own: Any = get_hasher()
    costs, salt = (own.memory_cost, own.time_cost, own.parallelism), os.urandom(WEAK_SALT_BYTES)
    key = in_turn(partial(_argon2id, weak.digest, salt, costs, WEAK_KEY_BYTES))
    return written_weak(Weak(weak.scheme, weak.salt, key), costs, salt)


def _argon2id(secret: bytes, salt: bytes, costs: tuple[int, int, int], size: int) -> bytes:
    memory, passes, lanes = costs
    return hash_secret_raw(secret, salt, passes, memory, lanes, size, Type.ID)


def is_by_crypt(kept: str) -> bool:
    """Whether the system's libcrypt checks it."""
    return kept.startswith((f"{CryptHasher.algorithm}$", f"{WordPressHasher.algorithm}$"))


def knows_crypt() -> bool:
    """Whether this system can check bcrypt and SHA-crypt."""
    return _libcrypt() is not None


CRYPT_DATA_BYTES = 32768


def _crypt(password: bytes, setting: bytes) -> bytes | None:
    library = _libcrypt()
    if library is None:
        return None
    data = ctypes.create_string_buffer(CRYPT_DATA_BYTES)
    made: bytes | None = library.crypt_rn(password, setting, data, CRYPT_DATA_BYTES)
    return made


@cache
def _libcrypt() -> "ctypes.CDLL | None":
    """libxcrypt, which Debian and most others have in the place of glibc's own."""
    for name in ("libcrypt.so.1", "libcrypt.so.2"):
        try:
            library = ctypes.CDLL(name)
            library.crypt_rn.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int]
            library.crypt_rn.restype = ctypes.c_char_p
        except (OSError, AttributeError):
            continue
        return library
    return None
