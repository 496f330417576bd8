"""Public keys of others (RFC 7517): read strictly when registered, and from an address of the owner's own.

RSA from 2048 to 4096 bits and P-256, for signatures of the owner's and to encrypt to them; nothing symmetric, and never
a private key.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from common.text.translation import gettext as _

ALGORITHMS_BY_TYPE = {"RSA": ("RS256", "PS256"), "EC": ("ES256",)}
ALGORITHMS = ("RS256", "PS256", "ES256")
# For encryption to its owner (RFC 7518 section 4): by a key of that type.
ENCRYPTION_BY_TYPE = {"RSA": ("RSA-OAEP-256",), "EC": ("ECDH-ES", "ECDH-ES+A256KW")}
ENCRYPTION_ALGORITHMS = tuple(name for names in ENCRYPTION_BY_TYPE.values() for name in names)
SIGNATURE, ENCRYPTION = "sig", "enc"
# What a key of that use may be used for (RFC 7517 section 4.3), where it says so.
OPERATIONS = {
    SIGNATURE: frozenset({"verify"}),
    ENCRYPTION: frozenset({"encrypt", "wrapKey", "deriveKey", "deriveBits"}),
}
MEMBERS_BY_TYPE = {"RSA": ("n", "e"), "EC": ("crv", "x", "y")}
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
RSA_BITS = range(2048, 4097)
MIN_EXPONENT, MAX_EXPONENT = 65537, 2**32
MAX_KEYS = 20
MAX_KEY_SET_LENGTH = 32 * 1024
MAX_KID_LENGTH = 128


class WrongKeySet(Exception):
    """The message says what is wrong with a key set, as a sentence for the administrator."""


@dataclass(frozen=True)
class PublicKey:
    """One key, with the algorithms its signatures may have, or by which one may encrypt to its owner.

    `kid` is empty if it has none.
    """

    kid: str
    algorithms: tuple[str, ...]
    key: RSAKey | ECKey


def read_key_set(text: str) -> str:
    """A key set as an administrator enters it (RFC 7517 section 5; a single key will do), in the form it is kept in.

    Only what is public and needed is kept of each key. Raises `WrongKeySet`.
    """
    members = _members(text)
    keys = [_checked(member) for member in members]
    kids = [key.get("kid", "") for key in keys]
    if len(keys) > 1 and ("" in kids or len(set(kids)) < len(kids)):
        raise WrongKeySet(_("Give each key its own kid, so that a signature can name the key it was created with."))
    return json.dumps({"keys": keys}, separators=(",", ":"))


def key_set_problem(text: str) -> str:
    """What is wrong with a key set for signatures, as a sentence; empty if nothing is."""
    try:
        read_key_set(text)
        usable_keys(text)
    except WrongKeySet as error:
        return str(error)
    return ""


def encryption_problem(text: str, algorithm: str) -> str:
    """What is wrong with a key set to encrypt by this algorithm, as a sentence; empty if nothing is."""
    try:
        read_key_set(text)
    except WrongKeySet as error:
        return str(error)
    if any(algorithm in key.algorithms for key in encryption_keys(text)):
        return ""
    return _("None of the public keys is for encryption with %(algorithm)s.") % {"algorithm": algorithm}


@lru_cache(maxsize=1024)
def usable_keys(text: str) -> tuple[PublicKey, ...]:
    """The keys of a set that can verify an assertion; keys for other ends are passed over. Raises `WrongKeySet`."""
    keys = tuple(_readable(text, public_key))
    if not keys:
        raise WrongKeySet(_("The key set holds no key that can be used for signatures (use: sig)."))
    return keys


@lru_cache(maxsize=1024)
def encryption_keys(text: str) -> tuple[PublicKey, ...]:
    """The keys of a set by which one can encrypt to its owner, those for nothing else last. Raises `WrongKeySet`."""
    return tuple(_readable(text, _encryption_key))


def public_key(member: Any) -> PublicKey:
    """One public JWK for signatures, as it came. Raises `WrongKeySet`."""
    checked = _checked(member)
    algorithms = _algorithms(checked, ALGORITHMS_BY_TYPE)
    if checked.get("use") == ENCRYPTION or not algorithms:
        raise WrongKeySet(_("Use keys that are for signatures (use: sig)."))
    return PublicKey(checked.get("kid", ""), algorithms, _imported(checked))


def _encryption_key(member: Any) -> PublicKey:
    """One public JWK to encrypt by. Raises `WrongKeySet`."""
    checked = _checked(member)
    algorithms = _algorithms(checked, ENCRYPTION_BY_TYPE)
    if member.get("use", ENCRYPTION) != ENCRYPTION or not algorithms:
        raise WrongKeySet(_("Use keys that are for encryption (use: enc)."))
    return PublicKey(checked.get("kid", ""), algorithms, _imported(checked))


def _readable(text: str, read: Callable[[Any], PublicKey]) -> Iterator[PublicKey]:
    """The keys of a set that this reads; others are passed over."""
    members = _members(text)
    for member in sorted(members, key=lambda each: isinstance(each, dict) and each.get("use") == ENCRYPTION):
        try:
            yield read(member)
        except WrongKeySet:
            continue


def _members(text: str) -> list[Any]:
    if len(text) > MAX_KEY_SET_LENGTH:
        raise WrongKeySet(_("A key set has %(longest)d KiB at most.") % {"longest": MAX_KEY_SET_LENGTH // 1024})
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WrongKeySet(_('Paste a JWK Set: JSON that begins with {"keys": [.')) from error
    if isinstance(document, dict) and "kty" in document:
        document = {"keys": [document]}
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list):
        raise WrongKeySet(_('Paste a JWK Set: JSON that begins with {"keys": [.'))
    if not 0 < len(keys) <= MAX_KEYS:
        raise WrongKeySet(_("A key set holds 1 to %(most)d keys.") % {"most": MAX_KEYS})
    return keys


def _checked(member: Any) -> dict[str, str]:
    """What is kept of a key, if it is one of those that may be used."""
    if not isinstance(member, dict):
        raise WrongKeySet(_("Each key is a JSON object."))
    if PRIVATE_MEMBERS & member.keys():
        raise WrongKeySet(_("This holds a private key. Paste the public part only, and replace the key: it was shown."))
    kind = member.get("kty")
    if not isinstance(kind, str) or kind not in MEMBERS_BY_TYPE:
        raise WrongKeySet(_("Use RSA or EC keys (kty)."))
    use = member.get("use", SIGNATURE)
    if not isinstance(use, str) or use not in OPERATIONS or not _operations(member, use) & OPERATIONS[use]:
        for_signatures = _("Use keys that are for signatures (use: sig).")
        raise WrongKeySet(_("Use keys that are for encryption (use: enc).") if use == ENCRYPTION else for_signatures)
    kept = {"kty": kind, **{name: member.get(name) for name in MEMBERS_BY_TYPE[kind]}}
    kept |= {name: member[name] for name in ("kid", "alg", "use") if name in member}
    if not all(isinstance(value, str) for value in kept.values()):
        raise WrongKeySet(_("A part of a key is missing, or isn’t text."))
    texts = {name: str(value) for name, value in kept.items()}
    if not texts.get("kid", "-").isprintable() or not 0 < len(texts.get("kid", "-")) <= MAX_KID_LENGTH:
        raise WrongKeySet(_("A kid has 1 to %(longest)d printable characters.") % {"longest": MAX_KID_LENGTH})
    fitting = ENCRYPTION_BY_TYPE[kind] if use == ENCRYPTION else (*ALGORITHMS_BY_TYPE[kind], *ENCRYPTION_BY_TYPE[kind])
    if texts.get("alg", "") not in {"", *fitting}:
        raise WrongKeySet(
            _("The algorithm (alg) is one of %(algorithms)s, and fits the key.") % {"algorithms": ", ".join(fitting)}
        )
    _check_strength(texts)
    _imported(texts)
    return texts


def _operations(member: Mapping[str, Any], use: str) -> frozenset[str]:
    operations = member.get("key_ops", [*OPERATIONS[use]])
    if not isinstance(operations, list):
        return frozenset()
    return frozenset(each for each in operations if isinstance(each, str))


def _algorithms(member: Mapping[str, str], by_type: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Those of its type, or the one that it names, if that is among them."""
    known = by_type[member["kty"]]
    return tuple(name for name in known if name == member.get("alg", name))


