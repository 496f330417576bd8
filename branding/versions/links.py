"""Links to a draft: whoever has one sees what it would look like, for some days, and nothing else.

The link is sealed for this tenant and kept nowhere. It shows the draft as it is when it is opened.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from audit.services import Actor
from branding.lookup import address_of_tenant
from branding.models import DEFAULT, Branding, Theme
from branding.services import record_about
from common.crypto.encryption import CannotUnseal, seal, unseal
from tenants.postgresql import current_schema

DAYS = (1, 7, 30)
PADDING = "="


@dataclass(frozen=True)
class DraftLink:
    """Which draft it shows (None is the tenant's own), and until when."""

    theme: Theme | None
    until: datetime


class LinkOver(Exception):
    """It isn't one of this tenant's, its time is over, or its theme is gone."""


def make_link(*, theme: Theme | None, days: int, actor: Actor) -> str:
    """The path of a link that shows the draft for so many days."""
    until = timezone.now() + timedelta(days=days)
    said = {"theme": str(theme.pk) if theme else "", "until": until.isoformat()}
    row = Branding.objects.of_brand(theme).get(locale=DEFAULT)
    record_about(
        theme,
        "branding.link_made",
        "theme.link_made",
        target=row,
        actor=actor,
        until=until.isoformat(timespec="seconds"),
    )
    return address_of_tenant("draft", seal(json.dumps(said).encode(), context=_context()).rstrip(PADDING))


def read_link(token: str) -> DraftLink:
    """What the link says. Raises `LinkOver`."""
    try:
        said = json.loads(unseal(_padded(token), context=_context()))
    except CannotUnseal as error:
        raise LinkOver from error
    until = datetime.fromisoformat(said["until"])
    theme = Theme.objects.filter(pk=said["theme"]).first() if said["theme"] else None
    if until <= timezone.now() or bool(said["theme"]) != bool(theme):
        raise LinkOver
    return DraftLink(theme, until)


def _padded(token: str) -> str:
    """With what base64 ends with, and links that are pasted into a mail had better not."""
    return token + PADDING * (-len(token.partition(".")[2]) % 4)


def _context() -> str:
    return f"branding draft {current_schema()}"
