"""Groups of customers, to which applications give roles."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.identity.services.groups import add_to_group, create_group, delete_group, remove_from_group, update_group
from accounts.models import Account, Group, GroupMember
from applications.models import RoleAssignment
from frame.access import Need
from frame.forms import ProblemsShownAt, sent
from frame.lists import list_page
from frame.pages import PortalRequest, tenant_page
from portal.forms.groups import GroupForm, MemberForm
from tenants.models import Tenant


@tenant_page(needs=Need.CUSTOMERS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def groups(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """All groups, and the form for another."""
    form = GroupForm(sent(request))
    if form.is_valid():
        with ProblemsShownAt(form):
            group = create_group(**form.cleaned_data, actor=request.actor)
            messages.success(request, f"The group {group} was created. Add customers to it.")
            return redirect("portal:group", tenant.slug, group.pk)
    page = list_page(request, Group.objects.annotate(size=Count("members")), by="name")
    return render(request, "portal/groups/list.html", {"form": form, "page": page})


@tenant_page(needs=Need.CUSTOMERS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: PortalRequest, tenant: Tenant, group_id: UUID) -> HttpResponse:
    """One group: its name, and who is in it."""
    found = get_object_or_404(Group, pk=group_id)
    form = GroupForm(sent(request), kept=_kept(found))
    if form.is_valid():
        with ProblemsShownAt(form):
            update_group(found, **form.cleaned_data, actor=request.actor)
            messages.success(request, "The group was saved.")
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
            add_to_group(found, account=account, actor=request.actor)
            messages.success(request, f"{account.email} was added to the group.")
            return redirect("portal:group", tenant.slug, found.pk)
        form.add_error("email", "No customer has this address.")
    return _page(request, found, GroupForm(kept=_kept(found)), form)


@tenant_page(needs=Need.CUSTOMERS_CHANGE)
@require_POST
def remove_member(request: PortalRequest, tenant: Tenant, group_id: UUID, account_id: UUID) -> HttpResponse:
    found = get_object_or_404(Group, pk=group_id)
    member = get_object_or_404(GroupMember.objects.select_related("account"), group=found, account_id=account_id)
    remove_from_group(found, account=member.account, actor=request.actor)
    messages.success(request, f"{member.account.email} was removed from the group.")
    return redirect("portal:group", tenant.slug, found.pk)


@tenant_page(needs=Need.CUSTOMERS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: PortalRequest, tenant: Tenant, group_id: UUID) -> HttpResponse:
    found = get_object_or_404(Group, pk=group_id)
    if request.method == "POST":
        delete_group(found, actor=request.actor)
        messages.success(request, f"The group {found} is deleted.")
        return redirect("portal:groups", tenant.slug)
    given = RoleAssignment.objects.filter(group=found).select_related("role__application")
    page = {"group": found, "roles": [f"{each.role.application.name}: {each.role}" for each in given]}
    return render(request, "portal/groups/delete.html", page)


def _kept(found: Group) -> dict[str, str]:
    return {"name": found.name, "description": found.description}


def _page(request: PortalRequest, found: Group, form: GroupForm, member_form: MemberForm) -> HttpResponse:
    members = found.members.select_related("account")
    page = {
        "group": found,
        "form": form,
        "member_form": member_form,
        "page": list_page(request, members, by="account__email"),
        "size": members.count(),
    }
    return render(request, "portal/groups/group.html", page)
