"""What is asked of authenticators, and whether their answers are right (Web Authentication Level 3, section 7).

Nothing here knows the database. `webauthn` checks signatures, challenge, origin and flags; what it lets pass is checked
here. It is imported when the first passkey is looked at: a process that sees none does without its 7 MB.
"""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from accounts.errors import PasskeyRefused

# Ed25519, ECDSA with P-256, RSA with SHA-256 (RFC 9053, RFC 8812): all that authenticators speak.
ALGORITHMS = (-8, -7, -257)
MILLISECONDS = 5 * 60 * 1000
LONGEST_ANSWER, LONGEST_PROBLEM = 16_000, 200
TAG_BYTES, RANDOM_BYTES = 16, 32
# What unreadable bytes and texts make the library raise, beside its own.
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
# Who keeps passkeys, by AAGUID: what people know it by (https://github.com/passkeydeveloper/passkey-authenticator-aaguids).
KEEPERS = {
    "fbfc3007-154e-4ecc-8c0b-6e020557d7bd": "iCloud Keychain",
    "dd4ec289-e01d-41c9-bb89-70fa845d4bf2": "iCloud Keychain",
    "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4": "Google Password Manager",
    "adce0002-35bc-c60a-648b-0b25f1f05503": "Chrome",
    "08987058-cadc-4b81-b6e1-30de50dcbe96": "Windows Hello",
    "9ddd1817-af5a-4672-a2b9-3e3dd95000a9": "Windows Hello",
    "6028b017-b1d4-4c02-b4b3-afcdafc96bb2": "Windows Hello",
    "53414d53-554e-4700-0000-000000000000": "Samsung Pass",
    "bada5566-a7aa-401f-bd96-45619a55120d": "1Password",
    "d548826e-79b4-db40-a3d8-11116f7e8349": "Bitwarden",
    "531126d6-e717-415c-9320-3d9aa6981239": "Dashlane",
    "50726f74-6f6e-5061-7373-50726f746f6e": "Proton Pass",
}


@dataclass(frozen=True)
class RelyingParty:
    """Who asks: the host that passkeys are bound to, and the exact origin of the page. `name` is for people."""

    id: str
    origin: str
    name: str = ""


class NewKey(NamedTuple):
    """What an authenticator has made. `keeper` is what people know it by; "" if nobody does."""

    credential_id: str
    public_key: bytes
    sign_count: int
    may_be_backed_up: bool
    is_backed_up: bool
    keeper: str


class Shown(NamedTuple):
    """What a passkey has shown, once it was found to be right."""

    sign_count: int
    is_backed_up: bool


def to_text(value: bytes) -> str:
    """Bytes as browsers and authenticators exchange them: base64url without padding (RFC 4648 section 5)."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """The bytes again. Raises `ValueError`."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def tag_of(tenant: str) -> bytes:
    """By what the handles of this tenant begin: several tenants may share a host, and so a browser's list of keys."""
    return hashlib.sha256(f"passkeys of {tenant}".encode()).digest()[:TAG_BYTES]


def new_handle(tenant: str) -> str:
    """By what authenticators shall know an account: nothing that tells who it is (section 14.6.1)."""
    return to_text(tag_of(tenant) + secrets.token_bytes(RANDOM_BYTES))


def is_handle_of(tenant: str, handle: str) -> bool:
    """Whether this handle was made for an account of the tenant."""
    try:
        return from_text(handle)[:TAG_BYTES] == tag_of(tenant)
    except ValueError:
        return False


def options_to_make(
    party: RelyingParty, *, challenge: bytes, handle: str, account_name: str, known: Sequence[str]
) -> dict[str, Any]:
    """What a browser is asked to make (section 5.4). `known` are the credential IDs that the account has already."""
    return {
        "rp": {"id": party.id, "name": party.name or party.id},
        "user": {"id": handle, "name": account_name, "displayName": account_name},
        "challenge": to_text(challenge),
        "pubKeyCredParams": [{"type": "public-key", "alg": algorithm} for algorithm in ALGORITHMS],
        "timeout": MILLISECONDS,
        "excludeCredentials": _described(known),
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
        "extensions": {"credProps": True},
    }


