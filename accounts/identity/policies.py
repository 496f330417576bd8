"""Rules about the names of custom attributes, the length of their values, and that of blocks, as pure functions."""

import re
from datetime import timedelta

ATTRIBUTE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
# Claims and members that mean something of their own, and columns of files: an attribute of that name could forge them,
# or stand in their place.
RESERVED_ATTRIBUTE_NAMES = frozenset(
    name.lower()
    for name in (
        "acr act address amr at_hash aud auth_time azp birthdate c_hash client_id cnf email email_verified"
        " entitlements events exp family_name gender given_name groups iat id is_active is_staff is_superuser"
        " iss jti kid locale may_act middle_name name nbf nickname nonce oid password phone_number"
        " phone_number_verified picture preferred_username profile roles s_hash scope sid sub sub_jwk tenant"
        " tid typ updated_at user ver website zoneinfo city country displayName givenName jobTitle postalCode"
        " state streetAddress surname code csrfmiddlewaretoken stay"
        " accountState createdAt emailVerified lastSignInAt passwordHash passwordSalt signIns"
    ).split()
)
# In characters. What a customer has alone stands in an index, which holds 2,700 bytes of a row.
MAX_TEXT, MAX_SHORT_TEXT = 1024, 250
# For how long somebody may be blocked, where it isn't until further notice.
BLOCK_LASTS = {"1h": timedelta(hours=1), "1d": timedelta(days=1), "7d": timedelta(days=7)}


def longest_value(data_type: str, *, is_unique: bool) -> int:
    """How many characters a value of a custom attribute may have."""
    return MAX_TEXT if data_type == "String" and not is_unique else MAX_SHORT_TEXT
