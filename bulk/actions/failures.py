"""Those to whom an action couldn't be done, and why."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from accounts.models import Account
from bulk.models import Item
from common.text.spreadsheets import csv_file, csv_lines

AT_ONCE = 2000


def failures_of(operation_id: UUID, *, most: int = AT_ONCE, behind: int = -1) -> list[tuple[Item, str]]:
    """The next of them `behind` a number, each with the address or ID by which they are known."""
    failed = Item.objects.filter(operation_id=operation_id, outcome=Item.Outcome.FAILED, number__gt=behind)
    return _named(list(failed.order_by("number")[:most]))


def failures_as_csv(operation_id: UUID) -> Iterator[bytes]:
    """All of them, as a file for a spreadsheet."""
    yield csv_file([["Email address", "What is wrong"]])
    behind = -1
    while found := failures_of(operation_id, behind=behind):
        yield csv_lines([name, item.problem] for item, name in found)
        behind = found[-1][0].number


def _named(items: Iterable[Item]) -> list[tuple[Item, str]]:
    accounts = dict(Account.objects.filter(pk__in=[item.account_id for item in items]).values_list("pk", "email"))
    return [(item, item.named or accounts.get(item.account_id, str(item.account_id or ""))) for item in items]
