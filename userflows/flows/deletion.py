"""Delete user flows, and restore them for 30 days."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.services import Actor, record
from branding.words.services import forget_words_of, sentences_of_flow
from common.problems import Code, Problem, Refused
from common.restorable.rows import bring_back, kept_rows, restoring
from hooks.services import serve_again, serve_no_more
from tenants.postgresql import announce_change
from userflows.flows.collectable import collectable_attributes
from userflows.flows.layouts.versions import forget_links_of, keep_published, layout_in_force
from userflows.flows.page_layout import DATE
from userflows.flows.services import MAX_WITH_COPY, locked_row, too_many
from userflows.methods import methods_on_offer
from userflows.models import FlowAttribute, UserFlow
from userflows.rows.deletion import DeletedUserFlow
from userflows.rows.layouts import LayoutVersion
from userflows.state import PROVIDER, step_of

MOST_KEPT = 100
"""So many deleted ones are kept: making and deleting in turn would fill the database."""


class RestoredFlow(NamedTuple):
    """A user flow that is there again, and the fields of its description that aren't as they were.

    They are `methods` and `attributes` if identity providers or attributes are gone, or another one has an attribute's
    name by now, and `minimum_age` if it went by one of those: it has none then.
    """

    flow: UserFlow
    changed: tuple[str, ...]


def delete_user_flow(flow: UserFlow, *, actor: Actor) -> DeletedUserFlow:
    """Remove the flow with its draft, what is scheduled, and the journeys in it; all else can be restored for 30 days.

    Of those that were deleted before, the oldest are forgotten if they are too many. Raises `Refused` while
    applications use it, if it is the default one, or if somebody else was faster.
    """
    with transaction.atomic():
        row = locked_row(flow, to_delete=True)
        _refuse_in_use(row)
        kept = kept_rows(*_rows_of(row))
        record("user_flow.deleted", actor=actor, target=row)
        deleted = DeletedUserFlow(pk=row.pk, name=row.name, rows=kept, hooks=serve_no_more(str(row.pk), actor=actor))
        deleted.save(force_insert=True)
        _make_room(deleted, actor=actor)
        forget_words_of(row.pk)
        forget_links_of(row)
        row.delete()
        announce_change()
        return DeletedUserFlow.objects.as_told().get(pk=deleted.pk)


def restore_user_flow(deleted: DeletedUserFlow, *, actor: Actor) -> RestoredFlow:
    """Restore a deleted flow: its methods and rules, its page layout with all versions, its words, and its hooks.

    Identity providers and attributes that are gone are left out; nothing else is judged anew. No application uses it.
    Raises `Refused` if its 30 days are over, somebody else was faster, another flow has its name by now, the tenant has
    as many as it may have, or nothing that it offers is there.
    """
    with restoring():
        held = _restorable(deleted)
        _refuse_without_room(held.name)
        changed = list(_fit(held.own_row))
        bring_back(held.rows)
        flow = UserFlow.objects.get(pk=held.pk)
        if _leave_out_attributes(flow, actor=actor):
            changed.append("attributes")
        serve_again(str(flow.pk), hooks=held.hooks, actor=actor)
        held.delete()
        record("user_flow.restored", actor=actor, target=flow, details={"fields": changed} if changed else None)
        announce_change()
    return RestoredFlow(flow, tuple(changed))


def purge_user_flow(deleted: DeletedUserFlow, *, actor: Actor) -> None:
    """Forget a deleted flow before its time is over. Raises `Refused` if somebody else was faster."""
    with transaction.atomic():
        _purge(_restorable(deleted), actor=actor)


def forget_deleted_user_flows() -> None:
    """Forget the flows whose time to be restored is over."""
    DeletedUserFlow.objects.over().delete()


def _refuse_in_use(row: UserFlow) -> None:
    if row.is_default:
        sentence = _("This is the default user flow, which new applications use. Make another one the default first.")
        raise Refused([Problem(Code.NOT_ALLOWED, "", sentence)])
    # The relation is declared one floor above.
    applications = row.applications.count()
    if applications:
        sentence = _("Applications that use this user flow: %(number)d. Give each another user flow first.")
        raise Refused([Problem(Code.NOT_ALLOWED, "", sentence % {"number": applications})])


def _rows_of(row: UserFlow) -> Iterator[QuerySet[Any]]:
    """What comes back with the flow, itself first."""
    yield UserFlow.objects.filter(pk=row.pk)
    yield FlowAttribute.objects.filter(user_flow=row)
    yield LayoutVersion.objects.published().filter(user_flow=row)
    yield sentences_of_flow(row.pk)


def _make_room(deleted: DeletedUserFlow, *, actor: Actor) -> None:
    for held in DeletedUserFlow.objects.exclude(pk=deleted.pk).beyond(MOST_KEPT - 1):
        _purge(held, actor=actor)


def _purge(held: DeletedUserFlow, *, actor: Actor) -> None:
    target = UserFlow(pk=held.pk, name=held.name)
    held.delete()
    record("user_flow.purged", actor=actor, target=target)


def _restorable(deleted: DeletedUserFlow) -> DeletedUserFlow:
    """What is kept of it, which nobody else restores or forgets meanwhile."""
    held: DeletedUserFlow | None = DeletedUserFlow.objects.hold(deleted.pk)
    if held is None:
        raise Refused([Problem(Code.NOT_ALLOWED, "", _("This user flow can no longer be restored."))])
    return held


def _refuse_without_room(name: str) -> None:
    # Of several who restore at once each waits here, and sees then what the one before has restored.
    list(UserFlow.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    there = list(UserFlow.objects.values_list("name", flat=True))
    if len(there) >= MAX_WITH_COPY:
        raise Refused([too_many(MAX_WITH_COPY)])
    if name in there:
        sentence = _("Another user flow is called %(name)s by now. Rename that first, then restore this one.")
        raise Refused([Problem(Code.TAKEN, "name", sentence % {"name": name})])


def _fit(own: dict[str, Any]) -> Iterator[str]:
    """Take what is gone out of what was in its row, and name the fields that are changed by this."""
    there = methods_on_offer()
    methods = [each for each in own["methods"] if step_of(each) != PROVIDER or each in there]
    if not methods:
        sentence = _("Customers signed in here by identity providers alone, and all of those are gone.")
        raise Refused([Problem(Code.NOT_ALLOWED, "methods", sentence)])
    if methods != own["methods"]:
        own["methods"] = methods
        yield "methods"
    rules = own["sign_up_rules"]
    if rules.get("minimum_age") and not _tells_day(rules["birth_attribute"]):
        rules["minimum_age"] = 0
        yield "minimum_age"


def _tells_day(name: str) -> bool:
    """Whether there is such an attribute, and its values are days: another one may have the name by now."""
    attribute = collectable_attributes().get(name)
    return attribute is not None and DATE in attribute.input_types


def _leave_out_attributes(flow: UserFlow, *, actor: Actor) -> bool:
    """Ask for no attribute that is gone, or another one by now. Returns whether the flow did."""
    known = collectable_attributes()
    asked = layout_in_force(flow)
    gone = [
        row.attribute
        for row in asked
        if row.attribute not in known or row.input_type not in known[row.attribute].input_types
    ]
    if gone:
        FlowAttribute.objects.filter(user_flow=flow, attribute__in=gone).delete()
        keep_published(flow, asked, layout_in_force(flow), actor=actor)
    return bool(gone)
