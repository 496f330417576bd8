"""Which applications there are: said by the floor that has them, since themes lie below it."""

from collections.abc import Callable, Mapping

_told: list[Callable[[], Mapping[str, str]]] = []


def tell_applications(listing: Callable[[], Mapping[str, str]]) -> None:
    """Let themes be given to these: what to call the current tenant's applications, by client ID."""
    _told.append(listing)


def applications() -> dict[str, str]:
    """What to call each application that customers sign in to, by client ID."""
    return {client_id: name for listing in _told for client_id, name in listing().items()}
