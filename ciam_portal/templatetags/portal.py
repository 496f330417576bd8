"""What the components of the portal's pages need beyond Django's own tags."""

from django import forms, template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()

_MARKED_CHOICES = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@register.filter
def initials(name: str) -> str:
    """One or two capitals that stand for a name or an address: "Acme Books" is AB, "ada@acme.example" is A."""
    words = [word for word in name.partition("@")[0].split() if word[:1].isalnum()] or [name]
    return "".join(word[:1] for word in words[:2]).upper()


@register.filter
def field_kind(field: BoundField) -> str:
    """How field.html lays a field out: "hidden", "checkbox", "choices" (a group of marks) or "text"."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, _MARKED_CHOICES):
        return "choices"
    return "checkbox" if isinstance(widget, forms.CheckboxInput) else "text"


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The field's control with the classes of the portal's stylesheet, added to those of the widget."""
    widget = field.field.widget
    classes = [widget.attrs.get("class", ""), _control_class(widget)]
    if field.errors:
        classes.append("is-invalid")
    return field.as_widget(attrs={"class": " ".join(filter(None, classes))})


def _control_class(widget: forms.Widget) -> str:
    if isinstance(widget, (*_MARKED_CHOICES, forms.CheckboxInput)):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"
