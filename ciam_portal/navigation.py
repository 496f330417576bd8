"""What the frame of the portal shows around every page."""

from typing import Any

from django.http import HttpRequest


def portal_frame(request: HttpRequest) -> dict[str, Any]:
    """Template variables of portal pages: the managed tenant and who is signed in."""
    administrator = getattr(request, "administrator", None)
    if administrator is None:
        return {}
    return {
        "administrator": administrator,
        "is_operator": request.is_operator,
        "managed_tenant": request.managed_tenant,
    }
