"""Lists of the portal: searched, filtered, and read a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.functional import Promise

from common.database.keyset import PAGE_SIZE, NoSuchPage, Row, Stretch, page_of_both

MAX_SEARCH = 100
# The parameters that say after, or before, which row a page lies.
CURSOR, BACK = "after", "before"
# That which asks to count all that is found, however many that is: of this page alone.
COUNT = "count"
AT_FIRST = {CURSOR: "", BACK: "", COUNT: ""}


@dataclass(frozen=True)
class ListPage(Generic[Row]):
    """What `portal/components/pager.html` needs beside the rows: where other pages are; "" for none.

    `order` calls the ways by what is there: "time" has newer and older rows. A page that isn't full yet has looked as
    far as `reached`, a value in the order; what lies beyond is looked through at `further_url`.
    """

    rows: list[Row]
    first_url: str
    next_url: str
    previous_url: str = ""
    order: str = ""
    reached: Any = None
    further_url: str = ""


@dataclass(frozen=True)
class Filter:
    """A chip above a list."""

    name: str | Promise
    url: str
    is_current: bool


def filters(request: HttpRequest, name: str, choices: Mapping[str, str | Promise]) -> list[Filter]:
    """A chip for each choice: the value of the parameter `name` by which it is asked for, and what it is called.

    The first is the one that counts where none is asked for, or one that there isn't. The rest of the address stays,
    but not the place in the list.
    """
    current = chosen(request, name, choices)
    first = next(iter(choices))
    return [
        Filter(called, _address(request, **{name: "" if value == first else value}, **AT_FIRST), value == current)
        for value, called in choices.items()
    ]


def chosen(request: HttpRequest, name: str, choices: Mapping[str, str | Promise]) -> str:
    """Which of the choices the address asks for; the first if it asks for none of them."""
    asked = request.GET.get(name, "")
    return asked if asked in choices else next(iter(choices))


def kept_beside_search(request: HttpRequest) -> list[tuple[str, str]]:
    """What of the address a new search keeps: filters and order, for `portal/components/search.html`."""
    return [(name, str(value)) for name, value in request.GET.items() if name not in {"q", *AT_FIRST} and value]


def searched_for(request: HttpRequest) -> str:
    """What a list is to be searched for; "" for all of it. No text in the database holds a NUL."""
    return request.GET.get("q", "").replace("\0", "").strip()[:MAX_SEARCH]


def list_page(
    request: HttpRequest, found: QuerySet[Row], *, by: str, size: int = PAGE_SIZE, order: str = ""
) -> ListPage[Row]:
    """The page of the list that the request asks for, in the order that `page_of` explains.

    A cursor that isn't of this list is a page that doesn't exist. Of a page before the first, the first is shown.
    """
    return stretch_page(request, Stretch(found, by), size=size, order=order)


def stretch_page(
    request: HttpRequest,
    first: Stretch[Row],
    then: Stretch[Row] | None = None,
    *,
    size: int = PAGE_SIZE,
    order: str = "",
) -> ListPage[Row]:
    """The same of a list of one part or two. Raises `Http404`."""
    after, before = request.GET.get(CURSOR, ""), request.GET.get(BACK, "")
    read = partial(page_of_both, first, then) if then else first.page
    try:
        page = read(cursor=before or after, size=size, backwards=bool(before))
        if before and not page.rows and not page.previous_cursor:
            page = read(size=size)
    except NoSuchPage as error:
        raise Http404 from error
    next_url = _address(request, **AT_FIRST | {CURSOR: page.next_cursor}) if page.next_cursor else ""
    previous_url = _address(request, **AT_FIRST | {BACK: page.previous_cursor}) if page.previous_cursor else ""
    return ListPage(
        page.rows,
        first_url=_address(request, **AT_FIRST) if page.previous_cursor else "",
        next_url=next_url,
        previous_url=previous_url,
        order=order,
        reached=page.reached,
        further_url="" if page.reached is None else previous_url if before else next_url,
    )


def _address(request: HttpRequest, **other: str) -> str:
    """This list with the same search, filters and order, but for those parameters; "" leaves one out."""
    kept = {name: value for name, value in request.GET.items() if name not in other} | other
    parameters = {name: value for name, value in kept.items() if value}
    return f"{request.path}?{urlencode(parameters)}" if parameters else request.path
