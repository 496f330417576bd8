"""What somebody may mean who types words into the search of a log: a filter, told by what the portal calls it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.http import urlencode

from accounts.finding.in_order import newest_found
from accounts.finding.lookup import CustomerFilter
from audit.explanations import TITLES
from audit.headings import heading_of
from audit.sentences import SENTENCES
from common.database.brief import TookTooLong, brief
from userflows.models import UserFlow

MOST_GUESSES, MOST_CUSTOMERS = 12, 5


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


def customers_named(text: str) -> list[Guess]:
    """The newest customers in whose name or address the text stands; none if that takes too long."""
    try:
        with brief():
            found = newest_found(CustomerFilter(search=text), MOST_CUSTOMERS)
            emails = [entry.account.email for entry in found]
    except TookTooLong:
        return []
    return [Guess(email, urlencode({"customer": email})) for email in emails]


def _filters() -> Iterator[tuple[str, str, str]]:
    for name in UserFlow.objects.order_by("name").values_list("name", flat=True):
        yield "flow", name, name
    for reason, title in TITLES.items():
        yield "reason", reason, str(title)
    for action in SENTENCES:
        yield "action", action, heading_of(action)
