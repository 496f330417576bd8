"""Every write of the issuer."""

from oidc.services.families import delete_expired
from oidc.services.keys import create_signing_keys, make_key_pairs

__all__ = ["create_signing_keys", "delete_expired", "make_key_pairs"]
