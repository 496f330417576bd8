"""What somebody may mean who types words into the search of a log: a filter, told by what the portal calls it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.http import urlencode

from audit.explanations import TITLES
from audit.headings import heading_of
from audit.sentences import SENTENCES
from userflows.models import UserFlow

MOST_GUESSES = 12


@dataclass(frozen=True)
class Guess:
    """A filter by what people call it; `query` is how the list's address says it."""

    name: str
    query: str


def guesses_about(text: str) -> list[Guess]:
    """User flows, reasons and actions of which all words of the text are said, those of a name first."""
    words = text.lower().split()
    return [
        Guess(name, urlencode({parameter: value}))
        for parameter, value, name in _filters()
        if all(word in f"{name} {value}".lower() for word in words)
    ][:MOST_GUESSES]


def _filters() -> Iterator[tuple[str, str, str]]:
    for name in UserFlow.objects.order_by("name").values_list("name", flat=True):
        yield "flow", name, name
    for reason, title in TITLES.items():
        yield "reason", reason, str(title)
    for action in SENTENCES:
        yield "action", action, heading_of(action)
