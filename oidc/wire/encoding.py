"""How keys, digests and signatures are written."""

import base64
import hashlib
import json


def base64url(raw: bytes) -> str:
    """Base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def thumbprint(members: dict[str, str]) -> str:
    """The RFC 7638 thumbprint of the required members of a public JWK."""
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":"))
    return base64url(hashlib.sha256(canonical.encode()).digest())
