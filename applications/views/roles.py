"""What customers, groups and services can be to an application, and who is."""

from uuid import UUID

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Account
from applications.description import Role
from applications.forms.roles import AssignForm, NewRoleForm, RoleForm
from applications.lookup.listing import with_application
from applications.models import Application, AppRole, RoleAssignment, RolePermission
from applications.services.roles import assign_role, change_role, define_role, delete_role, withdraw_role
from applications.views.application_page import application_frame, application_or_404
from portal_frame.access import Need
from portal_frame.confirmation import say_with_undo
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.lists import list_page
from portal_frame.pages import PortalRequest, tenant_page
from tenants.models import Tenant

NAMED = 20


@tenant_page(needs=Need.APPLICATIONS_READ)
@require_http_methods(["GET", "HEAD"])
def roles(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    application = application_or_404(client_id)
    page = {
        **application_frame(request, tenant, application),
        "roles": application.roles.annotate(holders=Count("assignments")),
    }
    return render(request, "portal/applications/roles.html", page)


@tenant_page(needs=Need.APPLICATIONS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def add_role(request: PortalRequest, tenant: Tenant, client_id: UUID) -> HttpResponse:
    application = application_or_404(client_id)
    form = NewRoleForm(sent(request))
    if form.is_valid():
        with ProblemsShownAt(form):
            defined = define_role(application, Role(**form.cleaned_data), actor=request.actor)
            messages.success(
                request, _("The role %(name)s was added. Assign it to a customer or a group.") % {"name": defined}
            )
            return redirect("portal:application-role", tenant.slug, application.client_id, defined.pk)
    return render(request, "portal/applications/add_role.html", {"form": form, "application": application})


@tenant_page(needs=Need.APPLICATIONS_READ | Need.CUSTOMERS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: PortalRequest, tenant: Tenant, client_id: UUID, role_id: UUID) -> HttpResponse:
    """The role, and who has it."""
    application, found = _role_or_404(client_id, role_id)
    names = ("display_name", "description", "for_customers", "for_services", "is_enabled")
    form = RoleForm(sent(request), kept={name: getattr(found, name) for name in names})
    if form.is_valid():
        with ProblemsShownAt(form):
            change_role(application, Role(found.value, **form.cleaned_data), actor=request.actor)
            messages.success(request, _("The role is saved."))
            return redirect("portal:application-role", tenant.slug, application.client_id, found.pk)
    return _page(request, application, found, form, AssignForm())


@tenant_page(needs=Need.APPLICATIONS_CHANGE | Need.CUSTOMERS_CHANGE)
@require_POST
def assign(request: PortalRequest, tenant: Tenant, client_id: UUID, role_id: UUID) -> HttpResponse:
    """Give the role to a customer, found by email address, or to a group."""
    application, found = _role_or_404(client_id, role_id)
    form = AssignForm(request.POST)
    if form.is_valid():
        email, group = form.cleaned_data["email"], form.cleaned_data.get("group")
        account = Account.objects.with_email(email).first() if email else None
        if email and account is None:
            form.add_error("email", _("No customer has this address."))
        else:
            with ProblemsShownAt(form, shown_at={"assignee": "group" if group else "email"}):
                assign_role(found, account=account, group=group, actor=request.actor)
                messages.success(request, _("Assigned to %(name)s.") % {"name": account.email if account else group})
                return redirect("portal:application-role", tenant.slug, application.client_id, found.pk)
    return _page(request, application, found, _form_of(found), form)


@tenant_page(needs=Need.APPLICATIONS_CHANGE | Need.CUSTOMERS_CHANGE)
@require_POST
def withdraw(
    request: PortalRequest, tenant: Tenant, client_id: UUID, role_id: UUID, assignment_id: UUID
) -> HttpResponse:
    application, found = _role_or_404(client_id, role_id)
    assignment = get_object_or_404(RoleAssignment.objects.named(), pk=assignment_id, role=found)
    account, group = assignment.account, assignment.group
    withdraw_role(assignment, actor=request.actor)
    say_with_undo(
        request,
        _("Removed from %(holder)s. Tokens that are already issued keep it until they expire.")
        % {"holder": assignment},
        url=reverse("portal:application-role-assign", args=[tenant.slug, application.client_id, found.pk]),
        fields={"email": account and account.email, "group": group and group.pk},
    )
    return redirect("portal:application-role", tenant.slug, application.client_id, found.pk)


@tenant_page(needs=Need.APPLICATIONS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: PortalRequest, tenant: Tenant, client_id: UUID, role_id: UUID) -> HttpResponse:
    application, found = _role_or_404(client_id, role_id)
    if request.method == "POST":
        delete_role(application, found.value, actor=request.actor)
        messages.success(request, _("The role %(name)s is deleted.") % {"name": found.display_name})
        return redirect("portal:application-roles", tenant.slug, application.client_id)
    holders = [str(each) for each in found.assignments.named()[:NAMED]]
    others = found.assignments.count() - len(holders)
    page = {
        "application": application,
        "title": _("Delete the role %(name)s?") % {"name": found.display_name},
        "button": _("Delete role"),
        "loses": [*holders, *([_more(others)] if others else []), *_services_with(found)],
        "consequence": _("Everyone who has it loses it. Tokens that are already issued keep it until they expire."),
        "back_url": "portal:application-roles",
    }
    return render(request, "portal/applications/delete_part.html", page)


def _more(number: int) -> str:
    return ngettext("%(number)s more", "%(number)s more", number) % {"number": intcomma(number)}


def _page(
    request: PortalRequest, application: Application, found: AppRole, form: RoleForm, assign_form: AssignForm
) -> HttpResponse:
    page = {
        "application": application,
        "role": found,
        "form": form,
        "assign_form": assign_form,
        "page": list_page(request, found.assignments.named(), by="holder"),
        "services": _services_with(found),
    }
    return render(request, "portal/applications/role.html", page)


def _form_of(found: AppRole) -> RoleForm:
    names = ("display_name", "description", "for_customers", "for_services", "is_enabled")
    return RoleForm(kept={name: getattr(found, name) for name in names})


def _services_with(found: AppRole) -> list[str]:
    having = with_application(RolePermission.objects.filter(role=found).order_by("application__name"))
    return [permission.application.label for permission in having]


def _role_or_404(client_id: UUID, role_id: UUID) -> tuple[Application, AppRole]:
    application = application_or_404(client_id)
    return application, get_object_or_404(AppRole, pk=role_id, application=application)
