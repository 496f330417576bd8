"""Links to a draft: whoever has one sees what it would look like, until its time is over or it is taken back.

A link shows the draft as it is when it is opened, and nothing else. Its token is kept as a digest alone.
"""

import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import Actor
from branding.brands.lookup import address_of_tenant
from branding.models import DEFAULT, Branding, DraftLink, DraftLinkQuerySet, Theme
from branding.services import record_about
from branding.versions.services import lock
from common.crypto.digests import digest_of
from common.problems import Code, Problem, Refused

DAYS = (1, 7, 30)
TOKEN_BYTES = 32
MOST_LINKS = 20
"""That work, to one draft."""
# Of one reader who looks at page after page, not each is noted.
OPENED_ANEW = timedelta(minutes=1)


class LinkOver(Exception):
    """There is no such link: its time is over, it was taken back, or its theme is gone."""


def make_link(*, theme: Theme | None, days: int, note: str = "", actor: Actor) -> str:
    """The path of a link that shows the draft of a brand for so many days; the `note` says what it is for.

    Raises `Refused` where there are too many.
    """
    link = DraftLink(theme=theme, note=note, **actor.columns)
    with transaction.atomic():
        lock(theme)
        token = keep_link(link, days=days, beside=DraftLink.objects.of_brand(theme))
        _record(link, actor, "branding.link_made", "theme.link_made")
    return address_of_tenant("draft", token)


def keep_link(link: DraftLink, *, days: int, beside: DraftLinkQuerySet) -> str:
    """Write a link to the draft of something that is locked, which has those `beside` it. Returns its token.

    Raises `Refused` where there are too many.
    """
    if beside.alive().count() >= MOST_LINKS:
        sentence = _("There are already %(most)d links to this draft. Withdraw one first.")
        raise Refused([Problem(Code.TOO_MANY, "", sentence % {"most": MOST_LINKS})])
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link.digest, link.note, link.until = digest_of(token), link.note.strip(), timezone.now() + timedelta(days=days)
    link.save(force_insert=True)
    return token


def opened_link(token: str) -> DraftLink:
    """The link to the draft of a brand with this token. Raises `LinkOver`."""
    return _opened(token, DraftLink.objects.filter(user_flow=None).select_related("theme"))


def opened_layout_link(token: str) -> DraftLink:
    """The link to the draft of a page layout with this token. Raises `LinkOver`."""
    return _opened(token, DraftLink.objects.exclude(user_flow=None))


def _opened(token: str, among: DraftLinkQuerySet) -> DraftLink:
    link: DraftLink | None = among.alive().filter(digest=digest_of(token)).first()
    if link is None:
        raise LinkOver
    return link


def note_opening(link: DraftLink) -> None:
    """Keep that somebody looks at the draft by it now."""
    now = timezone.now()
    anew = Q(opened_at=None) | Q(opened_at__lt=now - OPENED_ANEW)
    DraftLink.objects.filter(anew, pk=link.pk).update(opened_at=now)


def take_link_back(link: DraftLink, *, actor: Actor) -> None:
    """Revoke the link: it opens nothing any more."""
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
