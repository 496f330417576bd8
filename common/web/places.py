"""Where pages are, worked out once: to look an address up in Django's maps takes longer than to read a row."""

from functools import lru_cache
from typing import Any

from django.urls import get_script_prefix, get_urlconf, reverse


def place_of(page: str, *which: Any) -> str:
    """The path of a page, in the tenant being served. Call it for what has few places: a thousand are remembered."""
    return _place(page, get_script_prefix(), get_urlconf(), *which)


@lru_cache(maxsize=1000)
def _place(page: str, _prefix: str, _urlconf: str | None, *which: Any) -> str:
    """The same, below the prefix of a tenant and in a map of addresses."""
    return reverse(page, args=which)
