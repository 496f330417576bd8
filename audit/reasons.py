"""Why an attempt was refused: codes that stay the same whatever a page says, so that logs can be searched by them."""

from enum import StrEnum


class Reason(StrEnum):
    """A code and, in the documentation, its sentence (docs/reference/audit-events.md)."""

    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_UNKNOWN = "account_unknown"
    CODE_WRONG = "code_wrong"
    CREDENTIALS_WRONG = "credentials_wrong"
    KEYS_NOT_FETCHED = "keys_not_fetched"
    NOT_A_MEMBER = "not_a_member"
    PASSWORD_WRONG = "password_wrong"  # noqa: S105 - a code
    TOKEN_REPLAYED = "token_replayed"  # noqa: S105 - a code
    TOO_MANY_ATTEMPTS = "too_many_attempts"
