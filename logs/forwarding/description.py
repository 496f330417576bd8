"""What may be chosen about a destination of the log, as one value."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from common.problems import Code, Problem, name_problems, wrong
from common.text.translation import gettext as _
from common.versions import version_of
from common.web.outgoing import url_problem
from logs.models import Destination

MAX_NAME = 64
HOST_AND_PORT = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):([0-9]{1,5})")


@dataclass(frozen=True)
class DestinationDescription:
    """Its name for administrators, its kind, and the https address of a web-hook or host:port of a syslog server."""

    name: str
    kind: str
    address: str

    @property
    def version(self) -> str:
        """A name for just this description, by which somebody who changes it tells what they have seen."""
        return version_of(self)


def describe(destination: Destination) -> DestinationDescription:
    """A destination as it is now."""
    return DestinationDescription(destination.name, destination.kind, destination.address)


def told_address(destination: Destination) -> str:
    """Its address for events and whoever only reads: of a web-hook without path and query, which may be a secret."""
    if destination.kind == Destination.Kind.SYSLOG:
        return destination.address
    parts = urlsplit(destination.address)
    has_more = parts.path not in {"", "/"} or parts.query
    return f"{parts.scheme}://{parts.netloc}/{'…' if has_more else ''}"


def problems_of(description: DestinationDescription) -> list[Problem]:
    """All that is wrong with it. Where its address leads is looked at in each call."""
    problems = name_problems(description.name, longest=MAX_NAME)
    if description.kind not in Destination.Kind.values:
        return [*problems, Problem(Code.UNKNOWN, "kind", _("Choose a web-hook or syslog."))]
    problem = _address_problem(description)
    return [*problems, *wrong(Code.INVALID, "address", problem)]


def host_and_port(address: str) -> tuple[str, int]:
    """The parts of a syslog server's address. Raises ValueError."""
    match = HOST_AND_PORT.fullmatch(address)
    if match is None or not 0 < int(match[2]) < 65536:
        raise ValueError(address)
    return match[1].strip("[]"), int(match[2])


def _address_problem(description: DestinationDescription) -> str:
    if description.kind == Destination.Kind.WEB_HOOK:
        return url_problem(description.address)
    try:
        host_and_port(description.address)
    except ValueError:
        return _("Write the server’s name, a colon and its port, such as logs.example.com:6514.")
    return url_problem(f"https://{description.address}")
