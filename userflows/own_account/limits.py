"""How often an account may have codes mailed to new addresses, and try them. Only whoever is signed in counts here.

Count before opening a transaction, or a rollback would take the count back.
"""

from accounts.models import Account
from common.text.email_address import canonical_email
from common.web.limits import Limit, count_together

HOUR = 3600
CODES_TO_ADDRESS = Limit("codes for a change by new address", 5, HOUR)
CODES_OF_ACCOUNT = Limit("codes for a change by account", 10, HOUR)
WRONG_CODES_OF_ACCOUNT = Limit("wrong codes for a change by account", 15, HOUR)
COPIES = Limit("copies by account", 5, 24 * HOUR)


def count_code_mailed(account: Account, address: str) -> None:
    """Count one code about to be mailed to this address. Raises `TooManyAttempts`."""
    count_together((CODES_OF_ACCOUNT, str(account.pk)), (CODES_TO_ADDRESS, canonical_email(address)))


def count_code_typed(account: Account) -> None:
    """Count one try at such a code. Raises `TooManyAttempts`."""
    WRONG_CODES_OF_ACCOUNT.count(str(account.pk))


def count_copy(account: Account) -> None:
    """Count one copy about to be made. Raises `TooManyAttempts`."""
    COPIES.count(str(account.pk))
