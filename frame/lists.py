"""Lists of the portal: searched, filtered, and read a page at a time."""

from dataclasses import dataclass
from typing import Generic
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from common.database.keyset import PAGE_SIZE, NoSuchPage, Row, page_of

MAX_SEARCH = 100
# The parameter that says where a page begins.
CURSOR = "after"


@dataclass(frozen=True)
class ListPage(Generic[Row]):
    """What `portal/components/pager.html` needs beside the rows: where the first page is, and the next; "" for none."""

    rows: list[Row]
    first_url: str
    next_url: str


@dataclass(frozen=True)
class Filter:
    """A chip above a list."""

    name: str
    url: str
    is_current: bool


def searched_for(request: HttpRequest) -> str:
    """What a list is to be searched for; "" for all of it. No text in the database holds a NUL."""
    return request.GET.get("q", "").replace("\0", "").strip()[:MAX_SEARCH]


def list_page(request: HttpRequest, found: QuerySet[Row], *, by: str, size: int = PAGE_SIZE) -> ListPage[Row]:
    """The page of the list that the request asks for, in the order that `page_of` explains.

    A cursor that isn't of this list is a page that doesn't exist.
    """
    cursor = request.GET.get(CURSOR, "")
    try:
        page = page_of(found, by=by, cursor=cursor, size=size)
    except NoSuchPage as error:
        raise Http404 from error
    first_url = _address(request, cursor="") if cursor else ""
    next_url = _address(request, cursor=page.next_cursor) if page.next_cursor else ""
    return ListPage(page.rows, first_url, next_url)


def _address(request: HttpRequest, *, cursor: str) -> str:
    """This list with the same search and filters, at this cursor."""
    kept = [(name, value) for name, value in request.GET.items() if name != CURSOR and value]
    parameters = [*kept, (CURSOR, cursor)] if cursor else kept
    return f"{request.path}?{urlencode(parameters)}" if parameters else request.path
