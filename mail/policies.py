"""Yes/no rules about a tenant's own mail server, without database or request."""

import re

from common.text.email_address import MAX_EMAIL, domain_in_ascii, is_plain_address
from common.text.texts import unseen_problem
from common.text.translation import gettext as _

STARTTLS, TLS, UNENCRYPTED = "starttls", "tls", "none"
KIND_OF = {STARTTLS: "smtp+tls", TLS: "smtps", UNENCRYPTED: "smtp"}
PORTS = (25, 465, 587, 2465, 2525, 2587)
"""At which mail servers take mail. Whoever may name any port has a scanner of them."""

MAX_HOST, MAX_USER, MAX_PASSWORD, MAX_SENDER_NAME = 253, 254, 512, 100
SELECTOR = re.compile(r"[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?", re.IGNORECASE)
HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def too_long(most: int) -> str:
    """That something has more characters than it may have."""
    return _("Use at most %(most)s characters.") % {"most": most}


def host_in_ascii(typed: str) -> str:
    """A host as it is looked up: in small letters of ASCII; what is none stays as it was typed."""
    typed = typed.strip()
    return typed.lower() if ":" in typed else domain_in_ascii(typed) or typed


def port_problem(port: int, *, any_port: bool) -> str:
    """What is wrong with a port, as a sentence; empty if nothing is."""
    if any_port:
        return "" if 0 < port < 65536 else _("Enter a port from 1 to 65535.")
    return "" if port in PORTS else _("Use a port of mail servers: %(ports)s.") % {"ports": ", ".join(map(str, PORTS))}


def encryption_problem(encryption: str, *, user: str, may_be_none: bool) -> str:
    """Why the connection can't be secured like this, as a sentence; empty if it can."""
    if encryption not in KIND_OF:
        return _("Choose STARTTLS or TLS.")
    if encryption == UNENCRYPTED and not may_be_none:
        return _("This installation sends no mail without encryption. Choose STARTTLS or TLS.")
    if encryption == UNENCRYPTED and user:
        return _("A password isn’t sent in clear text. Choose STARTTLS or TLS, or leave out the user.")
    return ""


def user_problem(user: str) -> str:
    """What is wrong with the user, as a sentence; empty if nothing is."""
    if len(user) > MAX_USER:
        return too_long(MAX_USER)
    return _("This contains characters that no user name has.") if CONTROL.search(user) or not user.isascii() else ""


def password_problem(password: str) -> str:
    """What is wrong with the password, as a sentence; empty if nothing is."""
    if len(password) > MAX_PASSWORD:
        return too_long(MAX_PASSWORD)
    if not password.isascii():
        return _("Mail servers take passwords of ASCII letters, digits and signs only.")
    return _("This contains characters that no password has, such as a line break.") if CONTROL.search(password) else ""


def sender_address_problem(address: str) -> str:
    """What is wrong with the sender's address, as a sentence; empty if nothing is."""
    if not address:
        return _("Enter the address that mail comes from.")
    local, _at, domain = address.rpartition("@")
    is_good = len(address) <= MAX_EMAIL and is_plain_address(address) and local.isascii()
    is_good = is_good and bool(HOST_NAME.fullmatch(domain_in_ascii(domain)))
    return "" if is_good else _("Enter one plain email address, such as no-reply@example.com.")


def sender_name_problem(name: str) -> str:
    """What is wrong with the sender's name, as a sentence; empty if nothing is."""
    return too_long(MAX_SENDER_NAME) if len(name) > MAX_SENDER_NAME else unseen_problem(name)


def selector_problem(selector: str) -> str:
    """What is wrong with a DKIM selector, as a sentence; empty if nothing is, or there is none."""
    if not selector or SELECTOR.fullmatch(selector):
        return ""
    return _("A selector has letters, digits, hyphens and dots only, such as s1.")
