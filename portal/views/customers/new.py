"""Making an account for somebody: with an invitation, or without any mail."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import EmailAddressTaken
from accounts.identity.services.accounts import create_account
from mail.sending.transports import keeps_messages
from portal.forms.customers.changes import CreatedCustomerForm, InvitedCustomerForm
from portal.views.customers.customer_page import taken
from portal.views.customers.pages import customers_page
from portal.views.mailed import tell_mailed
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest
from tenants.models import Tenant
from userflows.links.services import invite_customer


@customers_page(needs=Need.CUSTOMERS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Make an account for somebody; no mail goes out."""
    form = CreatedCustomerForm(sent(request))
    if form.is_valid():
        try:
            with ProblemsShownAt(form):
                account = create_account(password=None, actor=request.actor, **form.details())
                messages.success(request, _("%(email)s was created.") % {"email": account.email})
                return redirect("portal:customer", tenant.slug, account.pk)
        except EmailAddressTaken:
            form.add_error("email", taken(tenant, form.cleaned_data["email"]))
    return _new(request, tenant, form, is_invitation=False)


@customers_page(needs=Need.CUSTOMERS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Make an account for somebody, and mail them the way to it."""
    form = InvitedCustomerForm(sent(request))
    if form.is_valid():
        try:
            with ProblemsShownAt(form):
                account = invite_customer(actor=request.actor, **form.details())
                tell_mailed(request, _("An invitation is on its way to %(email)s.") % {"email": account.email})
                return redirect("portal:customer-sign-in", tenant.slug, account.pk)
        except EmailAddressTaken:
            form.add_error("email", taken(tenant, form.cleaned_data["email"]))
    return _new(request, tenant, form, is_invitation=True)


def _new(request: PortalRequest, tenant: Tenant, form: forms.Form, *, is_invitation: bool) -> HttpResponse:
    back = reverse("portal:customers", args=[tenant.slug])
    mail_stays = is_invitation and keeps_messages()
    page = {"form": form, "is_invitation": is_invitation, "back": back, "mail_stays": mail_stays}
    return render(request, "portal/customers/new.html", page)
