"""What every portal page about one application shows around its content; the issuer's pages about it use it too."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404

from applications.models import Application
from frame.pages import PortalRequest
from frame.tabs import TabBar
from tenants.models import Tenant

APPLICATION_TABS = TabBar()


def application_or_404(client_id: UUID) -> Application:
    """The application of the tenant being served."""
    return get_object_or_404(Application.objects.select_related("user_flow"), client_id=str(client_id))


def application_frame(request: PortalRequest, tenant: Tenant, application: Application) -> dict[str, Any]:
    """Template variables of a page about this application: itself, and its tabs."""
    named = [tenant.slug, application.client_id]
    return {"application": application, "tabs": APPLICATION_TABS.at(request, of=application, named=named)}


def has_customers(application: Application) -> bool:
    """Whether anybody signs in to it: nobody does to a service."""
    return application.kind != Application.Kind.SERVICE
