"""The draft of a page layout, as all pages about the layout show and save it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from common.text.time_zones import zone_named
from portal_frame.pages import PortalRequest
from portal_frame.templatetags.portal import day_and_time
from tenants.models import Tenant
from userflows.flows.layouts.content import changes_between, read, seen_as, written
from userflows.flows.layouts.versions import Layout, draft_of, drafted, layout_in_force, newest, scheduled
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.publishing.services import publish_layout, save_draft
from userflows.flows.services import layout_obstacles
from userflows.models import UserFlow
from userflows.rows.layouts import LayoutVersion

AS_DRAFT = "as_draft"
"""The name of the button that saves without letting customers see it."""


def keep_layout(
    request: PortalRequest, flow: UserFlow, layout: Sequence[AttributeLayout], *, seen: str, told: str
) -> None:
    """Make it the draft, or let customers see it at once, which is `told`. Raises `Refused`, also if the draft isn't
    the one that was `seen` (`seen_as`): all of it is published, whichever part of it was edited.
    """
    if AS_DRAFT in request.POST:
        save_draft(flow, layout=layout, seen=seen, actor=request.actor)
        messages.success(request, _("The draft is saved. Customers see it once you publish it."))
    else:
        publish_layout(flow, layout=layout, seen=seen, actor=request.actor)
        messages.success(request, told)


def layout_url(tenant: Tenant, flow: UserFlow, page: str = "", *named: object) -> str:
    """The address of a page about the page layout, such as `history`; without one, that which edits it."""
    route = f"portal:userflow-layout-{page}" if page else "portal:userflow-layout"
    return reverse(route, args=[tenant.slug, flow.pk, *named])


def draft_frame(tenant: Tenant, flow: UserFlow) -> dict[str, Any]:
    """What each page about the layout says on top: how the draft stands beside what customers see."""
    draft, row = draft_of(flow), drafted(flow)
    changes = changes_between(layout_in_force(flow), draft) if row else []
    return {
        "seen_draft": seen_as(draft),
        "shown": newest(flow) or _as_made(flow),
        "is_unpublished": bool(changes),
        "change_count": len(changes),
        "last_change": {"changed_by": row.actor_name, "updated_at": row.changed_at} if row else None,
        "waiting": _waiting(tenant, flow, draft),
        "history_url": layout_url(tenant, flow, "history"),
        **{f"{page}_url": layout_url(tenant, flow, page.replace("_", "-")) for page in _ACTIONS},
        **{f"{page}_route": f"userflow-layout-{page.replace('_', '-')}" for page in _ACTIONS},
    }


_ACTIONS = ("publish", "discard", "share", "take_back")


def _as_made(flow: UserFlow) -> LayoutVersion:
    """Of a flow that an earlier release has made, until its layout is changed."""
    return LayoutVersion(user_flow=flow, number=1, published_at=flow.created_at, actor_name="CIAM Portal")


def _waiting(tenant: Tenant, flow: UserFlow, draft: Layout) -> dict[str, Any] | None:
    """What is scheduled: when, by whom, whether the draft has changed since, and once overdue what is in the way."""
    version = scheduled(flow)
    if version is None or version.due_at is None:
        return None
    zone = zone_named(tenant.time_zone)
    at = day_and_time(version.due_at.astimezone(zone))
    return {
        "version": version,
        "at": at,
        "zone": zone.key,
        "is_other": version.content != written(draft),
        "obstacles": layout_obstacles(flow, read(version.content)) if version.is_overdue else (),
    }
