"""User flows as every step of a journey asks for them, kept in the process until one of the tenant's changes."""

from uuid import UUID

from common.caches import ProcessCache
from tenants.postgresql import current_schema
from userflows.models import UserFlow

_flows: ProcessCache[UserFlow] = ProcessCache()


def flow_by_id(flow_id: UUID) -> UserFlow:
    """The flow, to be read only: it is everybody's. Raises `UserFlow.DoesNotExist`."""
    return _flows.get(current_schema(), flow_id, lambda: UserFlow.objects.get(pk=flow_id))


def default_flow() -> UserFlow:
    """The tenant's default flow, likewise."""
    return _flows.get(current_schema(), "default", lambda: UserFlow.objects.get(is_default=True))
