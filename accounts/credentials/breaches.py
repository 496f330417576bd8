"""Whether a password is known from a breach elsewhere.

A list on the network is asked by the first five of the forty digits of its SHA-1, and answers with all that begin so:
it learns neither the password nor the whole hash. The answer is padded, so its length tells nothing either. Whoever
chooses a password waits for a second at most; a list that can't be asked refuses nobody.
"""

from hashlib import sha1

from django.conf import settings

from accounts.credentials.policies import normalise_password
from common.crypto.encryption import seal, unseal
from common.web.outgoing import OutgoingError, Places, TooManyWaiting, call
from tenants.postgresql import current_schema

SECONDS = 1.0
MOST_BYTES = 256 * 1024
DIGITS_TOLD = 5
PADDED = {"Add-Padding": "true"}
OK = 200
# A list that is slow keeps few threads waiting, and no tenant gets them all.
_places = Places(4, share=2)


def sha1_of(password: str) -> str:
    """The SHA-1 of a password, by which lists know it: 40 hexadecimal digits in capitals."""
    return sha1(normalise_password(password).encode()).hexdigest().upper()  # noqa: S324 - how the lists are made


def is_breached(digest: str) -> bool | None:
    """Whether the list has it; None if it couldn't be asked. Not in a transaction."""
    told, rest = digest[:DIGITS_TOLD], digest[DIGITS_TOLD:]
    try:
        with _places.one(current_schema()):
            answer = call(
                f"{settings.CIAM_BREACHES_URL}/range/{told}",
                accept="text/plain",
                headers=PADDED,
                max_bytes=MOST_BYTES,
                seconds=SECONDS,
            )
    except (OutgoingError, TooManyWaiting):
        return None
    if answer.status != OK:
        return None
    lines = (line.partition(":") for line in answer.body.decode("ascii", "replace").splitlines())
    # What only pads the answer was seen 0 times.
    return any(suffix.strip().upper() == rest and count.strip() != "0" for suffix, _, count in lines)


def sealed_digest(digest: str, account_id: object) -> str:
    """As it is kept until the list can be asked: it is guessed quickly by who can read it."""
    return seal(digest.encode(), context=sealing_context(account_id))


def unsealed_digest(sealed: str, account_id: object) -> str:
    """What was sealed so."""
    return unseal(sealed, context=sealing_context(account_id)).decode()


def sealing_context(account_id: object) -> str:
    """What such a digest is sealed for."""
    return f"password to be looked up {current_schema()} {account_id}"
