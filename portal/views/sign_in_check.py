"""Why can't they sign in? One page that goes through all that may be the reason."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import Account
from operations.sign_in.check import check_sign_in
from operations.sign_in.findings import Finding, RemedyPlace
from portal.forms.sign_in_check import SignInCheckForm
from portal_frame.access import Need
from portal_frame.pages import PortalRequest, may_open, tenant_page
from tenants.models import Tenant

# The page of each place, what leads there, and what its address names: the customer, or what the finding is about.
PLACES = {
    RemedyPlace.CUSTOMER: ("customer", _("Open the customer"), "customer"),
    RemedyPlace.CUSTOMER_SIGN_IN: ("customer-sign-in", _("See how they sign in"), "customer"),
    RemedyPlace.REDIRECT_URIS: ("application", _("Open the redirect URIs"), "about"),
    RemedyPlace.PERMISSIONS: ("application-permissions", _("Open the permissions"), "about"),
    RemedyPlace.USER_FLOW: ("userflow", _("Open the user flow"), "about"),
    RemedyPlace.MAIL_SERVER: ("tenant-mail", _("Open the mail server"), "tenant"),
    RemedyPlace.OUTBOX: ("outbox", _("Open the outbox"), "tenant"),
    RemedyPlace.TEXT_MESSAGES: ("text-messages", _("Open the text messages"), "tenant"),
    RemedyPlace.HOOK: ("hook", _("Open the hook"), "about"),
    RemedyPlace.DANGER_ZONE: ("tenant-danger", _("Open the danger zone"), "tenant"),
    RemedyPlace.JOBS: ("jobs", _("Open the jobs"), ""),
}


@tenant_page(needs=Need.CUSTOMERS_READ | Need.LOGS_READ)
@require_safe
def sign_in_check(request: PortalRequest, tenant: Tenant, account_id: UUID) -> HttpResponse:
    """What would happen now if the customer tried to sign in, and what happened last."""
    account = get_object_or_404(Account, pk=account_id)
    form = SignInCheckForm(request.GET)
    check = check_sign_in(account, **form.cleaned_data) if form.is_valid() else None
    findings = [(finding, _where(request, tenant, account, finding)) for finding in check.findings] if check else []
    page = {"account": account, "form": form, "check": check, "findings": findings}
    return render(request, "portal/customers/sign_in_check.html", page)


def _where(request: PortalRequest, tenant: Tenant, account: Account, finding: Finding) -> tuple[str, Any] | None:
    """The address at which something is done about a finding, and its name; None for whoever may not go there."""
    if finding.place is None:
        return None
    url_name, name, of = PLACES[finding.place]
    if not may_open(request, url_name):
        return None
    named: dict[str, list[Any]] = {
        "customer": [tenant.slug, account.pk],
        "about": [tenant.slug, finding.about],
        "tenant": [tenant.slug],
    }
    return reverse(f"portal:{url_name}", args=named.get(of, [])), name
