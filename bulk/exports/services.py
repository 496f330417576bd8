"""An export: page after page of customers, each written by one statement and sent before the next one is asked for.

So it begins at once, holds no more than a page in memory, and keeps no statement or snapshot open while somebody reads
slowly.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.identity.lookup import custom_attribute_types
from accounts.models import Account
from audit.services import Actor, record
from bulk.columns import HASH
from bulk.exports.columns import csv_line, json_line, known_columns
from common.problems import Code, Problem, refuse_if_any
from common.text.spreadsheets import csv_file

CSV, JSON_LINES = "csv", "jsonl"
FIRST_PAGE, PAGE = 500, 20_000
"""The first is short, so that something comes at once."""

# Put together from this package's own words; what comes from outside is a parameter.
WRITTEN = """
    SELECT string_agg({line} || {end}, '' ORDER BY account.created_at, account.id)
    FROM accounts_account account WHERE account.id IN ({chosen})
"""
Place = tuple[datetime, UUID]


def export_customers(
    found: QuerySet[Any],
    *,
    columns: Sequence[str],
    kind: str,
    described: str = "",
    with_hashes: bool = False,
    actor: Actor,
) -> Iterator[bytes]:
    """The customers of these rows, as a file in pieces; records that they were taken away, and by which filter.

    A row's primary key is its account's ID; it has the account's `created_at`, in whose order they come. Password
    hashes only go into JSON lines. Raises `Refused`.
    """
    known = known_columns(custom_attribute_types())
    refuse_if_any(
        [
            *(
                Problem(Code.UNKNOWN, "columns", _("There is no column %(name)s.") % {"name": name})
                for name in columns
                if name not in known
            ),
            *([] if columns else [Problem(Code.REQUIRED, "columns", _("Choose the columns."))]),
            *([] if kind in {CSV, JSON_LINES} else [Problem(Code.UNKNOWN, "kind", _("Choose one of those shown."))]),
            *(
                [Problem(Code.NOT_ALLOWED, "columns", _("Password hashes are exported as JSON lines only."))]
                if with_hashes and kind != JSON_LINES
                else []
            ),
        ]
    )
    details = {"columns": list(columns), "format": kind, "filter": described[:500], "password_hashes": with_hashes}
    record("customers.exported", actor=actor, details=details)
    return _pieces(found, [*columns, *([HASH] if with_hashes else [])], kind)


def _pieces(found: QuerySet[Any], columns: Sequence[str], kind: str) -> Iterator[bytes]:
    if kind == CSV:
        yield csv_file([columns])
    place: Place | None = None
    size = FIRST_PAGE
    while True:
        page = found.filter(_behind(place)) if place else found
        place = page.order_by("created_at", "pk").values_list("created_at", "pk")[size - 1 : size].first()
        if place is not None:
            page = page.filter(_until(place))
        if written := _written(page, columns, kind):
            yield written
        if place is None:
            return
        size = PAGE


def _written(page: QuerySet[Any], columns: Sequence[str], kind: str) -> bytes:
    """A page of lines, put together by the database: a value, instead of thousands of rows to turn round here."""
    parameters: dict[str, str] = {}
    line = (csv_line if kind == CSV else json_line)(columns, parameters)
    end = r"E'\r\n'" if kind == CSV else r"E'\n'"
    try:
        ids, of_ids = page.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return b""
    numbered = {f"id{number}": value for number, value in enumerate(of_ids)}
    chosen = ids % tuple(f"%(id{number})s" for number in range(len(of_ids)))
    statement = WRITTEN.format(line=line, end=end, chosen=chosen)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**parameters, **numbered})
        text: str | None = cursor.fetchone()[0]
    return (text or "").encode()


def _behind(place: Place) -> Q:
    at, key = place
    return Q(created_at__gte=at) & (Q(created_at__gt=at) | Q(pk__gt=key))


def _until(place: Place) -> Q:
    at, key = place
    return Q(created_at__lte=at) & (Q(created_at__lt=at) | Q(pk__lte=key))


def written_as_json(account: Account) -> str:
    """All that an export may have of one customer, as JSON for people to read.

    Raises `Account.DoesNotExist` if the customer is gone by now.
    """
    columns = known_columns(custom_attribute_types())
    line = _written(Account.objects.filter(pk=account.pk), columns, JSON_LINES)
    if not line:
        raise Account.DoesNotExist
    return json.dumps(json.loads(line), ensure_ascii=False, indent=2)


def everybody() -> QuerySet[Account]:
    """All customers but deleted ones."""
    return Account.objects.kept()