def _imported(member: Mapping[str, str]) -> RSAKey | ECKey:
    public: dict[str, str | list[str]] = {name: member[name] for name in ("kty", *MEMBERS_BY_TYPE[member["kty"]])}
    try:
        key = RSAKey.import_key(public) if member["kty"] == "RSA" else ECKey.import_key(public)
        # Only now its numbers are looked at: a point beside the curve is found out here.
        key.public_key  # noqa: B018
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise WrongKeySet(_("A key can’t be read.")) from error
    return key


def _check_strength(member: Mapping[str, str]) -> None:
    """Refuse what is too weak, or so large that each signature would keep us busy."""
    if member["kty"] == "EC":
        if member["crv"] != "P-256":
            raise WrongKeySet(_("Use the curve P-256 for EC keys."))
        return
    bits = _number(member["n"]).bit_length()
    if bits not in RSA_BITS:
        raise WrongKeySet(
            _("An RSA key has %(low)d to %(high)d bits; this one has %(bits)d.")
            % {"low": RSA_BITS.start, "high": RSA_BITS.stop - 1, "bits": bits}
        )
    if not MIN_EXPONENT <= _number(member["e"]) < MAX_EXPONENT:
        raise WrongKeySet(_("The exponent (e) of an RSA key is 65537."))


def _number(encoded: str) -> int:
    try:
        return int.from_bytes(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except ValueError as error:
        raise WrongKeySet(_("A key can’t be read.")) from error
