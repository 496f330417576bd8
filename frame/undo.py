"""Taking something back, from the message that tells of it.

What is taken back goes through the door by which it would be done in the first place, with what it was done with: so it
is judged, allowed and noted as ever, and nothing waits anywhere to be restored. It is offered only where that makes
everything as it was; what more than that hangs on asks before it goes.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

_MARK = "undo:"


class Undo(NamedTuple):
    """The form that takes something back: where it is sent, and with what."""

    url: str
    fields: dict[str, str]


def say_with_undo(request: HttpRequest, sentence: str, *, url: str, fields: Mapping[str, Any] | None = None) -> None:
    """Tell that something was done, and offer to take it back by sending these fields there.

    As in a form, a field that is False or None isn't sent, and one that is True is ticked.
    """
    sent = {name: "on" if value is True else str(value) for name, value in (fields or {}).items() if value}
    messages.success(request, sentence, extra_tags=_MARK + json.dumps([url, sent]))


def undo_in(message: Message) -> Undo | None:
    """What the message offers; None if it only tells."""
    tags = message.extra_tags or ""
    return Undo(*json.loads(tags.removeprefix(_MARK))) if tags.startswith(_MARK) else None
