from typing import Any

from django_tenants.utils import tenant_context

from common.database.caches import forget_everything
from tenants.models import Tenant
from userflows.models import UserFlow


def flow_has(tenant: Tenant, **values: Any) -> None:
    """The tenant's default flow is so from now on."""
    with tenant_context(tenant):
        UserFlow.objects.filter(is_default=True).update(**values)
    forget_everything()
