"""Rules about what an application offers as an API: its identifier URI and the names of scopes."""

import re
from urllib.parse import urlsplit

from common.text.ids import uuid_of
from common.text.translation import gettext as _

MAX_IDENTIFIER_LENGTH = 200
MAX_API_SCOPES = 1000
CONSENTERS = ("anybody", "administrators")
DEFAULT_SCOPE = ".default"
# OpenID Connect's own, whose meaning no API may change.
STANDARD_SCOPES = frozenset({"openid", "profile", "email", "address", "phone", "offline_access"})
IDENTIFIER = re.compile(r"(?:api|https)://[A-Za-z0-9\-._~:/%]+")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,119}")


def identifier_problem(uri: str, *, client_id: str, own_addresses: tuple[str, ...] = ()) -> str:
    """What is wrong with an application's identifier URI, as a sentence; empty if nothing is.

    `own_addresses` are the tenant's own, with which no API may share its name: its issuer above all.
    """
    if len(uri) > MAX_IDENTIFIER_LENGTH:
        return _("Use at most %(longest)d characters.") % {"longest": MAX_IDENTIFIER_LENGTH}
    if not IDENTIFIER.fullmatch(uri) or uri.endswith("/"):
        return _("Begin with api:// or https://, and write it without spaces, ?, # and a slash at its end.")
    parts = urlsplit(uri)
    if not parts.netloc or parts.netloc != parts.netloc.lower() or any(part in {".", ".."} for part in uri.split("/")):
        return _("Write the name after :// in lower case, and leave out . and .. segments.")
    if uuid_of(parts.netloc) and parts.netloc != client_id:
        return _("This names another application. Use this application’s own client ID.")
    if any(uri == own or uri.startswith(f"{own}/") or own.startswith(f"{uri}/") for own in own_addresses):
        return _("This is an address of the tenant itself. Choose another name for the API.")
    return ""


def wire_name_problem(name: str) -> str:
    """What is wrong with the name of a scope or the value of a role, as a sentence; empty if nothing is."""
    if not NAME.fullmatch(name):
        return _("Begin with a letter or digit, then use letters, digits and . _ - : only, 120 characters at most.")
    if name in STANDARD_SCOPES:
        return _("This is a scope of OpenID Connect. Choose another name.")
    return ""


def default_identifier_uri(client_id: str) -> str:
    """The identifier URI an API has unless somebody chooses another one."""
    return f"api://{client_id}"
