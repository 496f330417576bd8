"""The tag `lucide` of the library of that name: an icon, drawn once and kept, where the original draws it each time.

A page has fifty icons, a tenth of what it takes to make it.
"""

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide as drawn

register = template.Library()
MOST_KEPT = 1024


@register.simple_tag
def lucide(name: str, *, size: int | None = 24, **attributes: object) -> str:
    """The icon of this name as SVG. Further words are its attributes, with underscores for hyphens."""
    return _kept(name, size, **{key: str(value) for key, value in attributes.items()})


@lru_cache(maxsize=MOST_KEPT)
def _kept(name: str, size: int | None, **attributes: str) -> SafeString:
    return mark_safe(drawn(name, size=size, **attributes))  # noqa: S308 - escaped by the library
