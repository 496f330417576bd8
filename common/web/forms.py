"""How the fields of forms are drawn, wherever they are."""

from typing import Any

from django.forms import BoundField, Widget
from django.forms.renderers import DjangoTemplates


class WholeField(BoundField):
    """A field of which the browser isn't told how long a text may be: it would cut what is pasted, without a word."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        """As Django has them, without a greatest length."""
        return {**super().build_widget_attrs(attrs, widget), "maxlength": False}


class Renderer(DjangoTemplates):
    """Draws each field whole."""

    bound_field_class = WholeField
