"""Who manages a tenant: seen, invited, given another role, suspended, removed; and leaving."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_tenants.utils import schema_context, tenant_context

from common.problems import Refused
from mail.sending.transports import keeps_messages
from operations.administrators import invitations, memberships
from operations.administrators.people import Administrator, administrators_of, has_one_owner
from portal.forms.administrators import InviteForm, RoleForm
from portal_frame.access import Need, may_grant, of_role
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.lists import list_page
from portal_frame.pages import PortalRequest, tenant_page
from portal_frame.roles import name_of
from portal_frame.templatetags.portal import in_a_sentence
from tenants.errors import TenantError
from tenants.lookup import PUBLIC
from tenants.models import Invitation, Membership, Tenant
from tenants.policies import AdministratorRole, roles_in

LIST = "portal:administrators"


@tenant_page(needs=Need.ADMINISTRATORS_READ)
@require_safe
def administrators(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Everybody who manages the tenant, those longest there first, and whoever is invited to."""
    with schema_context(PUBLIC):
        page = list_page(request, Membership.objects.filter(tenant=tenant), by="created_at")
    context = {
        "tenant": tenant,
        "page": page,
        "administrators": administrators_of(page.rows),
        "invitations": [
            (each, name_of(each.role), is_valid) for each, is_valid in invitations.open_invitations(tenant)
        ],
        "may_change": Need.ADMINISTRATORS_CHANGE in request.allowed,
        "has_one_owner": has_one_owner(tenant),
        "is_member": bool(request.tenant_role),
        **_where_mail_is(request),
    }
    return render(request, "portal/administrators/list.html", context)


