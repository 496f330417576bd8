"""To which application an invitation leads. Floors above know what an application is, and say here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class LinkedApplication:
    """An application as a journey is begun for it: `flow_id` is its user flow, `look` and `origins` are what
    `begin_journey` takes as `application_look` and `redirect_origins`, the latter never empty.
    """

    client_id: str
    name: str
    flow_id: UUID
    look: Mapping[str, str]
    origins: Sequence[str]


Finder = Callable[[str], LinkedApplication | None]
"""From a client ID to the application; None if there is none that customers sign in to."""

_finders: list[Finder] = []


def find_destinations_by(finder: Finder) -> None:
    """Ask this one, too, which application it is."""
    if finder not in _finders:
        _finders.append(finder)


def destination(client_id: str) -> LinkedApplication | None:
    """The application with this client ID that customers sign in to, if there is one."""
    found = (finder(client_id) for finder in _finders) if client_id else ()
    return next((each for each in found if each is not None), None)
