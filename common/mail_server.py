"""Reading `EMAIL_URL`: which server takes the mail, or where it stays.

outbox:                              mail stays readable in the portal's outbox; nothing is sent
filemail:///folder                   each mail becomes a file in a folder that is there, for trying things out
smtp://host:25                       a server that needs no sign-in; TLS if it offers it
smtp+tls://user:password@host:587    STARTTLS, refused without
smtps://user:password@host:465       TLS from the first byte
"""

from dataclasses import dataclass
from urllib.parse import unquote

from common.environment import WrongSetting, split_address

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
REMEDY = (
    "Write outbox: to keep mail in the portal, smtp+tls://user:password@host:587 (STARTTLS), "
    "smtps://user:password@host:465 (TLS), smtp://host:25 (a server without sign-in), or filemail:///folder."
)


@dataclass(frozen=True)
class MailServer:
    """What `EMAIL_URL` says. `folder` is set for filemail only; host and port for the kinds of smtp."""

    kind: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    folder: str = ""


def parse_mail_url(url: str) -> MailServer:
    """The server behind an `EMAIL_URL`. Raises `WrongSetting`, without repeating a password."""
    parts = split_address("EMAIL_URL", url, remedy=REMEDY)
    if url == "outbox:":
        return MailServer("outbox")
    if parts.scheme == "filemail" and not parts.netloc and len(parts.path) > 1:
        return MailServer("filemail", folder=unquote(parts.path))
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise WrongSetting(f"EMAIL_URL names no mail server this product knows. {REMEDY}")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise WrongSetting(f"EMAIL_URL has a user without a password or the reverse. {REMEDY}")
    if user and parts.scheme == "smtp":
        raise WrongSetting("EMAIL_URL would send its password in clear text. Write smtp+tls:// or smtps:// instead.")
    return MailServer(parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme], user, password)
