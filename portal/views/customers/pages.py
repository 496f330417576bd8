"""Who gets to pages about customers, and to one of them."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from accounts.models import Account
from portal_frame.access import Need
from portal_frame.pages import PortalRequest, View, tenant_page
from tenants.models import Tenant


def customers_page(*, needs: Need, asks_for_proof: bool = False) -> Callable[[View], View]:
    """A page about a tenant's customers. The home tenant has none: its accounts are administrators."""

    def decorated(view: View) -> View:
        @wraps(view)
        def page(request: PortalRequest, tenant: Tenant, *args: Any, **kwargs: Any) -> HttpResponse:
            if tenant.is_home:
                raise Http404
            return view(request, tenant, *args, **kwargs)

        return tenant_page(needs=needs, asks_for_proof=asks_for_proof)(page)

    return decorated


def customer_page(*, needs: Need, asks_for_proof: bool = False) -> Callable[[View], View]:
    """A page about one customer, who is given to the view in the place of their ID."""

    def decorated(view: View) -> View:
        @wraps(view)
        def page(request: PortalRequest, tenant: Tenant, account_id: UUID, **kwargs: Any) -> HttpResponse:
            account = get_object_or_404(Account.objects.select_related("activity", "block"), pk=account_id)
            return view(request, tenant, account, **kwargs)

        return customers_page(needs=needs, asks_for_proof=asks_for_proof)(page)

    return decorated
