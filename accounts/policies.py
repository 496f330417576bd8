"""Rules about addresses, attribute names and values, as pure functions."""

import re
import unicodedata

ATTRIBUTE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
# Claims and members that mean something of their own: an attribute of that name could forge them.
RESERVED_ATTRIBUTE_NAMES = frozenset(
    name.lower()
    for name in (
        "acr act address amr at_hash aud auth_time azp birthdate c_hash client_id cnf email email_verified"
        " entitlements events exp family_name gender given_name groups iat id is_active is_staff is_superuser"
        " iss jti kid locale may_act middle_name name nbf nickname nonce oid password phone_number"
        " phone_number_verified picture preferred_username profile roles s_hash scope sid sub sub_jwk tenant"
        " tid typ updated_at user ver website zoneinfo city country displayName givenName jobTitle postalCode"
        " state streetAddress surname code csrfmiddlewaretoken stay"
    ).split()
)
MAX_STRING_VALUE = 250
MAX_EMAIL = 254


def canonical_email(email: str) -> str:
    """The form in which addresses are compared: NFKC, case folded, the domain in ASCII. Never used to send mail."""
    local, _, domain = unicodedata.normalize("NFKC", email.strip()).casefold().rpartition("@")
    try:
        domain = domain.rstrip(".").encode("idna").decode()
    except UnicodeError:
        domain = domain.rstrip(".")
    return f"{local}@{domain}"


def name_of(*, display_name: str, given_name: str, surname: str) -> str:
    """What to call a person: the display name, or given name and surname; may be empty."""
    return display_name or f"{given_name} {surname}".strip()


def is_plain_address(email: str) -> bool:
    """Whether this is one address that every mail system reads alike: no quotes, comments, routes or literals.

    RFC 5321 allows more; what parsers disagree about is how mail for one person reaches another.
    """
    local, _, domain = email.rpartition("@")
    if not local or not domain or len(email) > MAX_EMAIL or len(canonical_email(email)) > MAX_EMAIL:
        return False
    if any(unicodedata.category(character)[0] in "CZ" for character in email):
        return False
    return not set(email.removesuffix(f"@{domain}")) & set('"(),:;<>@[]\\%!') and "[" not in domain


def attribute_name_problem(name: str) -> str:
    """What is wrong with the name of a custom attribute, as a sentence; empty if nothing is."""
    if not ATTRIBUTE_NAME.fullmatch(name):
        return "Use up to 64 letters, digits or underscores, beginning with a letter."
    if name.lower() in RESERVED_ATTRIBUTE_NAMES:
        return f"“{name}” has a meaning of its own in tokens. Choose another name."
    return ""


SHORTEST_IDLE_MINUTES, LONGEST_IDLE_MINUTES = 5, 30 * 24 * 60
SHORTEST_LIFETIME_MINUTES, LONGEST_LIFETIME_MINUTES = 15, 90 * 24 * 60
LONGEST_STAY_DAYS = 365


def session_settings_problems(*, idle_minutes: int, lifetime_minutes: int, stay_days: int) -> dict[str, str]:
    """What is wrong with how long sessions shall last, as sentences by argument; empty if nothing is."""
    problems = {}
    if not SHORTEST_IDLE_MINUTES <= idle_minutes <= LONGEST_IDLE_MINUTES:
        problems["idle_minutes"] = "Choose 5 minutes to 30 days."
    elif idle_minutes > lifetime_minutes:
        problems["idle_minutes"] = "This can't be longer than the session lasts."
    if not SHORTEST_LIFETIME_MINUTES <= lifetime_minutes <= LONGEST_LIFETIME_MINUTES:
        problems["lifetime_minutes"] = "Choose 15 minutes to 90 days."
    if not 1 <= stay_days <= LONGEST_STAY_DAYS:
        problems["stay_days"] = "Choose 1 to 365 days."
    return problems
