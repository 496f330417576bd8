"""Applications may send customers to a page of their account, and get them back.

They name an address of theirs. Which addresses those are floors above know and say here, so that no other link on
earth makes a page of ours lead anywhere.
"""

from collections.abc import Callable

Finder = Callable[[str], str]
"""From an address to the name of the application whose it is, as registered letter for letter; "" if it is nobody's."""

_finders: list[Finder] = []
LONGEST_ADDRESS = 2000


def know_ways_back_by(finder: Finder) -> None:
    """Ask this one, too, whose an address is."""
    if finder not in _finders:
        _finders.append(finder)


def application_at(address: str) -> str:
    """The name of the application that has registered this address; "" if none has."""
    if not address or len(address) > LONGEST_ADDRESS or "\0" in address:
        return ""
    return next((name for finder in _finders if (name := finder(address))), "")
