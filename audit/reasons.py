"""Why an attempt was refused: codes that stay the same whatever a page says, so that logs can be searched by them."""

from enum import StrEnum


class Reason(StrEnum):
    """A code and, in the documentation, its sentence (docs/reference/audit-events.md)."""

    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_UNKNOWN = "account_unknown"
    ADDRESS_TAKEN = "address_taken"
    ADDRESS_NOT_TAKEN = "address_not_taken"
    APPLICATION_UNKNOWN = "application_unknown"
    CAPTCHA_FAILED = "captcha_failed"
    CODE_EXPIRED = "code_expired"
    CODE_WRONG = "code_wrong"
    CONSENT_REFUSED = "consent_refused"
    CREDENTIALS_WRONG = "credentials_wrong"
    HOOK_FAILED = "hook_failed"
    HOOK_REFUSED = "hook_refused"
    JOURNEY_EXPIRED = "journey_expired"
    JOURNEY_UNKNOWN = "journey_unknown"
    KEYS_NOT_FETCHED = "keys_not_fetched"
    NOT_A_MEMBER = "not_a_member"
    NO_PHONE_NUMBER = "no_phone_number"
    PASSKEY_COPIED = "passkey_copied"
    PASSKEY_REFUSED = "passkey_refused"
    PASSKEY_UNKNOWN = "passkey_unknown"
    PASSWORD_WRONG = "password_wrong"  # noqa: S105 - a code
    PROVIDER_CANCELLED = "provider_cancelled"
    PROVIDER_FAILED = "provider_failed"
    PROVIDER_OFF = "provider_off"
    PROVIDER_REFUSED = "provider_refused"
    REDIRECT_URI_WRONG = "redirect_uri_wrong"
    REQUEST_REFUSED = "request_refused"
    SECOND_FACTOR_MISSING = "second_factor_missing"
    SECOND_FACTOR_USED = "second_factor_used"
    SECOND_FACTOR_WRONG = "second_factor_wrong"
    SIGN_UP_CLOSED = "sign_up_closed"
    TENANT_FULL = "tenant_full"
    TEXT_HELD_BACK = "text_held_back"
    TOKEN_REPLAYED = "token_replayed"  # noqa: S105 - a code
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    TOO_YOUNG = "too_young"
