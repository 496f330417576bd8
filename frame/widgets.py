"""Widgets whose choices explain themselves."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class _Described:
    """A group of marks of which each carries a sentence; `components/cards.html` draws it."""

    def __init__(self, *args: Any, descriptions: Mapping[str, str | Promise] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.descriptions = descriptions or {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]
        option["attrs"]["class"] = "form-check-input"
        option["description"] = self.descriptions.get(str(value), "")
        return option


class RadioCards(_Described, forms.RadioSelect):
    """One of several, each explained."""


class LongSelect(forms.Select):
    """A choice among many. Django renders a template for each option, which takes longer than all else of a page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = str(value or "")
        groups = (
            format_html('<optgroup label="{}">{}</optgroup>', code, _options(words, chosen))
            if isinstance(words, list)
            else _options([(code, words)], chosen)
            for code, words in self.choices
        )
        options = format_html_join("", "{}", ([group] for group in groups))
        attributes = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return format_html("<select{}>{}</select>", attributes, options)


def _options(choices: Iterable[tuple[Any, Any]], chosen: str) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((code, SafeString(" selected") if str(code) == chosen else "", words) for code, words in choices),
    )


class CheckCards(_Described, forms.CheckboxSelectMultiple):
    """Any of several, each explained."""
