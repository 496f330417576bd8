"""Every write of the issuer."""

from oidc.services.families import delete_expired
from oidc.services.keys import (
    create_signing_keys,
    keep_signing_keys,
    make_key_pairs,
    rotate_signing_keys,
    set_rotation_schedule,
    withdraw_signing_keys,
)

__all__ = [
    "create_signing_keys",
    "delete_expired",
    "keep_signing_keys",
    "make_key_pairs",
    "rotate_signing_keys",
    "set_rotation_schedule",
    "withdraw_signing_keys",
]
