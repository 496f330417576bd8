"""Links to a draft: whoever has one sees what it would look like, until its time is over or it is taken back.

A link shows the draft as it is when it is opened, and nothing else. Its token is kept as a digest alone.
"""

import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.services import Actor
from branding.lookup import address_of_tenant
from branding.models import DEFAULT, Branding, DraftLink, Theme
from branding.services import record_about
from common.crypto.digests import digest_of

DAYS = (1, 7, 30)
TOKEN_BYTES = 32
# Of one reader who looks at page after page, not each is noted.
OPENED_ANEW = timedelta(minutes=1)


class LinkOver(Exception):
    """There is no such link: its time is over, it was taken back, or its theme is gone."""


def make_link(*, theme: Theme | None, days: int, note: str = "", actor: Actor) -> str:
    """The path of a link that shows the draft for so many days; the `note` says what it is for."""
    token, until = secrets.token_urlsafe(TOKEN_BYTES), timezone.now() + timedelta(days=days)
    link = DraftLink(theme=theme, digest=digest_of(token), note=note.strip(), until=until, **actor.columns)
    with transaction.atomic():
        link.save(force_insert=True)
        _record(link, actor, "branding.link_made", "theme.link_made")
    return address_of_tenant("draft", token)


def opened_link(token: str) -> DraftLink:
    """The link with this token. Raises `LinkOver`."""
    link: DraftLink | None = DraftLink.objects.alive().select_related("theme").filter(digest=digest_of(token)).first()
    if link is None:
        raise LinkOver
    return link


def note_opening(link: DraftLink) -> None:
    """Keep that somebody looks at the draft by it now."""
    now = timezone.now()
    anew = Q(opened_at=None) | Q(opened_at__lt=now - OPENED_ANEW)
    DraftLink.objects.filter(anew, pk=link.pk).update(opened_at=now)


def take_link_back(link: DraftLink, *, actor: Actor) -> None:
    """Let it open nothing any more."""
    with transaction.atomic():
        deleted, _ = DraftLink.objects.filter(pk=link.pk).delete()
        if deleted:
            _record(link, actor, "branding.link_taken_back", "theme.link_taken_back")


def forget_links_over() -> int:
    """Forget those whose time is over. Returns how many there were."""
    return DraftLink.objects.filter(until__lte=timezone.now()).delete()[0]


def _record(link: DraftLink, actor: Actor, of_tenant: str, of_theme: str) -> None:
    row = Branding.objects.of_brand(link.theme).get(locale=DEFAULT)
    until = link.until.isoformat(timespec="seconds")
    record_about(link.theme, of_tenant, of_theme, target=row, actor=actor, until=until)
