"""Public keys of others (RFC 7517): read strictly when registered, and from an address of the owner's own.

RSA from 2048 to 4096 bits for RS256 and PS256, and P-256 for ES256; nothing symmetric, and never a private key.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from common.text.translation import gettext as _

ALGORITHMS_BY_TYPE = {"RSA": ("RS256", "PS256"), "EC": ("ES256",)}
ALGORITHMS = ("RS256", "PS256", "ES256")
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
    """One key, with the algorithms its signatures may have. `kid` is empty if it has none."""

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
        raise WrongKeySet(
            _("Give each of the keys a kid of its own, so that a signature can name the one it is made with.")
        )
    return json.dumps({"keys": keys}, separators=(",", ":"))


def key_set_problem(text: str) -> str:
    """What is wrong with a key set, as a sentence; empty if nothing is."""
    try:
        read_key_set(text)
    except WrongKeySet as error:
        return str(error)
    return ""


@lru_cache(maxsize=1024)
def usable_keys(text: str) -> tuple[PublicKey, ...]:
    """The keys of a set that can verify an assertion; keys for other ends are passed over. Raises `WrongKeySet`."""
    usable = []
    for member in _members(text):
        try:
            usable.append(public_key(member))
        except WrongKeySet:
            continue
    if not usable:
        raise WrongKeySet(_("The key set holds no key that can be used."))
    return tuple(usable)


def public_key(member: Any) -> PublicKey:
    """One public JWK, as it came. Raises `WrongKeySet`."""
    checked = _checked(member)
    return PublicKey(checked.get("kid", ""), _algorithms(checked), _imported(checked))


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
    if member.get("use", "sig") != "sig" or "verify" not in _operations(member):
        raise WrongKeySet(_("Use keys that are for signatures (use: sig)."))
    kept = {"kty": kind, **{name: member.get(name) for name in MEMBERS_BY_TYPE[kind]}}
    kept |= {name: member[name] for name in ("kid", "alg") if name in member}
    if not all(isinstance(value, str) for value in kept.values()):
        raise WrongKeySet(_("A part of a key is missing, or isn't text."))
    texts = {name: str(value) for name, value in kept.items()}
    if not texts.get("kid", "-").isprintable() or not 0 < len(texts.get("kid", "-")) <= MAX_KID_LENGTH:
        raise WrongKeySet(_("A kid has 1 to %(longest)d printable characters.") % {"longest": MAX_KID_LENGTH})
    if texts.get("alg", "") not in {"", *ALGORITHMS_BY_TYPE[kind]}:
        raise WrongKeySet(
            _("The algorithm (alg) is one of %(algorithms)s, and fits the key.") % {"algorithms": ", ".join(ALGORITHMS)}
        )
    _check_strength(texts)
    _imported(texts)
    return texts


def _operations(member: Mapping[str, Any]) -> list[Any]:
    operations = member.get("key_ops", ["verify"])
    return operations if isinstance(operations, list) else []


def _algorithms(member: Mapping[str, str]) -> tuple[str, ...]:
    return (member["alg"],) if "alg" in member else ALGORITHMS_BY_TYPE[member["kty"]]


def _imported(member: Mapping[str, str]) -> RSAKey | ECKey:
    public: dict[str, str | list[str]] = {name: member[name] for name in ("kty", *MEMBERS_BY_TYPE[member["kty"]])}
    try:
        key = RSAKey.import_key(public) if member["kty"] == "RSA" else ECKey.import_key(public)
        # Only now its numbers are looked at: a point beside the curve is found out here.
        key.public_key  # noqa: B018
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise WrongKeySet(_("A key can't be read.")) from error
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
        raise WrongKeySet(_("A key can't be read.")) from error
