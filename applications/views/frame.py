"""What every portal page about one application shows around its content; the issuer's pages about it use it too."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse

from applications.models import Application
from frame.admission import PortalRequest
from frame.tabs import tabs
from tenants.models import Tenant

PAGES = {
    "Settings": "application",
    "Appearance": "application-appearance",
    "Credentials": "application-credentials",
    "Tokens": "application-tokens",
    "Claims": "application-claims",
    "Permissions": "application-permissions",
    "API": "application-api",
    "Roles": "application-roles",
    "Sign-out": "application-sign-out",
    "Endpoints": "application-endpoints",
    "Quick start": "application-quick-start",
}

# Nobody signs in to a service.
FOR_SERVICES = [page for page in PAGES.items() if page[1] not in {"application-appearance", "application-sign-out"}]


def application_or_404(client_id: UUID) -> Application:
    """The application of the tenant being served."""
    return get_object_or_404(Application.objects.select_related("user_flow"), client_id=str(client_id))


def application_frame(request: PortalRequest, tenant: Tenant, application: Application) -> dict[str, Any]:
    """Template variables of a page about this application: itself, and its tabs."""
    here = [tenant.slug, application.client_id]
    pages = PAGES.items() if application.kind != Application.Kind.SERVICE else FOR_SERVICES
    named = [(name, reverse(f"portal:{url}", args=here)) for name, url in pages]
    return {"application": application, "tabs": tabs(request.path, *named)}
