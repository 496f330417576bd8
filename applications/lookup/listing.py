"""The list of app registrations, by name, a page at a time."""

from django.db.models import Q

from applications.models import Application

PAGE_SIZE = 50


def applications_page(query: str, *, after: str = "") -> tuple[list[Application], str]:
    """Those whose name or client ID contains the query, beginning after the one with the client ID `after`.

    Returns the page and the `after` of the next one, empty if there is none.
    """
    found = Application.objects.select_related("user_flow").order_by("name", "pk")
    if query:
        found = found.filter(Q(name__icontains=query) | Q(client_id__icontains=query))
    last = Application.objects.filter(client_id=after).first() if after else None
    if last is not None:
        found = found.filter(Q(name__gt=last.name) | Q(name=last.name, pk__gt=last.pk))
    rows = list(found[: PAGE_SIZE + 1])
    next_after = rows[PAGE_SIZE - 1].client_id if len(rows) > PAGE_SIZE else ""
    return rows[:PAGE_SIZE], next_after
