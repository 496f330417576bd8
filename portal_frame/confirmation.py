"""Asking again before something goes for good, and taking back what went by one press.

What is taken back goes through the door by which it would be done in the first place, with what it was done with: so it
is judged, allowed and noted as ever, and nothing waits anywhere to be restored. It is offered only where that makes
everything as it was; what more than that hangs on asks before it goes. Only deleted groups and
applications wait: their message offers what their list offers for 30 days.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from common.versions import version_of
from portal_frame.forms import PortalForm

_UNDO = "undo:"


def is_confirmed(request: HttpRequest, consequences: Sequence[str]) -> bool:
    """Whether the form takes nothing away, or was sent again by whoever has read what it does: just that, no more."""
    return not consequences or request.POST.get("confirmed") == version_of(consequences)


class TypedNameForm(PortalForm):
    """Asks for the name of what is about to go, so that nothing goes by a slip of the hand."""

    typed_name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=256,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name

    def clean_typed_name(self) -> str:
        """The name as it is kept: a page shows several blanks as one, so that is how it may be typed."""
        if self.cleaned_data["typed_name"].split() != self.name.split():
            raise ValidationError(gettext("The name doesn’t match. Type it exactly as shown."))
        return self.name


class Undo(NamedTuple):
    """The form that takes something back: where it is sent, and with what."""

    url: str
    fields: list[tuple[str, str]]


def say_with_undo(request: HttpRequest, sentence: str, *, url: str, fields: Mapping[str, Any] | None = None) -> None:
    """Tell that something was done, and offer to take it back by sending these fields there.

    As in a form, a field that is False or None isn't sent, one that is True is ticked, and of a list each is sent.
    """
    sent = [
        (name, "on" if each is True else str(each))
        for name, value in (fields or {}).items()
        for each in (value if isinstance(value, list) else [value])
        if each
    ]
    messages.success(request, sentence, extra_tags=_UNDO + json.dumps([url, sent]))


def undo_in(message: Message) -> Undo | None:
    """What the message offers; None if it only tells."""
    tags = message.extra_tags or ""
    if not tags.startswith(_UNDO):
        return None
    url, fields = json.loads(tags.removeprefix(_UNDO))
    # A message from before an upgrade has a field but once.
    return Undo(url, list(fields.items()) if isinstance(fields, dict) else fields)
