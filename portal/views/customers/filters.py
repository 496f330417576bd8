"""Which customers the address of a page asks for."""

from collections.abc import Sequence

from django.urls import reverse

from bulk.forms.filters import FilterForm
from portal_frame.access import Need
from portal_frame.pages import PortalRequest
from tenants.models import Tenant


def filters_in(request: PortalRequest, tenant: Tenant, groups: Sequence[tuple[str, str]] | None = None) -> FilterForm:
    """The filters in the address, of which those that name what its reader may not see can't be read."""
    path = reverse("portal:customers", args=[tenant.slug])
    return FilterForm(request.GET, path, groups, sees_imports=Need.CUSTOMERS_IMPORT in request.allowed)
