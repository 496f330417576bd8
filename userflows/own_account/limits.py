"""How often an account may have codes mailed to new addresses, and try them. Only whoever is signed in counts here.

Count before opening a transaction, or a rollback would take the count back.
"""

from collections.abc import Mapping
from typing import Any

from accounts.attributes import USER_NAME
from accounts.identity.services.uniqueness import unique_among
from accounts.models import Account
from common.text.email_address import canonical_email
from common.web.limits import Limit, TooManyAttempts, count_together

HOUR, DAY = 3600, 86_400
CODES_TO_ADDRESS = Limit("codes for a change by account and new address", 5, HOUR)
# Each account has these for itself, whoever else has had codes mailed there; beyond, all share what an address gets.
OWN_CODES_TO_ADDRESS = Limit("own codes for a change by account, new address and day", 3, DAY)
CODES_TO_ADDRESS_A_DAY = Limit("codes for a change by new address and day", 20, DAY)
CODES_OF_ACCOUNT = Limit("codes for a change by account", 10, HOUR)
WRONG_CODES_OF_ACCOUNT = Limit("wrong codes for a change by account", 15, HOUR)
# Whoever enters one that somebody has is told so.
UNIQUE_VALUES = Limit("user names and unique values by account", 20, DAY)
COPIES = Limit("copies by account", 5, DAY)


def count_code_mailed(account: Account, address: str) -> None:
    """Count one code about to be mailed to this address. Raises `TooManyAttempts`."""
    canonical = canonical_email(address)
    whose = f"{account.pk} {canonical}"
    count_together((CODES_OF_ACCOUNT, str(account.pk)), (CODES_TO_ADDRESS, whose))
    try:
        OWN_CODES_TO_ADDRESS.count(whose)
    except TooManyAttempts:
        CODES_TO_ADDRESS_A_DAY.count(canonical)


def count_code_typed(account: Account) -> None:
    """Count one try at such a code. Raises `TooManyAttempts`."""
    WRONG_CODES_OF_ACCOUNT.count(str(account.pk))


def count_copy(account: Account) -> None:
    """Count one copy about to be made. Raises `TooManyAttempts`."""
    COPIES.count(str(account.pk))


def count_unique(account: Account, attributes: Mapping[str, Any]) -> None:
    """Count one try at a user name, or at values that no two accounts may have alike, if these attributes bring other
    ones than the account has. Raises `TooManyAttempts`.
    """
    own, asked = unique_among(account.custom_attributes), unique_among(attributes)
    asks = any(value is not None and value != own.get(name) for name, value in asked.items())
    if asks or attributes.get(USER_NAME, account.user_name) != account.user_name:
        UNIQUE_VALUES.count(str(account.pk))
