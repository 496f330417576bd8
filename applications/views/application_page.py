"""What every portal page about one application shows around its content; the issuer's pages about it use it too."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from applications.lookup.listing import with_expiry
from applications.models import Application
from portal_frame.pages import PortalRequest
from portal_frame.tabs import TabBar, in_groups
from tenants.models import Tenant

APPLICATION_TABS = TabBar()
# The groups of these tabs: to make it work, what customers see of it, and what it may.
CONNECT, ABOUT, ACCESS = _("Connect"), _("Application"), _("Access")


def application_or_404(client_id: UUID) -> Application:
    """The application of the tenant being served, with when a secret of it expires soon."""
    return get_object_or_404(with_expiry(Application.objects.select_related("user_flow")), client_id=str(client_id))


def application_frame(request: PortalRequest, tenant: Tenant, application: Application) -> dict[str, Any]:
    """Template variables of a page about this application: itself, and its tabs in their groups."""
    named = [tenant.slug, application.client_id]
    tabs = APPLICATION_TABS.at(request, of=application, named=named)
    return {"application": application, "tabs": tabs, "tab_groups": in_groups(tabs)}


def has_customers(application: Application) -> bool:
    """Whether anybody signs in to it: nobody does to a service."""
    return application.kind != Application.Kind.SERVICE
