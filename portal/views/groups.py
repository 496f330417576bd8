"""Groups of customers, to which applications give roles."""

from uuid import UUID

from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, IntegerField, OuterRef
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.finding.in_order import COUNTED_UP_TO, NEWEST, newest_found, seek
from accounts.finding.lookup import CustomerFilter
from accounts.identity.services.groups import add_to_group, create_group, remove_from_group, update_group
from accounts.models import Account, CustomerEntry, DeletedGroup, Group, GroupMember
from applications.lookup.listing import with_application
from applications.models import RoleAssignment
from bulk.actions.services import add_named_to_group
from common.database.strides import by_indexes
from common.problems import Refused
from operations.groups import delete_group, restore_group
from portal.forms.groups import AddressesForm, GroupForm, MemberForm
from portal_frame.access import Need
from portal_frame.confirmation import TypedNameForm, say_with_undo
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.lists import MAX_SEARCH, ListPage, list_page, searched_for, stretch_page
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant

MOST_CANDIDATES, MOST_DELETED = 8, 100


@tenant_page(needs=Need.CUSTOMERS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def groups(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """All groups, and the form for another."""
    form = GroupForm(sent(request))
    if form.is_valid():
        with ProblemsShownAt(form):
            group = create_group(**form.cleaned_data, actor=request.actor)
            messages.success(request, _("The group %(name)s was created. Add customers to it.") % {"name": group.name})
            return redirect("portal:group", tenant.slug, group.pk)
    page = list_page(request, Group.objects.annotate(size=_size(OuterRef("pk"))), by="name")
    shown = {"form": form, "page": page, "counted_up_to": COUNTED_UP_TO}
    deleted = list(DeletedGroup.objects.restorable()[: MOST_DELETED + 1])
    of_the_deleted = {"deleted": deleted[:MOST_DELETED], "most_deleted": MOST_DELETED}
    has_more = len(deleted) > MOST_DELETED
    return render(request, "portal/groups/list.html", {**shown, **of_the_deleted, "has_more_deleted": has_more})


@tenant_page(needs=Need.CUSTOMERS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: PortalRequest, tenant: Tenant, group_id: UUID) -> HttpResponse:
    """One group: its name, and who is in it."""
    found = get_object_or_404(Group, pk=group_id)
    form = GroupForm(sent(request), kept=_kept(found))
    if form.is_valid():
        with ProblemsShownAt(form):
            update_group(found, **form.cleaned_data, actor=request.actor)
            messages.success(request, _("The group was saved."))
            return redirect("portal:group", tenant.slug, found.pk)
    return _page(request, found, form, MemberForm())


@tenant_page(needs=Need.CUSTOMERS_CHANGE)
@require_POST
def add_member(request: PortalRequest, tenant: Tenant, group_id: UUID) -> HttpResponse:
    """Put a customer in, found by email address."""
    found = get_object_or_404(Group, pk=group_id)
    form = MemberForm(request.POST)
    if form.is_valid():
        account = Account.objects.with_email(form.cleaned_data["email"]).first()
        if account is not None:
            try:
                add_to_group(found, account=account, actor=request.actor)
            except Refused as refusal:
                messages.warning(request, " ".join(refusal.messages))
                return redirect("portal:groups", tenant.slug)
            messages.success(request, _("%(email)s was added to the group.") % {"email": account.email})
            return redirect("portal:group", tenant.slug, found.pk)
        form.add_error("email", _("No customer has this address."))
    return _page(request, found, GroupForm(kept=_kept(found)), form)


@tenant_page(needs=Need.CUSTOMERS_CHANGE)
@require_POST
def add_many(request: PortalRequest, tenant: Tenant, group_id: UUID) -> HttpResponse:
    """Put everybody in whose address was pasted; the page of the action tells what became of each."""
    found = get_object_or_404(Group, pk=group_id)
    form = AddressesForm(request.POST)
    if form.is_valid():
        with ProblemsShownAt(form):
            operation = add_named_to_group(found, named=form.cleaned_data["addresses"].split("\n"), actor=request.actor)
            return redirect("portal:operation", tenant.slug, operation.pk)
    return _page(request, found, GroupForm(kept=_kept(found)), MemberForm(), form)


@tenant_page(needs=Need.CUSTOMERS_CHANGE)
@require_POST
def remove_member(request: PortalRequest, tenant: Tenant, group_id: UUID, account_id: UUID) -> HttpResponse:
    found = get_object_or_404(Group, pk=group_id)
    member = get_object_or_404(GroupMember.objects.select_related("account"), group=found, account_id=account_id)
    remove_from_group(found, account=member.account, actor=request.actor)
    say_with_undo(
        request,
        _("%(email)s was removed from the group.") % {"email": member.account.email},
        url=reverse("portal:group-add-member", args=[tenant.slug, found.pk]),
        fields={"email": member.account.email},
    )
    return redirect("portal:group", tenant.slug, found.pk)


@tenant_page(needs=Need.CUSTOMERS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: PortalRequest, tenant: Tenant, group_id: UUID) -> HttpResponse:
    found = get_object_or_404(Group, pk=group_id)
    form = TypedNameForm(sent(request), name=found.name)
    if form.is_valid():
        try:
            deleted = delete_group(found, actor=request.actor)
        except Refused as refusal:
            messages.warning(request, " ".join(refusal.messages))
            return redirect("portal:groups", tenant.slug)
        say_with_undo(
            request,
            _("The group %(name)s is deleted.") % {"name": deleted.name},
            url=reverse("portal:group-restore", args=[tenant.slug, deleted.pk]),
        )
        return redirect("portal:groups", tenant.slug)
    given = with_application(RoleAssignment.objects.filter(group=found).select_related("role"), "role__application")
    roles = [f"{each.role.application.label}: {each.role}" for each in given]
    page = {"group": found, "form": form, "roles": roles, "size": _size_of(found), "counted_up_to": COUNTED_UP_TO}
    return render(request, "portal/groups/delete.html", page)


@tenant_page(needs=Need.CUSTOMERS_CHANGE)
@require_POST
def restore(request: PortalRequest, tenant: Tenant, deleted_group_id: UUID) -> HttpResponse:
    """Restore a deleted group."""
    deleted = get_object_or_404(DeletedGroup.objects.without_members(), pk=deleted_group_id)
    try:
        group = restore_group(deleted, actor=request.actor)
    except Refused as refusal:
        messages.warning(request, " ".join(refusal.messages))
        return redirect("portal:groups", tenant.slug)
    messages.success(request, _("The group %(name)s was restored.") % {"name": group.name})
    return redirect("portal:group", tenant.slug, group.pk)


def _kept(found: Group) -> dict[str, str]:
    return {"name": found.name, "description": found.description}


def _page(
    request: PortalRequest,
    found: Group,
    form: GroupForm,
    member_form: MemberForm,
    addresses_form: AddressesForm | None = None,
) -> HttpResponse:
    query, wanted = searched_for(request), request.GET.get("find", "").replace("\0", "").strip()[:MAX_SEARCH]
    page = {
        "group": found,
        "form": form,
        "member_form": member_form,
        "addresses_form": addresses_form or AddressesForm(),
        "query": query,
        "page": _members(request, found, query),
        "size": _size_of(found),
        "counted_up_to": COUNTED_UP_TO,
        "find": wanted,
        "candidates": _candidates(found, wanted) if wanted else [],
        "may_import": Need.CUSTOMERS_IMPORT in request.allowed,
    }
    return render(request, "portal/groups/group.html", page)


def _members(request: PortalRequest, found: Group, query: str) -> ListPage[CustomerEntry]:
    """The customers of the group, or those of them that the search finds."""
    with by_indexes():
        sought = seek(CustomerFilter(search=query, group_id=found.pk))
        return stretch_page(request, sought.in_order(NEWEST), order="time")


def _candidates(found: Group, wanted: str) -> list[tuple[CustomerEntry, bool]]:
    """The first customers found by what is typed, each with whether the group has them already."""
    entries = newest_found(CustomerFilter(search=wanted), MOST_CANDIDATES)
    members = GroupMember.objects.filter(group=found, account__in=[entry.pk for entry in entries])
    inside = set(members.values_list("account_id", flat=True))
    return [(entry, entry.pk in inside) for entry in entries]


def _size_of(found: Group) -> int:
    return GroupMember.objects.filter(group=found)[: COUNTED_UP_TO + 1].count()


def _size(group_id: OuterRef) -> Coalesce:
    """How many customers a group has, counted no further than the rows it takes to say that they are many."""
    counted = GroupMember.objects.filter(group=group_id).order_by().values("pk")[: COUNTED_UP_TO + 1]
    return Coalesce(Func(ArraySubquery(counted), function="cardinality", output_field=IntegerField()), 0)
