"""What the components of the portal's pages need beyond Django's own tags."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, cast
from urllib.parse import urlsplit

from django import forms, template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.contrib.messages.storage.base import Message
from django.forms import BoundField
from django.template.base import Template
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, pgettext

from common.text.languages import ENGLISH
from common.text.translation import grouped, in_tenths
from common.versions import version_of
from portal_frame.confirmation import Undo, undo_in
from portal_frame.fields.widgets import CheckCards, LongSelect, RadioCards
from portal_frame.pages import may_open, may_send, opens
from portal_frame.tabs import in_groups

register = template.Library()

UNSEEN = "unseen"
DAY = timedelta(days=1)
MOST_DAYS_COUNTED = 99
SECONDS_COUNTED = 120


register.filter("may_open", may_open)
register.filter("may_send", may_send)
register.filter("in_groups", in_groups)
register.filter("grouped", grouped)


@register.filter
def percent(share: float) -> str:
    """A share of a hundred: 25.5%."""
    return pgettext("share", "%(number)s%%") % {"number": in_tenths(share)}


@register.filter
def initials(name: str) -> str:
    """One or two capitals that stand for a name or an address: "Acme Books" is AB, "ada@acme.example" is A."""
    words = [word for word in name.partition("@")[0].split() if word[:1].isalnum()] or [name]
    return "".join(word[:1] for word in words[:2]).upper()


@register.filter
def how_far_off(moment: datetime) -> str:
    """How long ago or from now, in days at most, and the day itself where nobody counts any more."""
    away = abs(moment - timezone.now())
    if away < DAY:
        return naturaltime(moment)
    days = round(away / DAY)
    if days > MOST_DAYS_COUNTED:
        return day(timezone.localtime(moment))
    if moment < timezone.now():
        return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}
    return ngettext("%(days)d day from now", "%(days)d days from now", days) % {"days": days}


@register.filter
def when(moment: datetime) -> SafeString:
    """A moment within a sentence, as `portal/components/time.html` shows it by itself."""
    return SafeString(render_to_string("portal/components/time.html", {"moment": moment}))


@register.filter
def how_long(seconds: float) -> str:
    """So many seconds, said in seconds up to two minutes, then in minutes."""
    if seconds < SECONDS_COUNTED:
        return gettext("%(number)d s") % {"number": round(seconds)}
    return gettext("%(number)d min") % {"number": round(seconds / 60)}


@register.filter
def as_time(moment: datetime) -> SafeString:
    """How far off a moment is, marked up for whoever or whatever wants to know exactly."""
    at = moment.astimezone(UTC)
    whole = f"{day_and_time(at)} UTC"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', f"{at:%Y-%m-%dT%H:%M:%SZ}", whole, how_far_off(moment)
    )


@register.filter(expects_localtime=True)
def day(moment: date) -> str:
    """A day in few letters: 3 Nov 2026."""
    return written(moment, pgettext("date", "j M Y"))


@register.filter(expects_localtime=True)
def day_of_year(moment: date) -> str:
    """The same without the year, where that is plain: 3 Nov."""
    return written(moment, pgettext("date", "j M"))


@register.filter(expects_localtime=True)
def whole_day(moment: date) -> str:
    """A day in full: 3 November 2026."""
    return written(moment, pgettext("date", "j F Y"))


@register.filter(expects_localtime=True)
def day_and_time(moment: datetime) -> str:
    """A moment to the minute: 3 November 2026, 14:05. The page says in which zone."""
    return written(moment, pgettext("date", "j F Y, H:i"))


@register.filter(expects_localtime=True)
def place(value: Any) -> str:
    """A value in whose order a list stands: a day in full, or a text as it is."""
    return whole_day(value) if isinstance(value, date) else str(value)


def written(moment: date, how: str) -> str:
    """As Django's `date_format`; but a list tells of few days, and each of them is put into words only once."""
    day, language = date(moment.year, moment.month, moment.day), get_language()
    if "H:i" not in how:
        return _day_in_words(day, how, language)
    has_seconds = "H:i:s" in how
    time_of_day = "H:i:s" if has_seconds else "H:i"
    words = _day_in_words(day, how.replace(time_of_day, "{}"), language)
    return words.format(f"{moment:%H:%M:%S}" if has_seconds else f"{moment:%H:%M}")


