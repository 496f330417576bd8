"""Why can't they sign in? One page that goes through all that may be the reason."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models import Account
from frame.access import Need
from frame.pages import PortalRequest, tenant_page
from operations.sign_in_check import check_sign_in
from portal.forms.sign_in_check import SignInCheckForm
from tenants.models import Tenant


@tenant_page(needs=Need.CUSTOMERS_READ | Need.LOGS_READ)
@require_safe
def sign_in_check(request: PortalRequest, _tenant: Tenant, account_id: UUID) -> HttpResponse:
    """What would happen now if the customer tried to sign in, and what happened last."""
    account = get_object_or_404(Account, pk=account_id)
    form = SignInCheckForm(request.GET)
    check = check_sign_in(account, **form.cleaned_data) if form.is_valid() else None
    return render(request, "portal/customers/sign_in_check.html", {"account": account, "form": form, "check": check})
