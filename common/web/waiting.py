"""How long a request waits to be looked at, and what is told to whoever would have to wait for longer.

It was not looked at, counts for nothing, and may be sent again as it is. A page of ours does so by itself: with each
form its script sends a name for the press, and an answer without content leaves the browser where it is, with all that
was typed. A cookie that begins with that name then says in how many seconds to try again. See
docs/decisions/0021-who-waits-stays-on-the-page.md.
"""

import re
import secrets
import time
from collections.abc import Mapping
from typing import Any

PATIENCE = 20.0
"""Seconds from a request's arrival until it is looked at: as long as a person waits who sees that something is done."""
ARRIVED = "ciam.arrived"
RETRY_AFTER = 5
COOKIE = "busy"
COOKIE_SECONDS = 30
PRESS = "this-press"  # The hyphen keeps it apart from any attribute in the form.
_NAME = re.compile("[a-z0-9]{1,32}")


def patience_left(environ: Mapping[str, Any]) -> float:
    """How many seconds the request may still wait. One of which nobody noted the arrival has just come."""
    arrived: float = environ.get(ARRIVED, time.monotonic())
    return PATIENCE - (time.monotonic() - arrived)


def press_of(said: str) -> str:
    """The name of the press that a form came of, if the page it stands on waits for an answer; "" otherwise."""
    return said if _NAME.fullmatch(said) else ""


def press_in(body: bytes) -> str:
    """The same of a form that nobody has read yet, where it is the last that is said."""
    name, _, said = body.rpartition(b"&")[2][:64].decode("latin-1").partition("=")
    return press_of(said) if name == PRESS else ""


def seconds_to_wait() -> int:
    """In how many seconds to try again: not all of a crowd at once."""
    return RETRY_AFTER + secrets.randbelow(RETRY_AFTER)


def cookie_for(press: str) -> str:
    """What the cookie says to the page that waits."""
    return f"{press}.{seconds_to_wait()}"
