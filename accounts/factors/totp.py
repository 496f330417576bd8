"""Codes that an authenticator app shows: TOTP (RFC 6238) with SHA-1, six digits and 30 seconds.

Most apps ignore what an address says of other algorithms, lengths and times, and then show codes that nobody takes.
"""

import hmac
import secrets
import struct
from base64 import b32encode
from hashlib import sha1
from urllib.parse import quote, urlencode

SECRET_BYTES = 20  # as long as what SHA-1 makes (RFC 4226 section 4)
SECONDS, DIGITS = 30, 6
# A code is good in the time of the one before and of the one after: clocks differ, and people type (section 5.2).
STEPS_AROUND = 1


def new_secret() -> bytes:
    """160 random bits, which app and tenant know."""
    return secrets.token_bytes(SECRET_BYTES)


def code_at(secret: bytes, step: int) -> str:
    """The code of one step of 30 seconds (RFC 4226 section 5.3)."""
    digest = hmac.new(secret, struct.pack(">Q", step), sha1).digest()
    offset = digest[-1] & 15
    number: int = struct.unpack_from(">I", digest, offset)[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_at(seconds: float) -> int:
    """The step of a time in seconds since 1970."""
    return int(seconds // SECONDS)


def step_of(secret: bytes, code: str, *, seconds: float, after: int) -> int | None:
    """The step whose code this is, of those that may be shown at this time and come after the last one used.

    None if there is none. It takes as long whichever it is.
    """
    now = step_at(seconds)
    around = range(now - STEPS_AROUND, now + STEPS_AROUND + 1)
    are_it = [(step, hmac.compare_digest(code_at(secret, step).encode(), code.encode())) for step in around]
    return next((step for step, is_it in are_it if is_it and step > after), None)


def written(secret: bytes) -> str:
    """The secret as people type it: base32 in groups of four."""
    text = b32encode(secret).decode()
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def address_of(secret: bytes, *, issuer: str, account: str) -> str:
    """What a QR code says, and what opens an app on the same device (the `otpauth` scheme of such apps)."""
    # A colon separates the two names, so there is none in them.
    issuer, account = issuer.replace(":", " "), account.replace(":", " ")
    asked = {"secret": b32encode(secret).decode(), "issuer": issuer, "period": SECONDS, "digits": DIGITS}
    return f"otpauth://totp/{quote(f'{issuer}:{account}', safe='@')}?{urlencode(asked, quote_via=quote)}"
