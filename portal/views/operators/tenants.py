"""The list of tenants, and the way to a new one."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe
from django_tenants.utils import schema_context

from common.problems import Refused
from figures.installation.models import TenantSize
from operations.onboarding import onboard_tenant
from portal.forms.tenants import NewTenantForm, domain_problem
from portal.switcher import searched, tenants_to_switch_to
from portal_frame.access import Need
from portal_frame.forms import show_problems
from portal_frame.lists import Filter, list_page, searched_for
from portal_frame.pages import PortalRequest, portal_page, tenants_managed
from portal_frame.roles import name_of
from tenants.addressing import base_url, uses_paths
from tenants.errors import DomainTaken
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tenants.policies import normalise_domain_name

PAGE_SIZE = 25


@dataclass(frozen=True)
class TenantRow:
    """A tenant, and its size as the worker has counted it; None until it has."""

    tenant: Tenant
    size: TenantSize | None
    role: str


@portal_page(needs=Need.TENANTS_READ)
@require_safe
def first_page(request: PortalRequest) -> HttpResponse:
    """To the list of tenants; to its overview for whoever has one alone, and so nothing to choose or to create."""
    if request.allowed & Need.TENANTS_CREATE:
        return redirect("portal:tenants")
    with schema_context(PUBLIC):
        slugs = tenants_managed(request).values_list("slug", flat=True)[:2]
        return redirect("portal:tenant", *slugs) if len(slugs) == 1 else redirect("portal:tenants")


@portal_page(needs=Need.TENANTS_READ)
@require_safe
def tenant_list(request: PortalRequest) -> HttpResponse:
    """The tenants this administrator manages, by name."""
    query = searched_for(request)
    state = _state(request.GET.get("state", ""))
    with schema_context(PUBLIC):
        managed = tenants_managed(request)
        manages_any = managed.exists()
        found = searched(managed, query).with_role_of(request.administrator.pk).annotate(spelling=Lower("name"))
        found = found.filter(state=state) if state else found
        page = list_page(request, found, by="spelling", size=PAGE_SIZE)
        sizes = TenantSize.objects.in_bulk([tenant.pk for tenant in page.rows])
    rows = [TenantRow(tenant, sizes.get(tenant.pk), _role(tenant, request)) for tenant in page.rows]
    context = {
        "page": page,
        "rows": rows,
        "query": query,
        "state": state,
        "filters": _filters(query, state),
        "manages_any": manages_any,
    }
    return render(request, "portal/tenants/list.html", context)


@portal_page(needs=Need.TENANTS_READ)
@require_safe
def switcher(request: PortalRequest) -> HttpResponse:
    """The tenants to go to that a search finds: a piece for the navigation, asked for while somebody types."""
    query = searched_for(request)
    tenants, has_more = tenants_to_switch_to(request, query=query)
    context = {"tenants": tenants, "has_more": has_more, "query": query}
    return render(request, "portal/components/switcher.html", context)


@portal_page(needs=Need.TENANTS_CREATE)
def create(request: PortalRequest) -> HttpResponse:
    """A new tenant from one page."""
    form = NewTenantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tenant = _create(form, request)
        if tenant is not None:
            messages.success(request, gettext("%(name)s is ready.") % {"name": tenant.name})
            return redirect(f"{reverse('portal:tenant-start', args=[tenant.slug])}?step=method")
    before, after = _around_the_domain()
    context = {"form": form, "address_before": before, "address_after": after}
    return render(request, "portal/tenants/create.html", context)


@portal_page(needs=Need.TENANTS_CREATE)
@require_safe
def domain_check(request: PortalRequest) -> HttpResponse:
    """Whether a domain is free: a fragment for the form, asked for while somebody types."""
    slug = normalise_domain_name(request.GET.get("slug", "")[:64])
    context = {"slug": slug, "problem": domain_problem(slug) if slug else ""}
    return render(request, "portal/tenants/_domain_check.html", context)


def _create(form: NewTenantForm, request: PortalRequest) -> Tenant | None:
    wanted = form.cleaned_data
    try:
        return onboard_tenant(
            name=wanted["name"],
            slug=wanted["slug"],
            country=wanted["country"],
            owner_id=request.administrator.pk,
            actor=request.actor,
        )
    except DomainTaken as error:
        form.add_error("slug", str(error))
    except Refused as refusal:
        show_problems(form, refusal)
    return None


def _role(tenant: Tenant, request: PortalRequest) -> str:
    """What the administrator is to the tenant, by a role of their own or as an operator."""
    return name_of(getattr(tenant, "role", None) or request.operator_role)


def _state(value: str) -> str:
    return value if value in Tenant.State.values else ""


def _filters(query: str, state: str) -> list[Filter]:
    choices = [("", gettext("All")), *Tenant.State.choices]
    return [Filter(str(name), _address(q=query, state=value), value == state) for value, name in choices]


def _address(**parameters: object) -> str:
    given = {name: value for name, value in parameters.items() if value}
    return reverse("portal:tenants") + (f"?{urlencode(given)}" if given else "")


def _around_the_domain() -> tuple[str, str]:
    """What stands before and after the domain in a tenant's address."""
    before, _, after = base_url(Tenant(slug="0domain0")).partition("0domain0")
    return (before, after) if uses_paths() else (before.partition("://")[2], after)
