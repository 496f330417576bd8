"""Events on pages: their sentences with names told apart, and links that narrow a list to a value.

What stands in each row is made here and not by templates of its own: a page has fifty rows, and a template in each of
their cells would take longer than all the rest of it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from audit import explanations
from audit.fields import fields_of
from audit.models import AbstractEvent, Result
from audit.sentences import name_of_actor, name_of_target, pieces_of, without_who
from common.web.current_request import reference_of
from portal_frame.pages import UNSENT
from portal_frame.templatetags.portal import written

register = template.Library()
register.filter(name_of_actor)
register.filter(name_of_target)
# Of a page's address, what says where in the list it is, or what became of a form, rather than what is in it.
PLACE = {"after", "before", "q", "newer_than", UNSENT}
KINDS = {
    "account": _("account"),
    "administrator": _("administrator"),
    "application": _("application"),
    "branding": _("branding"),
    "command": _("command line"),
    "customer": _("customer"),
    "destination": _("log destination"),
    "group": _("group"),
    "hook": _("hook"),
    "identityprovider": _("identity provider"),
    "invitation": _("invitation"),
    "membership": _("administrator"),
    "ownserver": _("mail server"),
    "signingkey": _("signing key"),
    "system": "CIAM Portal",
    "tenant": _("tenant"),
    "theme": _("theme"),
    "userflow": _("user flow"),
}
TONES = {Result.SUCCESS: "green", Result.FAILURE: "red"}
# Below the sentence stand the action and, on a phone, who did it and when.
ADMINISTERED = (
    '<tr><td class="wide-only soft">{at}</td>'
    '<td><a class="row-link" href="{url}">{done}</a><a class="small-text log-sub" href="{alike}">{action}</a>{changed}'
    '<span class="soft small-text phone-only"><bdi>{who}</bdi><br>{at}</span></td>'
    '<td class="wide-only log-who">{by}</td><td class="wide-only">{place}</td><td>{result}</td></tr>'
)


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
def kind_name(kind: str) -> str:
    """What who acted, or what was acted on, is called; what has no name here is told by its own."""
    return str(KINDS.get(kind, kind))


@register.filter
def reason_title(reason: str) -> str:
    """What a reason's code is called."""
    return explanations.title_of(reason)


@register.filter
def result_name(result: str) -> str:
    """How an attempt ended, in a word."""
    return str(Result(result).label)


@register.filter
def reference(request_id: Any) -> str:
    """What of a request's ID is shown on the pages of errors; "" for none."""
    return reference_of(request_id) if request_id else ""


@register.filter
def clock(moment: datetime) -> SafeString:
    """A moment of the log, to the second: in UTC, until a script says it in the reader's zone."""
    at = moment.astimezone(UTC)
    shown = written(at, pgettext("date", "j M, H:i:s"))
    whole = f"{written(at, pgettext('date', 'j F Y, H:i:s'))} UTC"
    return format_html(
        '<time data-clock datetime="{}" title="{}">{}</time>', f"{at:%Y-%m-%dT%H:%M:%S.%fZ}", whole, shown
    )


@register.simple_tag(takes_context=True)
def narrowed(context: Context, **to: Any) -> str:
    """The address of the list, narrowed to these values besides; "" takes a filter away."""
    list_url, kept = _list_of(context)
    parameters = {name: value for name, value in {**kept, **to}.items() if value}
    return f"{list_url}?{urlencode(parameters)}" if parameters else list_url


@register.simple_tag(takes_context=True)
def narrowed_without(context: Context, name: str) -> str:
    """The address of the list without the filter of this name."""
    return narrowed(context, **{name: ""})


@register.simple_tag(takes_context=True)
def place(context: Context, event: AbstractEvent) -> SafeString:
    """Where from: address, which leads to all that came from it, and browser."""
    link, browser = SafeString(""), SafeString("")
    if event.ip:
        link = format_html('<a class="mono" href="{}">{}</a>', narrowed(context, ip=event.ip), event.ip)
    if event.browser:
        browser = format_html('<span class="soft small-text log-sub log-browser">{}</span>', event.browser)
    return link + browser


@register.simple_tag(takes_context=True)
def result(context: Context, event: AbstractEvent) -> SafeString:
    """How it ended, as a word that leads to all that ended so."""
    known = Result(event.result)
    url = narrowed(context, result=event.result)
    return format_html(
        '<a class="plain-link" href="{}"><span class="tag tag-{}">{}</span></a>', url, TONES[known], known.label
    )


@register.simple_tag(takes_context=True)
def by(context: Context, event: AbstractEvent) -> SafeString:
    """Who did it; an administrator or a customer leads to all that they did."""
    if not event.actor_name:
        return SafeString("")
    name = format_html("<bdi>{}</bdi>", name_of_actor(event))
    if event.actor_kind not in {"administrator", "customer"}:
        return name
    # By ID an administrator is found at once, by name only after a look at all that was done.
    known = event.actor_id if event.actor_kind == "administrator" else ""
    return format_html('<a href="{}">{}</a>', narrowed(context, **{event.actor_kind: known or event.actor_name}), name)


@register.simple_tag(takes_context=True)
def administered(context: Context, events: Iterable[AbstractEvent], events_url: str) -> SafeString:
    """A row for each of these events of administration: when, what, by whom, from where, and how it ended."""
    return SafeString("".join(_administered(context, event, f"{events_url}{event.pk}/") for event in events))


def _administered(context: Context, event: AbstractEvent, url: str) -> SafeString:
    changed = fields_of(vars(event).get("details"))
    return format_html(
        ADMINISTERED,
        at=clock(event.at),
        url=url,
        done=done(event),
        alike=narrowed(context, action=event.action),
        action=event.action,
        changed=format_html('<span class="soft small-text log-sub">{}</span>', changed) if changed else "",
        who=name_of_actor(event),
        by=by(context, event),
        place=place(context, event),
        result=result(context, event),
    )


def _list_of(context: Context) -> tuple[str, dict[str, str]]:
    """Where the list is, and what it is narrowed to now; the same for all links of a page."""
    request = context["request"]
    if not hasattr(request, "log_list"):
        kept = {name: value for name, value in request.GET.items() if name not in PLACE and value}
        request.log_list = context.get("list_url") or request.path, kept
    return request.log_list