@lru_cache(maxsize=4096)
def _day_in_words(day: date, how: str, _language: str | None) -> str:
    return date_format(day, how)


@register.filter
def which_day(past: date) -> str:
    """A day (UTC) as people say it: today, yesterday, how many days ago, and in the end the day itself."""
    days = (datetime.now(UTC).date() - past).days
    if days > MOST_DAYS_COUNTED:
        return day(past)
    if days > 1:
        return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}
    return gettext("Yesterday") if days == 1 else gettext("Today")


@register.filter
def in_a_sentence(label: str) -> str:
    """A label as it stands within a sentence: in English without capitals, elsewhere as it is."""
    return label.lower() if get_language() == ENGLISH else label


@register.simple_tag
def moment(at: datetime) -> SafeString:
    """A moment as `components/time.html` draws it, for a sentence: `{% moment account.deleted_at as when %}`."""
    return render_to_string("portal/components/time.html", {"moment": at})


@register.filter
def field_kind(field: BoundField) -> str:
    """How field.html lays a field out: "hidden", "checkbox", "cards" (a choice of marks, explained) or "text"."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, (RadioCards, CheckCards)):
        return "cards"
    return "checkbox" if isinstance(widget, forms.CheckboxInput) else "text"


@register.filter
def is_optional(field: BoundField) -> bool:
    """Whether the field may be left empty whatever the others say."""
    return not field.field.required and field.name not in getattr(field.form, "never_optional", ())


@register.simple_tag
def undo_of(message: Message) -> Undo | None:
    """The form by which what the message tells of is taken back, if it offers one."""
    return undo_in(message)


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The field's control with the classes of the portal's stylesheet, added to those of the widget."""
    widget = field.field.widget
    classes = [widget.attrs.get("class", ""), _control_class(widget)]
    if field.errors:
        classes.append("is-invalid")
    drawn = LongSelect(widget.attrs, widget.choices) if type(widget) is forms.Select else None
    return field.as_widget(drawn, attrs={"class": " ".join(filter(None, classes))})


