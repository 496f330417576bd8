"""Where runs of user flows are answered, and which are an administrator's own."""

from uuid import UUID

from django.conf import settings
from django.urls import reverse

from common.crypto.digests import digest_of
from oidc.models import FlowRun
from tenants.models import Tenant


def callback_of(tenant: Tenant) -> str:
    """The portal's address at which runs of this tenant's user flows are answered."""
    base: str = settings.CIAM_BASE_URL
    return base + reverse("portal:flow-run-callback", args=[tenant.slug])


def run_by_id(run_id: UUID, *, administrator_id: UUID, session_digest: str) -> FlowRun | None:
    """The run, if this administrator began it in this browser and it may still be looked at."""
    mine = FlowRun.objects.of(administrator_id=administrator_id, session_digest=session_digest)
    return mine.kept().select_related("application__user_flow", "user_flow").filter(pk=run_id).first()


def run_by_state(state: str, *, administrator_id: UUID, session_digest: str) -> FlowRun | None:
    """The run whose request had this state, on the same conditions."""
    mine = FlowRun.objects.of(administrator_id=administrator_id, session_digest=session_digest)
    return (
        mine.kept().select_related("application__user_flow", "user_flow").filter(state_digest=digest_of(state)).first()
    )
