"""Links to the draft of a page layout: whoever has one sees what it would look like, until its time is over."""

from django.db import transaction
from django.urls import reverse

from audit.services import Actor, record
from branding.models import DraftLink
from branding.versions.links import keep_link
from userflows.flows.publishing.services import locked
from userflows.models import UserFlow


def make_layout_link(flow: UserFlow, *, days: int, note: str = "", actor: Actor) -> str:
    """The path of a link that shows the draft for so many days; the `note` says what it is for.

    Raises `Refused` where there are too many.
    """
    link = DraftLink(user_flow=flow.pk, note=note, **actor.columns)
    with transaction.atomic():
        row = locked(flow)
        token = keep_link(link, days=days, beside=DraftLink.objects.of_flow(flow.pk))
        about = {"until": link.until.isoformat(timespec="seconds")}
        record("user_flow.link_made", actor=actor, target=row, details=about)
    return reverse("customer:layout-draft", args=[token])


def take_layout_link_back(flow: UserFlow, link: DraftLink, *, actor: Actor) -> None:
    """Revoke the link: it opens nothing any more."""
    with transaction.atomic():
        deleted, _ = DraftLink.objects.of_flow(flow.pk).filter(pk=link.pk).delete()
        if deleted:
            about = {"until": link.until.isoformat(timespec="seconds")}
            record("user_flow.link_taken_back", actor=actor, target=flow, details=about)
