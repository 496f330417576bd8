"""What the components of the portal's pages need beyond Django's own tags."""

from datetime import datetime, timedelta

from django import forms, template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.forms import BoundField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from frame.widgets import CheckCards, RadioCards

register = template.Library()

DAY = timedelta(days=1)
MOST_DAYS_COUNTED = 99


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
        return date_format(timezone.localtime(moment), "j M Y")
    return f"{days} day{'' if days == 1 else 's'} {'ago' if moment < timezone.now() else 'from now'}"


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
def control(field: BoundField) -> SafeString:
    """The field's control with the classes of the portal's stylesheet, added to those of the widget.

    The browser isn't told how long a text may be: it would cut what is pasted, without a word.
    """
    widget = field.field.widget
    classes = [widget.attrs.get("class", ""), _control_class(widget)]
    if field.errors:
        classes.append("is-invalid")
    return field.as_widget(attrs={"class": " ".join(filter(None, classes)), "maxlength": False})


def _control_class(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"