@tenant_page(needs=Need.ADMINISTRATORS_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Ask somebody by mail."""
    form = InviteForm(sent(request), offered=_offered(request, tenant))
    if form.is_valid():
        try:
            invitation = invitations.invite(tenant=tenant, **form.cleaned_data, actor=request.actor)
        except TenantError as error:
            form.add_error("role", str(error))
        except Refused as refusal:
            with ProblemsShownAt(form):
                raise refusal
        else:
            messages.success(
                request,
                gettext("%(email)s was invited. The invitation is valid for 7 days.") % {"email": invitation.email},
            )
            return redirect(LIST, tenant.slug)
    context = {"tenant": tenant, "form": form, **_where_mail_is(request)}
    return render(request, "portal/administrators/invite.html", context)


@tenant_page(needs=Need.ADMINISTRATORS_READ, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def administrator(request: PortalRequest, tenant: Tenant, membership_id: UUID) -> HttpResponse:
    """One administrator, and their role."""
    found = _found(tenant, membership_id)
    is_self = found.membership.account_id == request.administrator.pk
    form = RoleForm(sent(request), kept={"role": found.membership.role}, offered=_offered(request, tenant))
    if form.is_valid():
        try:
            memberships.change_role(found.membership, role=form.cleaned_data["role"], actor=request.actor)
        except TenantError as error:
            form.add_error("role", str(error))
        else:
            messages.success(request, _is_now(found.name, form.cleaned_data["role"]))
            return redirect("portal:tenant" if is_self else LIST, tenant.slug)
    context = {
        "tenant": tenant,
        "found": found,
        "form": form,
        "is_self": is_self,
        "may_change": may_grant(found.membership.role, held=request.allowed, is_home=tenant.is_home),
    }
    return render(request, "portal/administrators/administrator.html", context)


@tenant_page(needs=Need.ADMINISTRATORS_CHANGE, asks_for_proof=True)
@require_POST
def suspend(request: PortalRequest, tenant: Tenant, membership_id: UUID) -> HttpResponse:
    found = _found(tenant, membership_id)
    return _decided(
        request, tenant, found, memberships.suspend, gettext("%(name)s is suspended and no longer has access.")
    )


@tenant_page(needs=Need.ADMINISTRATORS_CHANGE, asks_for_proof=True)
@require_POST
def resume(request: PortalRequest, tenant: Tenant, membership_id: UUID) -> HttpResponse:
    found = _found(tenant, membership_id)
    return _decided(request, tenant, found, memberships.resume, gettext("%(name)s can manage this tenant again."))


@tenant_page(needs=Need.ADMINISTRATORS_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PortalRequest, tenant: Tenant, membership_id: UUID) -> HttpResponse:
    """Take the tenant from an administrator, after asking."""
    found = _found(tenant, membership_id)
    if request.method == "POST":
        return _decided(request, tenant, found, memberships.remove, gettext("%(name)s no longer manages this tenant."))
    return render(request, "portal/administrators/remove.html", {"tenant": tenant, "found": found})


@tenant_page(needs=Need.OVERVIEW_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Manage the tenant no more oneself, after being asked. Who only is an operator has nothing to leave."""
    with schema_context(PUBLIC):
        membership = memberships.membership_of(request.administrator.pk, tenant=tenant)
    if membership is None:
        return redirect("portal:tenant", tenant.slug)
    if request.method == "POST":
        try:
            memberships.remove(membership, actor=request.actor)
        except TenantError as error:
            messages.error(request, str(error))
            return redirect("portal:administrators-leave", tenant.slug)
        messages.success(request, gettext("You no longer manage %(name)s.") % {"name": tenant.name})
        return redirect("portal:tenants")
    return render(request, "portal/administrators/leave.html", {"tenant": tenant, "role": name_of(membership.role)})


@tenant_page(needs=Need.ADMINISTRATORS_CHANGE, asks_for_proof=True)
@require_POST
def resend_invitation(request: PortalRequest, tenant: Tenant, invitation_id: UUID) -> HttpResponse:
    invitation = _invitation(tenant, invitation_id)
    return _answered(
        request, tenant, lambda: invitations.resend(invitation, actor=request.actor), gettext("It was sent again.")
    )


@tenant_page(needs=Need.ADMINISTRATORS_CHANGE)
@require_POST
def withdraw_invitation(request: PortalRequest, tenant: Tenant, invitation_id: UUID) -> HttpResponse:
    invitation = _invitation(tenant, invitation_id)
    success = gettext("The invitation of %(email)s is withdrawn.") % {"email": invitation.email}
    return _answered(request, tenant, lambda: invitations.withdraw(invitation, actor=request.actor), success)


def _where_mail_is(request: PortalRequest) -> dict[str, object]:
    """Whether invitations stay in the outbox of the home tenant, and where whoever asks can read it, if they may."""
    with schema_context(PUBLIC):
        home = Tenant.objects.home()
        with tenant_context(home):
            mail_stays = keeps_messages()
    reads = Need.OUTBOX_READ in of_role(request.operator_role)
    return {"mail_stays": mail_stays, "outbox_url": reverse("portal:outbox", args=[home.slug]) if reads else ""}


def _offered(request: PortalRequest, tenant: Tenant) -> Sequence[AdministratorRole]:
    """The roles that whoever asks may give here."""
    roles = roles_in(is_home=tenant.is_home)
    return [role for role in roles if may_grant(role, held=request.allowed, is_home=tenant.is_home)]


def _found(tenant: Tenant, membership_id: UUID) -> Administrator:
    with schema_context(PUBLIC):
        membership = Membership.objects.select_related("tenant").filter(tenant=tenant, pk=membership_id).first()
    if membership is None:
        raise Http404
    return administrators_of([membership])[0]


def _invitation(tenant: Tenant, invitation_id: UUID) -> Invitation:
    with schema_context(PUBLIC):
        invitation = Invitation.objects.select_related("tenant").filter(tenant=tenant, pk=invitation_id).first()
    if invitation is None:
        raise Http404
    return invitation


def _decided(
    request: PortalRequest, tenant: Tenant, found: Administrator, decide: Callable[..., None], success: str
) -> HttpResponse:
    return _answered(
        request, tenant, lambda: decide(found.membership, actor=request.actor), success % {"name": found.name}
    )


def _answered(request: PortalRequest, tenant: Tenant, do: Callable[[], None], success: str) -> HttpResponse:
    """Do it, or say why not; then the list again, or one's own tenants for whoever may not see it any more."""
    try:
        do()
    except TenantError as error:
        messages.error(request, str(error))
    except Refused as refusal:
        messages.error(request, " ".join(problem.sentence for problem in refusal.problems))
    else:
        messages.success(request, success)
    return redirect(LIST, tenant.slug)


def _is_now(name: str, role: str) -> str:
    """That somebody has another role: in English with its article, which other languages leave out."""
    called = in_a_sentence(name_of(role))
    if called[0] in "aeio":
        sentence = pgettext("before a vowel", "%(name)s is now an %(role)s.")
    else:
        sentence = gettext("%(name)s is now a %(role)s.")
    return sentence % {"name": name, "role": called}
