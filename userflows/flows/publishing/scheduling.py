"""Having the draft of a page layout published later, by the worker."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import Actor, record
from common.problems import Code, Problem, Refused
from userflows.flows.layouts.content import written
from userflows.flows.layouts.versions import take_back
from userflows.flows.publishing.jobs import publish_when_due
from userflows.flows.publishing.services import draft_to_publish, locked
from userflows.models import UserFlow
from userflows.rows.layouts import LayoutVersion


def schedule(flow: UserFlow, *, due_at: datetime, seen: str = "", actor: Actor) -> LayoutVersion:
    """Schedule the draft, as it is now, for that time; what was scheduled before is taken back. Raises `Refused`."""
    if due_at <= timezone.now():
        raise Refused([Problem(Code.OUT_OF_RANGE, "due_at", _("Choose a time in the future."))])
    with transaction.atomic():
        row = locked(flow, seen)
        layout = draft_to_publish(row)
        take_back(row, actor=actor)
        waiting = LayoutVersion.objects.create(user_flow=row, content=written(layout), due_at=due_at, **actor.columns)
        about = {"due_at": due_at.isoformat()}
        record("user_flow.layout_scheduled", actor=actor, target=row, details=about)
        publish_when_due.using(run_after=due_at).enqueue(str(waiting.pk))
    return waiting


def unschedule(flow: UserFlow, *, actor: Actor) -> None:
    """Publish nothing later. Where nothing was scheduled, nothing is done."""
    with transaction.atomic():
        take_back(locked(flow), actor=actor)
