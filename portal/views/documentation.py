"""The product's documentation, for every administrator."""

from itertools import groupby
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from documentation.pages import FOLDER, SHELVES, pages
from documentation.rendering import IMAGES
from documentation.rendering import render as rendered
from documentation.search import search
from portal_frame.access import Need
from portal_frame.lists import searched_for
from portal_frame.pages import PortalRequest, portal_page

MOST_HITS = 20


@portal_page(needs=Need.OWN_PROFILE)
@require_safe
def documentation(request: PortalRequest) -> HttpResponse:
    """What there is to read, or what is found."""
    query = searched_for(request)
    page: dict[str, Any] = {"query": query, "shelves": _shelves(), "hits": search(query, most=MOST_HITS)}
    return render(request, "portal/documentation/list.html", page)


@portal_page(needs=Need.OWN_PROFILE)
@require_safe
def page(request: PortalRequest, key: str) -> HttpResponse:
    found = pages().get(key)
    if found is None:
        raise Http404
    context = {"page": found, "shelf": gettext(SHELVES[found.shelf]), "rendered": rendered(found)}
    return render(request, "portal/documentation/page.html", context)


@portal_page(needs=Need.OWN_PROFILE)
@require_safe
def image(_request: PortalRequest, file_name: str) -> HttpResponse:
    """A picture of the documentation: one of the files that lie there, so no name leads anywhere else."""
    pictures = {path.name: path for path in (FOLDER / IMAGES).glob("*.png")}
    if file_name not in pictures:
        raise Http404
    return HttpResponse(pictures[file_name].read_bytes(), content_type="image/png")


def _shelves() -> list[tuple[str, list[Any]]]:
    return [
        (gettext(SHELVES[shelf]), list(found))
        for shelf, found in groupby(pages().values(), key=lambda page: page.shelf)
    ]
