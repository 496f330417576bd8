"""Which page layouts of a flow are kept: what is drafted, what waits for its time, and what was published."""

from collections.abc import Sequence

from audit.services import Actor, record
from branding.models import DraftLink
from userflows.flows.layouts.content import changes_between, read, written
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.rows import layout_of
from userflows.models import UserFlow
from userflows.rows.layouts import LayoutVersion

Layout = Sequence[AttributeLayout]


def layout_in_force(flow: UserFlow) -> tuple[AttributeLayout, ...]:
    """What customers see."""
    return tuple(layout_of(row) for row in flow.attributes.all())


def draft_of(flow: UserFlow) -> tuple[AttributeLayout, ...]:
    """What would be published now: the draft, or what customers see if there is none."""
    draft = drafted(flow)
    return read(draft.content) if draft else layout_in_force(flow)


def drafted(flow: UserFlow) -> LayoutVersion | None:
    """The draft, if there is one."""
    found: LayoutVersion | None = flow.layouts.drafts().first()
    return found


def scheduled(flow: UserFlow) -> LayoutVersion | None:
    """What waits to be published."""
    found: LayoutVersion | None = flow.layouts.scheduled().first()
    return found


def newest(flow: UserFlow) -> LayoutVersion | None:
    """The version that customers see; None if an earlier release has made the flow."""
    found: LayoutVersion | None = flow.layouts.published().first()
    return found


def keep_published(flow: UserFlow, before: Layout | None, after: Layout, *, actor: Actor) -> None:
    """Keep what customers see from now on as a version, in the transaction that lets them see it.

    A draft that says the same is none any more. `before` is None for a flow that is made just now.
    """
    if before is None:
        _keep(flow, None, (), after, actor)
        return
    shown = newest(flow) or _keep(flow, None, before, before, Actor.system())
    kept = _keep(flow, shown, before, after, actor)
    flow.layouts.drafts().filter(content=kept.content).delete()


def take_back(flow: UserFlow, *, actor: Actor) -> None:
    """Cancel what is scheduled: it was made of something older, and would undo what is done now. Where
    nothing is, nothing is done.
    """
    waiting = scheduled(flow)
    if waiting and waiting.due_at:
        about = {"due_at": waiting.due_at.isoformat()}
        record("user_flow.layout_unscheduled", actor=actor, target=flow, details=about)
        waiting.delete()


def forget_links_of(flow: UserFlow) -> None:
    """Delete the links that show a flow which is deleted."""
    DraftLink.objects.of_flow(flow.pk).delete()


def forget_attribute(name: str) -> bool:
    """Ask for it in no draft and nothing that is scheduled: there is no such attribute any more.

    Returns whether any asked for it.
    """
    drafts = LayoutVersion.objects.filter(number=None, content__contains=[{"attribute": name}])
    for kept in drafts:
        kept.content = [row for row in kept.content if row["attribute"] != name]
        kept.save(update_fields=["content"])
    return bool(drafts)


def _keep(flow: UserFlow, shown: LayoutVersion | None, before: Layout, after: Layout, actor: Actor) -> LayoutVersion:
    kept = LayoutVersion(
        user_flow=flow, content=written(after), changes=changes_between(before, after), **actor.columns
    )
    kept.follow(shown)
    kept.save(force_insert=True)
    return kept
