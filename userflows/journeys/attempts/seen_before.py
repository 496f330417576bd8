"""What was seen before, noted by the counters of limits: a wrong password, a notice, a place. It refuses nobody."""

from django.utils.crypto import salted_hmac

from common.text.email_address import canonical_email
from common.web.http import network_of
from common.web.limits import Limit, TooManyAttempts
from tenants.postgresql import current_schema
from userflows.journeys.attempts.limits import DAY, HOUR, MONTH, whose
from userflows.journeys.browsers.browser import Visitor

# The same wrong password again is no guess: a device that was told an old one tries it all day.
SAME_PASSWORD = Limit("same wrong password by account and address", 1, HOUR)
NOTICES = Limit("notices by account and day", 1, DAY)
NEW_PLACES = Limit("notices by account and place", 1, MONTH)
# Enough to know a password again, and too little to find out which one it was.
HEX_DIGITS_OF_PASSWORD = 8


def is_same_password(visitor: Visitor, email: str, password: str) -> bool:
    """Whether this password, which was wrong, was tried from here within the hour. Notes it as tried."""
    told = salted_hmac(f"same password {current_schema()}", f"{canonical_email(email)} {password}", algorithm="sha256")
    who, kept = whose(email, visitor.familiarity_with(email)), told.hexdigest()[:HEX_DIGITS_OF_PASSWORD]
    return not _is_first(SAME_PASSWORD, f"{who} {network_of(visitor.ip)} {kept}")


def is_first_notice(what: str, email: str) -> bool:
    """Whether nobody was told of this today at this address. Notes it as told."""
    return _is_first(NOTICES, f"{what} {canonical_email(email)}")


def is_first_sign_in_from(email: str, *, ip: str, browser: str) -> bool:
    """Whether nobody was told within a month of a new browser of this name in this network. Notes it as told."""
    return _is_first(NEW_PLACES, f"{canonical_email(email)} {network_of(ip)} {browser}")


def _is_first(limit: Limit, subject: str) -> bool:
    try:
        limit.count(subject)
    except TooManyAttempts:
        return False
    return True
