"""What lists have in common: how one is searched."""

from django.http import HttpRequest

MAX_SEARCH = 100


def searched_for(request: HttpRequest) -> str:
    """What a list is to be searched for; "" for all of it. No text in the database holds a NUL."""
    return request.GET.get("q", "").replace("\0", "").strip()[:MAX_SEARCH]
