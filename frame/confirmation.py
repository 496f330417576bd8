"""Asking again before something goes that can't be brought back."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from common.versions import version_of
from frame.forms import PortalForm


def is_confirmed(request: HttpRequest, consequences: Sequence[str]) -> bool:
    """Whether the form takes nothing away, or was sent again by whoever has read what it does: just that, no more."""
    return not consequences or request.POST.get("confirmed") == version_of(consequences)


class TypedNameForm(PortalForm):
    """Asks for the name of what is about to go, so that nothing goes by a slip of the hand."""

    typed_name = forms.CharField(
        label="Name",
        max_length=256,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name

    def clean_typed_name(self) -> str:
        """The name as it is kept: a page shows several blanks as one, so that is how it may be typed."""
        if self.cleaned_data["typed_name"].split() != self.name.split():
            raise ValidationError("The name doesn’t match. Type it exactly as shown.")
        return self.name
