"""Events on pages: their sentences with names told apart, and links that narrow a list to a value."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from audit import explanations
from audit.models import AbstractEvent
from audit.sentences import pieces_of, without_who
from common.web.current_request import reference_of

register = template.Library()
# Of a page's address, what says where in the list it is rather than what is in it.
PLACE = {"after", "before", "q", "last"}


@register.filter
def said(event: AbstractEvent) -> SafeString:
    """The event's sentence. A name keeps its direction to itself, and its characters."""
    return _marked(pieces_of(event))


@register.filter
def done(event: AbstractEvent) -> SafeString:
    """The sentence beside a column that says who."""
    return _marked(without_who(event))


def _marked(pieces: Iterable[tuple[str, bool]]) -> SafeString:
    return format_html_join(
        "", "{}", ([format_html("<bdi>{}</bdi>", text) if is_name else text] for text, is_name in pieces)
    )


@register.filter
def reason_title(reason: str) -> str:
    """What a reason's code is called."""
    return explanations.title_of(reason)


@register.filter
def reference(request_id: Any) -> str:
    """What of a request's ID is shown on the pages of errors; "" for none."""
    return reference_of(request_id) if request_id else ""


@register.simple_tag(takes_context=True)
def narrowed(context: Context, **to: Any) -> str:
    """The address of the list, narrowed to these values besides; "" takes a filter away."""
    request = context["request"]
    list_url = context.get("list_url") or request.path
    kept = {name: value for name, value in request.GET.items() if name not in PLACE and value}
    parameters = {name: value for name, value in {**kept, **to}.items() if value}
    return f"{list_url}?{urlencode(parameters)}" if parameters else list_url


@register.simple_tag(takes_context=True)
def narrowed_without(context: Context, name: str) -> str:
    """The address of the list without the filter of this name."""
    return narrowed(context, **{name: ""})
