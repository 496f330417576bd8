"""The pages of one customer: who they are, how they sign in, what they use, where they belong, what happened."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.credentials.policies import ELSEWHERE
from accounts.factors.passkeys import passkeys_of
from accounts.factors.recoveries import factors_kept
from accounts.factors.services import codes_left
from accounts.identity.services.accounts import update_profile
from accounts.identity.services.groups import add_to_group, remove_from_group
from accounts.identity.services.terms import accepted_terms
from accounts.models import Account, AddressChange, AuthenticatorApp, GroupMember, Session, Standing
from accounts.sessions.services import sign_out_browser
from accounts.sessions.store import BROWSER
from applications.lookup.listing import labels_of, with_application
from applications.models import Application, RoleAssignment
from applications.services.roles import assign_role, withdraw_role
from audit.models import Event
from bulk.exports.services import written_as_json
from mail.sending.transports import keeps_messages
from oidc.consents.services import applications_of, withdraw_consent
from oidc.models import Consent
from portal.forms.customers.changes import CustomerForm, GroupChoiceForm, RoleChoiceForm
from portal.views.customers.customer_page import customer_frame
from portal.views.customers.pages import customer_page
from portal_frame.access import Need
from portal_frame.confirmation import say_with_undo
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.lists import list_page
from portal_frame.pages import PortalRequest
from providers.models import LinkedIdentity
from tenants.models import Tenant
from userflows.lookup import default_flow
from userflows.rows.mail_links import MailLink

MOST_BROWSERS = 50
# Of one customer's events, to tell which applications they signed in to.
LOOKED_BACK, MOST_EVENTS = timedelta(days=90), 500


@customer_page(needs=Need.CUSTOMERS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: PortalRequest, tenant: Tenant, account: Account) -> HttpResponse:
    """Every attribute, to be changed; and all of them as machines have them."""
    form = CustomerForm(sent(request), account=account)
    if form.is_valid():
        with ProblemsShownAt(form, shown_at=form.field_by_attribute()):
            language = form.cleaned_data["language"]
            update_profile(account, attributes=form.attributes(), language=language, actor=request.actor)
            messages.success(request, _("The profile was saved."))
            return redirect("portal:customer", tenant.slug, account.pk)
    seen = {"form": form, "accepted_terms": accepted_terms(account), "raw": _raw(account)}
    return _page(request, tenant, account, "profile", **seen)


@customer_page(needs=Need.CUSTOMERS_READ)
@require_safe
def sign_in(request: PortalRequest, tenant: Tenant, account: Account) -> HttpResponse:
    """How the customer signs in, where they are signed in, and what keeps them out."""
    flow = default_flow()
    sessions = Session.objects.of_account(account.pk).alive().exclude(sid="").order_by("-seen_at")[:MOST_BROWSERS]
    names = _application_names([client_id for session in sessions for client_id in session.client_ids])
    browsers = [
        {
            "sid": session.sid,
            "name": session.data.get(BROWSER, ""),
            "session": session,
            "applications": [names[client_id] for client_id in session.client_ids if client_id in names],
        }
        for session in sessions
    ]
    links = {link.kind: link for link in MailLink.objects.filter(account_id=account.pk)}
    return _page(
        request,
        tenant,
        account,
        "sign_in",
        browsers=browsers,
        flow=flow,
        has_password=account.has_usable_password(),
        is_elsewhere=account.password == ELSEWHERE,
        invitation=links.get(MailLink.Kind.INVITATION),
        mail_stays=bool(links) and keeps_messages(),
        linked=LinkedIdentity.objects.of_account(account.pk),
        password_link=links.get(MailLink.Kind.PASSWORD),
        app=AuthenticatorApp.objects.filter(account=account).first(),
        codes_left=codes_left(account),
        passkeys=passkeys_of(account),
        factors_kept=factors_kept(account),
        address_changes=AddressChange.objects.alive().filter(account_id=account.pk).order_by("-asked_at"),
    )


@customer_page(needs=Need.CUSTOMERS_CHANGE)
@require_POST
def end_session(request: PortalRequest, tenant: Tenant, account: Account) -> HttpResponse:
    """Sign the customer out of one browser."""
    sid = request.POST.get("session", "").replace("\0", "")
    if sign_out_browser(account, sid=sid, actor=request.actor):
        messages.success(request, _("The customer was signed out of that browser."))
    return redirect("portal:customer-sign-in", tenant.slug, account.pk)


@customer_page(needs=Need.CUSTOMERS_READ)
@require_safe
def applications(request: PortalRequest, tenant: Tenant, account: Account) -> HttpResponse:
    """The applications that may do something in the customer's name, and those that they signed in to."""
    consents = {consent.application_id: consent for consent in Consent.objects.filter(account=account)}
    rows = [(application, consents.get(application.pk)) for application in applications_of(account)]
    went = _went_to(account)
    names = _application_names(went) if went else {}
    used = [names[client_id] for client_id in went if client_id in names]
    return _page(request, tenant, account, "applications", rows=rows, used=used)


@customer_page(needs=Need.CUSTOMERS_CHANGE)
@require_POST
def end_consent(request: PortalRequest, tenant: Tenant, account: Account, client_id: UUID) -> HttpResponse:
    """Take back what the customer allows an application, and the tokens it holds."""
    application = get_object_or_404(Application, client_id=str(client_id))
    withdraw_consent(account, application, actor=request.actor)
    messages.success(request, _("%(name)s no longer has access to this account.") % {"name": application.name})
    return redirect("portal:customer-applications", tenant.slug, account.pk)


