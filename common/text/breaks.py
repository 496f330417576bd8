"""Where a line may end within what has no blanks."""

import re

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

SIGN = re.compile(r"(?=[@.])")
register = template.Library()


@register.filter
def breakable(address: str) -> SafeString:
    """An email address that goes on in the next line at its @ or a dot, if it doesn't fit on one; copied, it is as it
    was.
    """
    return mark_safe(SIGN.sub("<wbr>", conditional_escape(address)))  # noqa: S308 - escaped, but for what is put in
