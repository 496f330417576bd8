"""Drafting the page layout of a flow, publishing it, now or later; and what can be done with what was published.

Whoever changes, publishes, restores or discards names the draft they have `seen`, as `content.seen_as` calls it: if
somebody has changed it since, nothing is done. Every function raises `Refused` then.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import Actor, record
from common.problems import CHANGED_MEANWHILE, Code, Problem, Refused
from userflows.flows.layouts.content import changes_between, read, seen_as, written
from userflows.flows.layouts.versions import Layout, draft_of, drafted, layout_in_force, newest
from userflows.flows.services import judged_layout, locked_row, set_page_layout, with_words
from userflows.models import UserFlow
from userflows.rows.layouts import LayoutVersion


def save_draft(flow: UserFlow, *, layout: Layout, seen: str = "", actor: Actor) -> None:
    """Save this as the draft, as far as it can be judged by itself. A row that doesn't bring translations keeps those
    there are. What says the same as customers see is no draft. Raises `Refused`.
    """
    with transaction.atomic():
        row = locked(flow, seen)
        before = draft_of(row)
        after = judged_layout(with_words(layout, before))
        changes = changes_between(before, after)
        if not changes:
            return
        row.layouts.drafts().delete()
        if changes_between(layout_in_force(row), after):
            LayoutVersion.objects.create(user_flow=row, content=written(after), **actor.columns)
        record("user_flow.layout_drafted", actor=actor, target=row, details={"changes": changes})


def publish_layout(flow: UserFlow, *, layout: Layout, seen: str = "", actor: Actor) -> None:
    """Publish this layout without a draft of it before. Raises `Refused`."""
    with transaction.atomic():
        row = locked(flow, seen)
        _publish(row, with_words(layout, draft_of(row)), actor)


def publish(flow: UserFlow, *, seen: str = "", actor: Actor) -> LayoutVersion:
    """Publish the draft: customers see it from now on. Raises `Refused`."""
    with transaction.atomic():
        row = locked(flow, seen)
        return _publish(row, draft_to_publish(row), actor)


def publish_due(version_id: str) -> None:
    """Publish what was scheduled and is due, in the name of whoever scheduled it; what was taken back isn't there.

    If the flow has changed since so that it can't be, such as by a minimum age, that is noted, and it goes on waiting.
    """
    flow = UserFlow.objects.filter(layouts__pk=version_id).first()
    if flow is None:
        return
    with transaction.atomic():
        try:
            row = locked(flow)
        except Refused:
            # Deleted meanwhile, and what was scheduled with it.
            return
        waiting = row.layouts.scheduled().filter(pk=version_id, due_at__lte=timezone.now()).first()
        if waiting is None:
            return
        actor = Actor(waiting.actor_kind, waiting.actor_id, waiting.actor_name)
        try:
            with transaction.atomic():
                waiting.delete()
                set_page_layout(row, layout=read(waiting.content), actor=actor)
        except Refused as refusal:
            about = {"problems": refusal.messages}
            record("user_flow.layout_not_published", actor=Actor.system(), target=row, details=about)


def restore(version: LayoutVersion, *, seen: str = "", actor: Actor) -> LayoutVersion:
    """Publish an earlier version again, as a new one. The draft goes. Raises `Refused`."""
    with transaction.atomic():
        row = locked(version.user_flow, seen)
        layout = read(version.content)
        if not changes_between(layout_in_force(row), layout):
            raise Refused([_shown_already()])
        restored = _publish(row, layout, actor)
        restored.restores = version.number
        restored.save(update_fields=["restores"])
        about = {"version": restored.number, "restores": version.number}
        record("user_flow.layout_restored", actor=actor, target=row, details=about)
    return restored


def discard(flow: UserFlow, *, seen: str = "", actor: Actor) -> None:
    """Make the draft what customers see again. Raises `Refused`."""
    with transaction.atomic():
        row = locked(flow, seen)
        if drafted(row):
            row.layouts.drafts().delete()
            record("user_flow.layout_discarded", actor=actor, target=row)


def locked(flow: UserFlow, seen: str = "") -> UserFlow:
    """The row of the flow, locked as whoever changes one locks it. Raises `Refused`."""
    row = locked_row(flow)
    if seen and seen != seen_as(draft_of(row)):
        raise Refused([CHANGED_MEANWHILE])
    return row


def draft_to_publish(flow: UserFlow) -> Layout:
    """The draft. Raises `Refused` if there is none."""
    draft = drafted(flow)
    if draft is None:
        raise Refused([_shown_already()])
    return read(draft.content)


def _publish(flow: UserFlow, layout: Layout, actor: Actor) -> LayoutVersion:
    set_page_layout(flow, layout=layout, actor=actor)
    flow.layouts.drafts().delete()
    shown = newest(flow)
    assert shown is not None  # noqa: S101 - tells the type checker
    return shown


def _shown_already() -> Problem:
    return Problem(Code.NOT_ALLOWED, "", _("Customers see just this already."))