@customer_page(needs=Need.CUSTOMERS_READ)
@require_safe
def groups(request: PortalRequest, tenant: Tenant, account: Account) -> HttpResponse:
    """Groups and roles of the customer."""
    return _groups(request, tenant, account, GroupChoiceForm(account=account), RoleChoiceForm(account=account))


@customer_page(needs=Need.CUSTOMERS_CHANGE)
@require_POST
def add_group(request: PortalRequest, tenant: Tenant, account: Account) -> HttpResponse:
    """Put the customer into a group."""
    form = GroupChoiceForm(request.POST, account=account)
    if form.is_valid():
        with ProblemsShownAt(form):
            add_to_group(form.cleaned_data["group"], account=account, actor=request.actor)
            messages.success(request, _("Added to the group %(name)s.") % {"name": form.cleaned_data["group"]})
            return redirect("portal:customer-groups", tenant.slug, account.pk)
    return _groups(request, tenant, account, form, RoleChoiceForm(account=account))


@customer_page(needs=Need.CUSTOMERS_CHANGE)
@require_POST
def leave_group(request: PortalRequest, tenant: Tenant, account: Account, group_id: UUID) -> HttpResponse:
    """Take the customer out of a group."""
    member = get_object_or_404(GroupMember.objects.select_related("group"), account=account, group_id=group_id)
    remove_from_group(member.group, account=account, actor=request.actor)
    say_with_undo(
        request,
        _("Removed from the group %(name)s.") % {"name": member.group},
        url=reverse("portal:customer-add-group", args=[tenant.slug, account.pk]),
        fields={"group": group_id},
    )
    return redirect("portal:customer-groups", tenant.slug, account.pk)


@customer_page(needs=Need.CUSTOMERS_CHANGE)
@require_POST
def add_role(request: PortalRequest, tenant: Tenant, account: Account) -> HttpResponse:
    """Give the customer a role."""
    form = RoleChoiceForm(request.POST, account=account)
    if form.is_valid():
        with ProblemsShownAt(form, shown_at={"assignee": "role"}):
            assign_role(form.cleaned_data["role"], account=account, actor=request.actor)
            messages.success(request, _("The role %(name)s was given.") % {"name": form.cleaned_data["role"]})
            return redirect("portal:customer-groups", tenant.slug, account.pk)
    return _groups(request, tenant, account, GroupChoiceForm(account=account), form)


@customer_page(needs=Need.CUSTOMERS_CHANGE)
@require_POST
def take_role(request: PortalRequest, tenant: Tenant, account: Account, assignment_id: UUID) -> HttpResponse:
    """Take a role from the customer that they were given themselves."""
    given = RoleAssignment.objects.select_related("role__application", "account", "group")
    assignment = get_object_or_404(given, account=account, pk=assignment_id)
    withdraw_role(assignment, actor=request.actor)
    say_with_undo(
        request,
        _("The role %(name)s was taken away.") % {"name": assignment.role},
        url=reverse("portal:customer-add-role", args=[tenant.slug, account.pk]),
        fields={"role": assignment.role_id},
    )
    return redirect("portal:customer-groups", tenant.slug, account.pk)


@customer_page(needs=Need.CUSTOMERS_READ)
@require_safe
def activity(request: PortalRequest, tenant: Tenant, account: Account) -> HttpResponse:
    """What the customer did, and what was done to the account, in one line of time."""
    page = list_page(request, Event.objects.of_account(account.pk), by="-at", order="time")
    return _page(request, tenant, account, "activity", page=page)


def _raw(account: Account) -> str:
    try:
        return written_as_json(account)
    except Account.DoesNotExist as gone:
        raise Http404 from gone


def _groups(
    request: PortalRequest, tenant: Tenant, account: Account, group_form: GroupChoiceForm, role_form: RoleChoiceForm
) -> HttpResponse:
    memberships = list(GroupMember.objects.filter(account=account).select_related("group").order_by("group__name"))
    given = with_application(RoleAssignment.objects.select_related("role", "group"), "role__application")
    return _page(
        request,
        tenant,
        account,
        "groups",
        memberships=memberships,
        own_roles=given.filter(account=account),
        roles_of_groups=given.filter(group__in=[each.group_id for each in memberships]),
        group_form=group_form,
        role_form=role_form,
    )


def _went_to(account: Account) -> list[str]:
    """The client IDs of the applications that the customer signed in to, the latest first, as far as is known: by the
    newest events, by what the worker keeps of the last sign-in, and by the browsers in which they are signed in.
    """
    newest = Event.objects.of_account(account.pk).since(timezone.now() - LOOKED_BACK).newest_first()
    done = newest.values_list("action", "client_id", "details__trial_run")[:MOST_EVENTS]
    last = getattr(getattr(account, "activity", None), "client_id", "")
    browsers = Session.objects.of_account(account.pk).alive().exclude(sid="").order_by("-seen_at")
    here = chain.from_iterable(browsers.values_list("client_ids", flat=True)[:MOST_BROWSERS])
    went = [client_id for action, client_id, is_trial in done if action == "customer.signed_in" and not is_trial]
    return [client_id for client_id in dict.fromkeys([*went, last, *here]) if client_id]


def _application_names(client_ids: Sequence[str]) -> dict[str, str]:
    return labels_of(Application.objects.filter(client_id__in=set(client_ids)).told_apart().only("client_id", "name"))


def _page(request: PortalRequest, tenant: Tenant, account: Account, name: str, **context: Any) -> HttpResponse:
    page = {**customer_frame(request, tenant, account), "standings": Standing, **context}
    return render(request, f"portal/customers/{name}.html", page)
