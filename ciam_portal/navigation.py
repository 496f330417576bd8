"""What the frame of the portal shows around every page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django_tenants.utils import schema_context

from documentation.pages import Page as DocumentationPage
from documentation.subjects import page_about
from frame.access import Need
from frame.pages import PortalRequest, may_open
from frame.roles import name_of
from mail.transports import keeps_messages
from portal.look import LOOKS, look_of
from tenants.lookup import PUBLIC
from tenants.models import Tenant

SHOWN_IN_SWITCHER = 8


@dataclass(frozen=True)
class Entry:
    """One line of the left navigation."""

    name: str
    icon: str
    url: str
    is_current: bool


def portal_frame(request: HttpRequest) -> dict[str, Any]:
    """Template variables of portal pages: the managed tenant, the ways from it, and who is signed in."""
    if not hasattr(request, "administrator"):
        return {}
    portal_request = cast(PortalRequest, request)
    administrator, tenant = portal_request.administrator, portal_request.managed_tenant
    return {
        "administrator": administrator,
        "role": _role(portal_request),
        "is_documentation": request.path.startswith(reverse("portal:documentation")),
        "learn_more": _page_about(portal_request),
        "portal_look": look_of(request),
        "portal_looks": LOOKS.values(),
        "may_create_tenants": Need.TENANTS_CREATE in portal_request.allowed,
        "managed_tenant": tenant,
        "navigation": _tenant_entries(portal_request, tenant) if tenant else _top_entries(portal_request),
        "other_tenants": _other_tenants(administrator.pk, tenant),
    }


def _role(request: PortalRequest) -> str:
    """What the administrator is in the managed tenant, of their own or as an operator."""
    role = request.tenant_role or request.operator_role
    return name_of(role) if role else "Administrator"


def _page_about(request: PortalRequest) -> DocumentationPage | None:
    match = request.resolver_match
    return page_about(match.url_name or "") if match else None


def _top_entries(request: PortalRequest) -> list[Entry]:
    """The pages about no single tenant."""
    pages = [
        ("Tenants", "building-2", "tenants"),
        ("Installation", "gauge", "installation"),
        ("Jobs", "list-checks", "jobs"),
        ("Logs", "scroll-text", "installation-logs"),
    ]
    return [_entry(request, page, []) for page in pages if may_open(request, page[2])]


def _tenant_entries(request: PortalRequest, tenant: Tenant) -> list[Entry]:
    """The pages that the administrator may open. The overview always stands there: it tells of a deleted tenant."""
    overview = reverse("portal:tenant", args=[tenant.slug])
    entries = [Entry("Overview", "layout-dashboard", overview, request.path == overview)]
    if tenant.state == Tenant.State.DELETED:
        return entries
    return entries + [_entry(request, page, [tenant.slug]) for page in _pages() if may_open(request, page[2])]


def _entry(request: PortalRequest, page: tuple[str, str, str], named: list[str]) -> Entry:
    name, icon, url_name = page
    url = reverse(f"portal:{url_name}", args=named)
    return Entry(name, icon, url, request.path.startswith(url))


def _pages() -> list[tuple[str, str, str]]:
    """The name, icon and URL name of each page of a tenant but the overview."""
    pages = [
        ("Figures", "chart-line", "figures"),
        ("App registrations", "app-window", "applications"),
        ("User flows", "route", "userflows"),
        ("Groups", "users", "groups"),
        ("Company branding", "palette", "branding"),
        ("Outbox", "inbox", "outbox"),
        ("Logs", "scroll-text", "logs"),
        ("Administrators", "shield-user", "administrators"),
        ("Settings", "settings", "tenant-settings"),
    ]
    return [page for page in pages if page[2] != "outbox" or keeps_messages()]


def _other_tenants(administrator_id: Any, managed: Tenant | None) -> Callable[[], list[Tenant]]:
    """The tenants to switch to, read when the page asks, and once though it asks twice."""
    read: list[list[Tenant]] = []

    def others() -> list[Tenant]:
        if not read:
            with schema_context(PUBLIC):
                tenants = Tenant.objects.managed_by(administrator_id).exclude(state=Tenant.State.DELETED)
                if managed is not None:
                    tenants = tenants.exclude(pk=managed.pk)
                read.append(list(tenants.order_by("-created_at")[:SHOWN_IN_SWITCHER]))
        return read[0]

    return others
