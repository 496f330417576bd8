"""What the frame of the portal shows around every page."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from documentation.pages import DocumentationPage
from documentation.subjects import page_about
from portal.color_scheme import SCHEMES, scheme_of
from portal.switcher import tenant_left, tenants_to_switch_to
from portal_frame.access import Need
from portal_frame.pages import PortalRequest, may_open
from portal_frame.roles import name_of
from portal_frame.templatetags.portal import in_a_sentence
from tenants.models import Tenant


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
        "find_url": _find_url(tenant),
        "role": _role(portal_request),
        "is_documentation": request.path.startswith(reverse("portal:documentation")),
        "learn_more": _page_about(portal_request),
        "color_scheme": scheme_of(request),
        "color_schemes": SCHEMES.values(),
        "may_create_tenants": Need.TENANTS_CREATE in portal_request.allowed,
        "managed_tenant": tenant,
        "navigation": _tenant_entries(portal_request, tenant) if tenant else _top_entries(portal_request),
        "other_tenants": _other_tenants(portal_request),
    }


def _find_url(tenant: Tenant | None) -> str:
    """Where things are found: in this tenant first, if it isn't deleted."""
    if tenant is None or tenant.state == Tenant.State.DELETED:
        return reverse("portal:find")
    return reverse("portal:tenant-find", args=[tenant.slug])


def _role(request: PortalRequest) -> str:
    """What the administrator is in the managed tenant, of their own or as an operator."""
    if request.tenant_role:
        return name_of(request.tenant_role)
    if not request.operator_role:
        return _("Administrator")
    return _("Operator, %(role)s") % {"role": in_a_sentence(name_of(request.operator_role))}


def _page_about(request: PortalRequest) -> DocumentationPage | None:
    match = request.resolver_match
    return page_about(match.url_name or "") if match else None


def _top_entries(request: PortalRequest) -> list[Entry]:
    """The pages about no single tenant."""
    pages = [
        (_("Tenants"), "building-2", "tenants"),
        (_("Administrators"), "shield-user", "people"),
        (_("Installation"), "gauge", "installation"),
        (_("Jobs"), "list-checks", "jobs"),
        (_("Logs"), "scroll-text", "installation-logs"),
        (_("Installation settings"), "settings", "installation-settings"),
    ]
    entries = _with_one_current([_entry(request, page, []) for page in pages if may_open(request, page[2])])
    tenant = tenant_left(request)
    if tenant is None:
        return entries
    back = reverse("portal:tenant", args=[tenant.slug])
    return [Entry(_("Back to %(name)s") % {"name": tenant.name}, "arrow-left", back, is_current=False), *entries]


def _tenant_entries(request: PortalRequest, tenant: Tenant) -> list[Entry]:
    """The pages that the administrator may open. The overview always stands there: it tells of a deleted tenant."""
    overview = reverse("portal:tenant", args=[tenant.slug])
    entries = [Entry(_("Overview"), "layout-dashboard", overview, request.path == overview)]
    if tenant.state == Tenant.State.DELETED:
        return entries
    shown = [page for page in _pages() if page[2] != "customers" or not tenant.is_home]
    return entries + [_entry(request, page, [tenant.slug]) for page in shown if may_open(request, page[2])]


def _entry(request: PortalRequest, page: tuple[str, str, str], named: list[str]) -> Entry:
    name, icon, url_name = page
    url = reverse(f"portal:{url_name}", args=named)
    return Entry(name, icon, url, request.path.startswith(url))


def _with_one_current(entries: list[Entry]) -> list[Entry]:
    """Where a page lies below two entries, the nearer one is where somebody is."""
    current = max((entry.url for entry in entries if entry.is_current), key=len, default="")
    return [replace(entry, is_current=entry.url == current) for entry in entries]


def _pages() -> list[tuple[str, str, str]]:
    """The name, icon and URL name of each page of a tenant but the overview."""
    return [
        (_("Figures"), "chart-line", "figures"),
        (_("Customers"), "circle-user-round", "customers"),
        (_("Groups"), "users", "groups"),
        (_("App registrations"), "app-window", "applications"),
        (_("User flows"), "route", "userflows"),
        (_("Identity providers"), "key-round", "identity-providers"),
        (_("Hooks"), "webhook", "hooks"),
        (_("Company branding"), "palette", "branding"),
        (_("Words"), "languages", "words"),
        (_("Outbox"), "inbox", "outbox"),
        (_("Logs"), "scroll-text", "logs"),
        (_("Administrators"), "shield-user", "administrators"),
        (_("Settings"), "settings", "tenant-settings"),
    ]


def _other_tenants(request: PortalRequest) -> Callable[[], tuple[list[Tenant], bool]]:
    """The tenants to switch to, and whether there are more; read when the page asks, and once though it asks twice."""
    return cache(lambda: tenants_to_switch_to(request))
