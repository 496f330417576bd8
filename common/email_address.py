"""Email addresses: how they are compared, and which are plain enough to be written to. No Django."""

import unicodedata

MAX_EMAIL = 254


def canonical_email(email: str) -> str:
    """The form in which addresses are compared: NFKC, case folded, the domain in ASCII. Never used to send mail."""
    local, _, domain = unicodedata.normalize("NFKC", email.strip()).casefold().rpartition("@")
    try:
        domain = domain.rstrip(".").encode("idna").decode()
    except UnicodeError:
        domain = domain.rstrip(".")
    return f"{local}@{domain}"


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
