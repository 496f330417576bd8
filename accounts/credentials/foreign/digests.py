"""Reading digests that are guessed quickly, in the spellings that directories, frameworks and shops keep them in."""

import re
from collections.abc import Callable

from accounts.credentials.foreign.derived import pbkdf2
from accounts.credentials.foreign.limits import (
    LEAST_KEY_BYTES,
    MOST_SALT_BYTES,
    SPOILT,
    TOO_DEAR,
    TOO_LONG,
    UNKNOWN,
    HashRefused,
    check_argon2,
    decoded,
    encoded,
)
from accounts.credentials.foreign.weak import BEFORE, BEHIND, DIGESTS, MOST_LOG_ROUNDS, SCHEMES, Weak, log_rounds

WEAK_KEPT = re.compile(r"weak\$([a-z0-9<>]+)\$([^$]*)\$(\d{1,9})\$(\d{1,9})\$(\d{1,9})\$([^$]+)\$([^$]+)")
# What is guessed quickly: digests by themselves, with a salt as directories and Django write it, phpass, md5-crypt.
HEX = re.compile(r"[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{96}|[0-9A-Fa-f]{128}")
BASE64 = re.compile(r"[A-Za-z0-9+/]{22,}==?|[A-Za-z0-9+/]{64}")
IN_BRACES = re.compile(r"\{S?(MD5|SHA(?:1|256|384|512)?)\}([A-Za-z0-9+/]+=*)", re.IGNORECASE)
DJANGO_WEAK = re.compile(r"(?:unsalted_)?(md5|sha1)\$([^$]*)\$([0-9A-Fa-f]+)")
PHPASS = re.compile(r"\$([PHS])\$([./0-9A-Za-z]{9})([./0-9A-Za-z]{22}|[./0-9A-Za-z]{43})")
MD5_CRYPT = re.compile(r"\$(1|apr1)\$([^$\s:]{1,8})\$([./0-9A-Za-z]{22})")
ASPNET_2_BYTES, ASPNET_3_HEAD = 49, 13
ASPNET_DIGESTS = ("sha1", "sha256", "sha512")
PHPASS_SALT = re.compile(rb"[./0-9A-Za-z]{9}")


def read_salted(text: str, *, salt: bytes, order: str) -> Weak:
    """A digest by MD5 or SHA, in hex or base64, of a password with this salt before or behind it.

    Raises `HashRefused`.
    """
    digest = digest_in(text.strip())
    if digest is None:
        raise HashRefused(UNKNOWN)
    return _salted(_named_by_length(digest), salt, digest, order)


def read_weak(kept: str) -> tuple[Weak, tuple[int, int, int], bytes]:
    """What was kept of a digest that is guessed quickly: Argon2id over it, by these costs and with this salt.

    The costs are memory in KiB, passes and lanes.
    """
    _, scheme, inner, memory, passes, lanes, outer, key = kept.split("$")
    return Weak(scheme, decoded(inner), decoded(key)), (int(memory), int(passes), int(lanes)), decoded(outer)


def written_weak(wrapped: Weak, costs: tuple[int, int, int], outer: bytes) -> str:
    """The reverse of `read_weak`: the digest of `wrapped` is Argon2id's."""
    parts = [wrapped.scheme, encoded(wrapped.salt), *map(str, costs), encoded(outer), encoded(wrapped.digest)]
    return "$".join(["weak", *parts])


def _weak_kept(match: re.Match[str]) -> str:
    memory, passes, lanes = (int(number) for number in match.groups()[2:5])
    check_argon2(memory, passes, lanes)
    salt = decoded(match[2])
    if match[1] not in SCHEMES or any(len(decoded(part)) < LEAST_KEY_BYTES // 2 for part in match.groups()[5:]):
        raise HashRefused(SPOILT)
    _checked(Weak(match[1], salt, b""))
    return match[0]


def _hex(match: re.Match[str]) -> Weak:
    digest = bytes.fromhex(match[0])
    return _salted(_named_by_length(digest), b"", digest, BEFORE)


def _base64(match: re.Match[str]) -> str | Weak:
    """A digest, or what ASP.NET Core Identity writes, by its first byte and its length."""
    content = decoded(match[0])
    if len(content) == ASPNET_2_BYTES and not content[0]:
        return pbkdf2("sha1", 1000, content[1:17], content[17:])
    if len(content) > ASPNET_3_HEAD and content[0] == 1:
        numbers = [int.from_bytes(content[place : place + 4], "big") for place in (1, 5, 9)]
        ends_at = ASPNET_3_HEAD + numbers[2]
        if numbers[0] < len(ASPNET_DIGESTS) and numbers[2] <= MOST_SALT_BYTES:
            salt, key = content[ASPNET_3_HEAD:ends_at], content[ends_at:]
            return pbkdf2(ASPNET_DIGESTS[numbers[0]], numbers[1], salt, key)
    if len(content) not in DIGESTS.values():
        raise HashRefused(UNKNOWN)
    return _salted(_named_by_length(content), b"", content, BEFORE)


def _in_braces(match: re.Match[str]) -> Weak:
    """RFC 2307, and what directories have added: the digest, and the salt behind it."""
    name = match[1].lower()
    name = "sha1" if name == "sha" else name
    content, length = decoded(match[2]), DIGESTS[name]
    if len(content) < length:
        raise HashRefused(SPOILT)
    return _salted(name, content[length:], content[:length], BEHIND)


def _django_weak(match: re.Match[str]) -> Weak:
    if len(match[3]) != 2 * DIGESTS[match[1]]:
        raise HashRefused(SPOILT)
    return _salted(match[1], match[2].encode(), bytes.fromhex(match[3]), BEFORE)


def _phpass(match: re.Match[str]) -> Weak:
    scheme = "drupal" if match[1] == "S" else "phpass"
    if (scheme == "drupal") != (len(match[3]) > DIGESTS["sha256"]):
        raise HashRefused(SPOILT)
    return _checked(Weak(scheme, match[2].encode(), match[3].encode()))


def _md5_crypt(match: re.Match[str]) -> Weak:
    scheme = "md5crypt" if match[1] == "1" else "apr1"
    return _checked(Weak(scheme, match[2].encode(), match[3].encode()))


def _salted(name: str, salt: bytes, digest: bytes, order: str) -> Weak:
    return _checked(Weak(f"{name}{order}", salt, digest))


def _checked(weak: Weak) -> Weak:
    if len(weak.salt) > MOST_SALT_BYTES:
        raise HashRefused(TOO_LONG)
    if weak.scheme in {"phpass", "drupal"}:
        if not PHPASS_SALT.fullmatch(weak.salt):
            raise HashRefused(SPOILT)
        if log_rounds(weak.salt) > MOST_LOG_ROUNDS:
            raise HashRefused(TOO_DEAR)
    return weak


def _named_by_length(digest: bytes) -> str:
    return next(name for name, length in DIGESTS.items() if length == len(digest))


def digest_in(text: str) -> bytes | None:
    """The digest by MD5 or SHA that stands there in hex or base64; None if that is something else."""
    if HEX.fullmatch(text):
        return bytes.fromhex(text)
    if BASE64.fullmatch(text):
        try:
            found = decoded(text)
        except HashRefused:
            return None
        return found if len(found) in DIGESTS.values() else None
    return None


READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str | Weak]], ...] = (
    (WEAK_KEPT, _weak_kept),
    (HEX, _hex),
    (BASE64, _base64),
    (IN_BRACES, _in_braces),
    (DJANGO_WEAK, _django_weak),
    (PHPASS, _phpass),
    (MD5_CRYPT, _md5_crypt),
)
