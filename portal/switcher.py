"""Going from one tenant to another: the tenants that an administrator was at last, and a search among all of theirs.

Never more than a handful is read, however many there are.
"""

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Lower
from django_tenants.utils import schema_context

from portal_frame.pages import PortalRequest, recent_tenants, tenants_managed
from tenants.lookup import PUBLIC
from tenants.models import Tenant, TenantQuerySet

SHOWN = 8


def tenants_to_switch_to(request: PortalRequest, *, query: str = "") -> tuple[list[Tenant], bool]:
    """At most eight tenants other than the one at hand, and whether there are more.

    Those come first at which the administrator was last, then the others by name.
    """
    recent = recent_tenants(request)
    places = [When(pk=tenant_id, then=place) for place, tenant_id in enumerate(recent)]
    first = [Case(*places, default=Value(len(recent)), output_field=IntegerField())] if places else []
    with schema_context(PUBLIC):
        mine = tenants_managed(request).exclude(state=Tenant.State.DELETED)
        if request.managed_tenant is not None:
            mine = mine.exclude(pk=request.managed_tenant.pk)
        found = list(searched(mine, query).order_by(*first, Lower("name"), "pk")[: SHOWN + 1])
    return found[:SHOWN], len(found) > SHOWN


def tenant_left(request: PortalRequest) -> Tenant | None:
    """Where the administrator was before a page about no tenant, such as the documentation."""
    recent = recent_tenants(request)[:1]
    if not recent:
        return None
    with schema_context(PUBLIC):
        return tenants_managed(request).exclude(state=Tenant.State.DELETED).filter(pk__in=recent).first()


def searched(tenants: TenantQuerySet, query: str) -> TenantQuerySet:
    """Those with every word of the query in their name or domain."""
    for word in query.split():
        tenants = tenants.filter(Q(name__icontains=word) | Q(slug__icontains=word))
    return tenants
