"""Having a draft published later, by the worker."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import Actor
from branding.brands.content import digests_in
from branding.models import BrandVersion, Theme
from branding.services import record_about
from branding.versions.jobs import publish_when_due
from branding.versions.services import lock, locked_draft, refuse_what_is_shown, take_back
from common.problems import Code, Problem, Refused


def schedule(*, due_at: datetime, theme: Theme | None = None, seen: str = "", actor: Actor) -> BrandVersion:
    """Schedule the draft, as it is now, for that time; what was scheduled before is taken back.

    Raises `Refused`: the time has passed, the draft isn't the one that was `seen`, or customers see just that already.
    """
    if due_at <= timezone.now():
        raise Refused([Problem(Code.OUT_OF_RANGE, "due_at", _("Choose a time in the future."))])
    with transaction.atomic():
        draft = locked_draft(theme, seen)
        refuse_what_is_shown(draft, theme)
        take_back(theme, actor)
        version = BrandVersion(theme=theme, content=draft, pictures=digests_in(draft), due_at=due_at, **actor.columns)
        version.save(force_insert=True)
        record_about(
            theme, "branding.scheduled", "theme.scheduled", target=version, actor=actor, due_at=due_at.isoformat()
        )
        publish_when_due.using(run_after=due_at).enqueue(str(version.pk))
    return version


def unschedule(*, theme: Theme | None = None, actor: Actor) -> None:
    """Publish nothing later. Where nothing was scheduled, nothing is done."""
    with transaction.atomic():
        lock(theme)
        take_back(theme, actor)
