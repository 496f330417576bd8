"""Email addresses: how one is written, compared and sent to, and which are plain enough for that. No Django.

Domains follow IDNA 2008 by way of UTS 46, everywhere alike: what is stored and told in tokens is where mail goes. Under
IDNA 2003 mail for `user@faß.de` went to `fass.de`, which is somebody else's.
"""

import unicodedata

import idna

MAX_EMAIL = 254
WIDE_AT = "＠"
MAX_LABEL, MAX_DOMAIN = 63, 253
# Where most people have their mail. An address is asked about if it is one slip away from one of these.
MAIL_DOMAINS = tuple(
    "gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com aol.com proton.me protonmail.com"
    " gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de orange.fr wanadoo.fr laposte.net yahoo.fr hotmail.fr"
    " yahoo.es hotmail.es yahoo.co.jp docomo.ne.jp ezweb.ne.jp softbank.ne.jp".split()
)
# Domains of their own that look like a slip.
ALSO_MAIL_DOMAINS = frozenset("mail.com email.com ymail.com me.com mac.com gmx.com hotmail.de yahoo.de live.de".split())
SHORTEST_GUESS = 6


def written_address(typed: str) -> str:
    """The address as it is kept and shown: what was typed wide, from the @ on, is folded; `xn--` is read out.

    What is no address stays what it is; `is_plain_address` judges.
    """
    local, at, domain = typed.strip().replace(WIDE_AT, "@").rpartition("@")
    ascii_domain = domain_in_ascii(domain)
    if not at or not ascii_domain:
        return f"{local}{at}{domain}"
    return f"{local}@{idna.decode(ascii_domain) if 'xn--' in ascii_domain else ascii_domain}"


def address_in_ascii(email: str) -> str:
    """The address as the mail system writes it. Raises `ValueError` for a domain that can't be written so."""
    local, _, domain = email.rpartition("@")
    ascii_domain = domain_in_ascii(domain)
    if not ascii_domain:
        raise ValueError(email)
    return f"{local}@{ascii_domain}"


def domain_in_ascii(domain: str) -> str:
    """The domain in small letters of ASCII; "" for one that no mail system could look up."""
    domain = domain.rstrip(".").lower()
    try:
        if not domain.isascii() or "xn--" in domain:
            domain = idna.encode(domain, uts46=True, std3_rules=True).decode()
    except idna.IDNAError:
        return ""
    labels = domain.split(".")
    return domain if len(domain) <= MAX_DOMAIN and all(0 < len(label) <= MAX_LABEL for label in labels) else ""


def canonical_email(email: str) -> str:
    """The form in which addresses are compared: NFKC, case folded, the domain in ASCII. Never used to send mail."""
    local, _, domain = unicodedata.normalize("NFKC", email.strip()).rpartition("@")
    return f"{local.casefold()}@{domain_in_ascii(domain) or domain.casefold()}"


def is_plain_address(email: str) -> bool:
    """Whether this is one address that every mail system reads alike: no quotes, comments, routes or literals.

    RFC 5321 allows more; what parsers disagree about is how mail for one person reaches another.
    """
    local, _, domain = email.rpartition("@")
    if not local or not domain_in_ascii(domain) or len(email) > MAX_EMAIL or len(canonical_email(email)) > MAX_EMAIL:
        return False
    if any(unicodedata.category(character)[0] in "CZ" for character in email):
        return False
    return not set(email.removesuffix(f"@{domain}")) & set('"(),:;<>@[]\\%!') and "[" not in domain


def likely_address(email: str) -> str:
    """The address that was probably meant, where the domain is one slip away from a well-known one; "" otherwise."""
    local, _, domain = email.rpartition("@")
    domain = domain.lower()
    if domain in MAIL_DOMAINS or domain in ALSO_MAIL_DOMAINS or len(domain) < SHORTEST_GUESS:
        return ""
    meant = next((known for known in MAIL_DOMAINS if _is_one_slip(domain, known)), "")
    return f"{local}@{meant}" if meant else ""


def _is_one_slip(typed: str, meant: str) -> bool:
    """Whether one letter is missing, too many or another, or two neighbours changed places."""
    if abs(len(typed) - len(meant)) > 1:
        return False
    pairs = zip(typed, meant, strict=False)
    start = next((place for place, (one, other) in enumerate(pairs) if one != other), min(len(typed), len(meant)))
    rest, wanted = typed[start:], meant[start:]
    is_swapped = len(rest) > 1 and rest[1::-1] == wanted[:2] and rest[2:] == wanted[2:]
    return rest[1:] == wanted or rest == wanted[1:] or rest[1:] == wanted[1:] or is_swapped