def options_to_show(party: RelyingParty, *, challenge: bytes, allowed: Sequence[str] = ()) -> dict[str, Any]:
    """What a browser is asked to show (section 5.5): any passkey of this host, or one of those `allowed`."""
    return {
        "rpId": party.id,
        "challenge": to_text(challenge),
        "timeout": MILLISECONDS,
        "userVerification": "required",
        "allowCredentials": _described(allowed),
    }


def check_made(answer: Mapping[str, Any], *, challenge: bytes, party: RelyingParty) -> NewKey:
    """The key that was made for this challenge at this very page (section 7.1). Raises `PasskeyRefused`."""
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException
    from webauthn.helpers.structs import CredentialDeviceType

    try:
        _check_place(answer)
        made = verify_registration_response(
            credential=dict(answer),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, *UNREADABLE) as error:
        raise PasskeyRefused(PasskeyRefused.WRONG, _printable(str(error))) from error
    return NewKey(
        credential_id=to_text(made.credential_id),
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        may_be_backed_up=made.credential_device_type == CredentialDeviceType.MULTI_DEVICE,
        is_backed_up=made.credential_backed_up,
        keeper=KEEPERS.get(made.aaguid, ""),
    )


def check_shown(
    answer: Mapping[str, Any],
    *,
    challenge: bytes,
    party: RelyingParty,
    public_key: bytes,
    sign_count: int,
    may_be_backed_up: bool,
) -> Shown:
    """What the holder of this key has shown for this challenge at this very page (section 7.2).

    A count that doesn't rise tells of a copy, but where a key may be backed up: such keys are at several places. Raises
    `PasskeyRefused`.
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException
    from webauthn.helpers.structs import CredentialDeviceType

    try:
        _check_place(answer)
        shown = verify_authentication_response(
            credential=dict(answer),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, *UNREADABLE) as error:
        raise PasskeyRefused(PasskeyRefused.WRONG, _printable(str(error))) from error
    if (shown.credential_device_type == CredentialDeviceType.MULTI_DEVICE) != may_be_backed_up:
        raise PasskeyRefused(PasskeyRefused.COPIED, "Whether the key may be backed up has changed.")
    if not may_be_backed_up and sign_count and shown.new_sign_count <= sign_count:
        raise PasskeyRefused(PasskeyRefused.COPIED, f"The count is {shown.new_sign_count}, after {sign_count}.")
    return Shown(shown.new_sign_count, shown.credential_backed_up)


def read_answer(text: str) -> dict[str, Any]:
    """What a page has sent, as JSON. Raises `PasskeyRefused`."""
    try:
        answer = json.loads(text) if len(text) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or not isinstance(answer.get("response"), dict):
        raise PasskeyRefused(PasskeyRefused.WRONG, "The answer can't be read.")
    return answer


def named_in(answer: Mapping[str, Any]) -> tuple[str, str]:
    """The credential ID and the handle that an answer names; "" where it names none."""
    credential_id, handle = answer.get("id"), answer["response"].get("userHandle")
    return _plain(credential_id), _plain(handle)


def _plain(value: Any) -> str:
    """A base64url text, without padding; "" for all else."""
    text = value.rstrip("=") if isinstance(value, str) else ""
    return text if text.isascii() and text.replace("-", "").replace("_", "").isalnum() else ""


def _printable(problem: str) -> str:
    """What went wrong, in which the answer's own words may stand."""
    return "".join(letter for letter in problem if letter.isprintable())[:LONGEST_PROBLEM]


def _check_place(answer: Mapping[str, Any]) -> None:
    """Refuse what was answered inside another site's page (section 7.2, steps 13 and 14): we let nobody frame ours."""
    data = json.loads(from_text(answer["response"]["clientDataJSON"]))
    if data.get("crossOrigin", False) is not False or "topOrigin" in data:
        raise PasskeyRefused(PasskeyRefused.WRONG, "It was answered inside another page.")


def _described(credential_ids: Sequence[str]) -> list[dict[str, str]]:
    return [{"type": "public-key", "id": each} for each in credential_ids]
