"""Widgets whose choices explain themselves."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

# Of a group of choices the words are choices.
Choice = tuple[str, "str | tuple[tuple[str, str], ...]"]


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
        options = _options(tuple(_plain(code, words) for code, words in self.choices))
        chosen = f'<option value="{escape(value or "")}"'
        attributes = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        drawn = options.replace(f"{chosen}>", f"{chosen} selected>")
        return format_html("<select{}>{}</select>", attributes, SafeString(drawn))


def _plain(code: Any, words: Any) -> Choice:
    """A choice, or a group of them, as texts that a cache can tell apart."""
    if isinstance(words, list):
        return str(code), tuple((str(each), str(said)) for each, said in words)
    return str(code), str(words)


@lru_cache(maxsize=256)
def _options(choices: tuple[Choice, ...]) -> str:
    """All options, of which none is chosen; most are those of the page before."""
    return "".join(
        f'<option value="{escape(code)}">{escape(words)}</option>'
        if isinstance(words, str)
        else f'<optgroup label="{escape(code)}">{_options(words)}</optgroup>'
        for code, words in choices
    )


class CheckCards(_Described, forms.CheckboxSelectMultiple):
    """Any of several, each explained."""
