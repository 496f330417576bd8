"""How a password is sent: as a JSON Web Encryption (RFC 7516) for the holder of a hook's private key alone."""

import json
import secrets
from dataclasses import dataclass

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from common.text.translation import gettext as _
from hooks.models import Hook

KEY_ALGORITHM, CONTENT_ALGORITHM = "RSA-OAEP-256", "A256GCM"
LEAST_BITS, MOST_BITS, MOST_LENGTH = 2048, 4096, 8192


@dataclass(frozen=True)
class Encrypted:
    """A password on its way, and the nonce that the answer has to repeat: whoever has it has read the password."""

    text: str
    nonce: str


def encrypted(hook: Hook, *, username: str, password: str) -> Encrypted:
    """The claims `user-password`, `username` and `nonce`, for this hook."""
    nonce = secrets.token_urlsafe(24)
    claims = {"user-password": password, "username": username, "nonce": nonce}
    header = {"alg": KEY_ALGORITHM, "enc": CONTENT_ALGORITHM, "typ": "JWT"}
    key = _key_of(hook.public_key)
    algorithms = [KEY_ALGORITHM, CONTENT_ALGORITHM]
    return Encrypted(jwe.encrypt_compact(header, json.dumps(claims), key, algorithms=algorithms), nonce)


def public_key_problem(text: str) -> str:
    """What is wrong with a public key, as a sentence; empty if nothing is."""
    if not text or len(text) > MOST_LENGTH:
        return _("Paste the public key of your server: RSA, as PEM or JSON.")
    try:
        key = _key_of(text)
    except (JoseError, ValueError, TypeError, LookupError, RecursionError):
        return _("This isn’t an RSA key as PEM or JSON.")
    if key.is_private:
        return _("This is a private key, which stays on your server. Paste the public one, and create another pair.")
    if not LEAST_BITS <= key.raw_value.key_size <= MOST_BITS:
        return _("Use a key of %(low)d to %(high)d bits.") % {"low": LEAST_BITS, "high": MOST_BITS}
    return ""


def _key_of(text: str) -> RSAKey:
    text = text.strip()
    return RSAKey.import_key(json.loads(text) if text.startswith("{") else text)