def _control_class(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


@register.simple_block_tag
def table(
    content: SafeString, *columns: str, label: str, kind: str = "", look: str = "", more: Sequence[str] = ()
) -> SafeString:
    """A list of things; between the tags stand its rows.

    Each column is its heading, and after it the classes of its cells with a bar before each: "|wide-only" for what a
    phone does without, "|number" for what stands at the right; "|unseen" is read out and not shown, over buttons.
    `label` names the table to who can't see where it stands. `kind` is "table-flush" in a panel, "spaced" over
    something else. `look` is a class of its own, without a list's frame: "bars", "run-table". `more` are further
    columns, where a page's reader has chosen them.
    """
    rows = format_html(
        '<table class="{}" aria-label="{}"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>',
        look or "list-table",
        label,
        format_html_join("", "{}", ([_heading(column)] for column in (*_with_classes(columns), *more))),
        content,
    )
    return rows if look else format_html('<div class="table-wrap {}">{}</div>', kind, rows)


def _with_classes(columns: Sequence[str]) -> Iterator[str]:
    """Each heading with the classes that stand after it. They are apart from it because it is translated."""
    heading = ""
    for column in columns:
        if heading and not column.startswith("|"):
            yield heading
            heading = ""
        heading += column
    if heading:
        yield heading


def _heading(column: str) -> SafeString:
    text, *classes = column.split("|")
    if UNSEEN in classes:
        return format_html('<th scope="col"><span class="visually-hidden">{}</span></th>', text)
    return format_html('<th scope="col" class="{}">{}</th>', " ".join(classes), text)


@register.simple_block_tag(takes_context=True)
def allowed(context: Context, content: SafeString, url_name: str = "") -> SafeString:
    """What stands between the tags, for whoever the page of this URL name opens to; for others nothing.

    Without a name: for whoever may send the form of this very page.
    """
    request = context["request"]
    return content if (may_open(request, url_name) if url_name else may_send(request)) else SafeString("")


@register.simple_block_tag(takes_context=True)
def editable(context: Context, content: SafeString) -> SafeString:
    """What stands between the tags, in a form of its own shape that is sent to this very page. To whoever may only
    look, it is shown as it is.
    """
    if may_send(context["request"]):
        return content
    told = gettext("Your role allows you to look at this, not to change it.")
    words = '<fieldset disabled class="only-shown">{}</fieldset><p class="panel-foot soft small-text">{}</p>'
    return format_html(words, content, told)


@register.simple_block_tag(takes_context=True)
def panel_form(
    context: Context, content: SafeString, form: forms.Form | None = None, *, save: str, **given: Any
) -> SafeString:
    """A form on a panel: what is wrong with it, its fields, and a bar with `save` that stays in sight.

    Between the tags stand the fields, and what is to be read before them; nothing there means all fields of `form`. Who
    only confirms something is given no form. Further words: `title` where a page has several, `cancel`, the address it
    leads to; `action`, if the form is sent elsewhere; `draft`, of a button before it that only makes a draft and is
    called `as_draft`; `refused`, what its errors are called where nothing was to be
    saved; `is_danger` for what can't be undone; `kind`, a class for what depends on it. Of a form that takes something
    away: `consequences`, what they are called in `consequences_title`, and the words `save_anyway` of the button
    that goes on.

    To whoever may only look, a form about something kept is shown as it is, and one for something new not at all.
    """
    can_be_sent = may_send(context["request"], given.get("action", ""))
    if not can_be_sent and not getattr(form, "current", ""):
        return SafeString("")
    shown = context.new(
        {
            "form": form,
            "save": save,
            "can_be_sent": can_be_sent,
            "body": content if content.strip() or form is None else _fields(context, form),
            "csrf_token": context.get("csrf_token"),
            "request_path": context["request"].path,
            "confirmed": version_of(given.get("consequences", ())),
            **given,
        }
    )
    return _rendered("portal/components/panel_form.html", context, shown)


@register.inclusion_tag("portal/components/field.html")
def field(field: BoundField, **given: str) -> dict[str, Any]:
    """One field. `prefix` and `suffix` stand around its control; `columns` are those of a choice among cards."""
    return {"field": field, **given}


@register.inclusion_tag("portal/components/fields.html")
def fields(form: forms.Form) -> dict[str, Any]:
    """All fields of a form that are seen, in their order."""
    return {"form": form}


def _fields(context: Context, form: forms.Form) -> SafeString:
    return _rendered("portal/components/fields.html", context, context.new({"form": form}))


def _rendered(name: str, context: Context, shown: Context) -> SafeString:
    return cast(Template, context.template).engine.get_template(name).render(shown)


@register.simple_tag(takes_context=True)
def drawn(context: Context, name: str) -> SafeString:
    """A template as it stands here, to be put `as` something that a page shows twice."""
    return _rendered(name, context, context)


@register.simple_block_tag
def breadcrumbs(content: SafeString) -> SafeString:
    """Where a page lies: a `crumb` for each page above it, from the top."""
    return format_html('<nav aria-label="{}"><ol class="crumbs">{}</ol></nav>', gettext("Breadcrumb"), content)


@register.simple_tag(takes_context=True)
def crumb(
    context: Context, name: str, route: str = "", *arguments: Any, url: str = "", of_tenant: bool = True
) -> SafeString:
    """One page above this one: the tenant's page at the route with these arguments, or the one at the address.

    To whom it doesn't open it is no link.
    """
    if not url:
        tenant = [context["managed_tenant"].slug] if of_tenant else []
        url = reverse(route, args=[*tenant, *arguments])
    if not opens(context["request"], urlsplit(url).path):
        return format_html("<li><bdi>{}</bdi></li>", name)
    return format_html('<li><a href="{}"><bdi>{}</bdi></a></li>', url, name)
