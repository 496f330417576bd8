"""Widgets whose choices explain themselves."""

from collections.abc import Mapping
from typing import Any

from django import forms


class _Described:
    """A group of marks of which each carries a sentence; `components/cards.html` draws it."""

    def __init__(self, *args: Any, descriptions: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.descriptions = descriptions or {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]
        option["attrs"]["class"] = "form-check-input"
        option["description"] = self.descriptions.get(str(value), "")
        return option


class RadioCards(_Described, forms.RadioSelect):
    """One of several, each explained."""


class CheckCards(_Described, forms.CheckboxSelectMultiple):
    """Any of several, each explained."""
