"""The mail server of a tenant's own: what may be chosen about it, as one value, and how its password is kept.

The password is no part of the value: it goes in and never comes out, but to the very server it was saved for. Whoever
names another server types it again, so that nobody has it sent to a server of theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from django.conf import settings

from common.crypto.encryption import CannotUnseal, seal, unseal
from common.mail_server import MailServer
from common.problems import Code, Problem, wrong
from common.text.translation import gettext
from common.versions import version_of
from common.web.outgoing import host_problem
from mail.models import OwnServer
from mail.policies import (
    KIND_OF,
    MAX_HOST,
    STARTTLS,
    encryption_problem,
    host_in_ascii,
    password_problem,
    port_problem,
    selector_problem,
    sender_address_problem,
    sender_name_problem,
    too_long,
    user_problem,
)
from tenants.known import KnownPart, NeededBy
from tenants.postgresql import current_schema

_HAS_OWN = "SELECT to_jsonb(EXISTS (SELECT FROM mail_ownserver))"


@dataclass(frozen=True)
class OwnServerDescription:
    """Which server takes the tenant's mail, and who sends it. Without a host, it is the installation's.

    `encryption` is starttls, tls or none; `user` is "" for a server that asks for no sign-in. `sender_name` is "" for
    the tenant's name, and `dkim_selector` is what its DNS records are looked at by.
    """

    host: str = ""
    port: int = 587
    encryption: str = STARTTLS
    user: str = ""
    sender_address: str = ""
    sender_name: str = ""
    dkim_selector: str = ""

    @property
    def version(self) -> str:
        """A name for just this description, by which somebody who changes it tells what they have seen."""
        return version_of(self)

    @property
    def place(self) -> tuple[str, int, str, str]:
        """Whom a password is told, and how."""
        return self.host, self.port, self.encryption, self.user


@dataclass(frozen=True)
class Sender:
    """From whom mail comes. An empty name is that of the tenant."""

    address: str
    name: str = ""


def may_have_own() -> bool:
    """Whether tenants of this installation may have mail servers of their own."""
    return bool(settings.CIAM_TENANT_MAIL_SERVERS != "none")


def may_be_anywhere() -> bool:
    """Whether these may be in internal networks, at any port, and without encryption."""
    return bool(settings.CIAM_TENANT_MAIL_SERVERS == "any")


def is_lenient() -> bool:
    """Whether port and encryption are anybody's choice: on one's own machine, or where servers may be anywhere."""
    return may_be_anywhere() or bool(settings.IS_LOCAL)


def describe() -> OwnServerDescription:
    """The server of the tenant being served, as it is now."""
    return described(OwnServer.objects.first())


def described(kept: OwnServer | None) -> OwnServerDescription:
    """What a row says."""
    names = [field.name for field in fields(OwnServerDescription)]
    return OwnServerDescription(**{name: getattr(kept, name) for name in names}) if kept else OwnServerDescription()


def has_own_server() -> bool:
    """Whether the mail of the tenant being served goes by its own server; known to the process."""
    return may_have_own() and _has_own.get()


def sender_name() -> str:
    """Whom mails of the tenant being served name as their sender; "" for the tenant's own name."""
    return describe().sender_name if has_own_server() else ""


def mail_server(kept: OwnServer) -> MailServer:
    """How to reach it. Raises `CannotUnseal`."""
    password = unseal(kept.sealed_password, context=sealing_context()).decode() if kept.sealed_password else ""
    return server_of(described(kept), password)


def server_of(description: OwnServerDescription, password: str) -> MailServer:
    """How to reach the server described."""
    kind = KIND_OF[description.encryption]
    return MailServer(kind, description.host, description.port, description.user, password if description.user else "")


def kept_password(kept: OwnServer | None, wished: OwnServerDescription) -> str:
    """The password kept, for the server it was saved for; "" for any other, and if its key is gone."""
    if kept is None or described(kept).place != wished.place:
        return ""
    try:
        return mail_server(kept).password
    except CannotUnseal:
        return ""


def seal_password(password: str) -> str:
    """The password, sealed for this tenant; "" stays what it is."""
    return seal(password.encode(), context=sealing_context()) if password else ""


def sealing_context() -> str:
    """What a password is sealed for: the mail server of this tenant."""
    return f"mail server {current_schema()}"


def tidied(description: OwnServerDescription) -> OwnServerDescription:
    """As it is kept: the host as it is looked up, nothing around what was typed."""
    texts = {name: value.strip() for name, value in vars(description).items() if isinstance(value, str)}
    return OwnServerDescription(**{**vars(description), **texts, "host": host_in_ascii(description.host)})


def problems_of(wished: OwnServerDescription, password: str) -> list[Problem]:
    """All that is wrong with a server, and the password that is to be told it."""
    told: Mapping[str, str] = {
        "host": _host_problem(wished.host),
        "port": port_problem(wished.port, any_port=is_lenient()),
        "encryption": encryption_problem(wished.encryption, user=wished.user, may_be_none=is_lenient()),
        "user": user_problem(wished.user),
        "password": _password_problem(wished.user, password),
        "sender_address": sender_address_problem(wished.sender_address),
        "sender_name": sender_name_problem(wished.sender_name),
        "dkim_selector": selector_problem(wished.dkim_selector),
    }
    return [problem for name, sentence in told.items() for problem in wrong(Code.INVALID, name, sentence)]


def _host_problem(host: str) -> str:
    if not host:
        return gettext("Enter the mail server’s name, such as smtp.example.com.")
    if len(host) > MAX_HOST:
        return too_long(MAX_HOST)
    return host_problem(host, anywhere=may_be_anywhere())


def _password_problem(user: str, password: str) -> str:
    if user and not password:
        return gettext("Type the password: none is saved for this server, port, encryption and user.")
    return password_problem(password) if user else ""


_has_own = KnownPart(_HAS_OWN, bool, needed_by=NeededBy.PAGES)
