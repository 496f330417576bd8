"""The first page of a tenant: what is set up, what is missing, where it answers."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from frame.access import Need
from frame.pages import PortalRequest, tenant_page
from oidc.wire.addresses import issuer_of
from operations.figures import SetUp, figures, set_up_so_far
from tenants.addressing import base_url
from tenants.models import Tenant


@dataclass(frozen=True)
class ToDo:
    """One line of the checklist. Done or not, its address leads to where it is done."""

    title: str
    explanation: str
    url: str
    is_done: bool


@tenant_page(needs=Need.OVERVIEW_READ, also_if_deleted=True)
@require_safe
def overview(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    issuer = issuer_of(tenant)
    to_dos = _checklist(tenant, set_up_so_far())
    context = {
        "tenant": tenant,
        "figures": figures(),
        "to_dos": to_dos,
        "done_count": sum(to_do.is_done for to_do in to_dos),
        "address": base_url(tenant),
        "sign_up_url": _customer_url(tenant, "customer:sign-up"),
        "sign_in_url": _customer_url(tenant, "customer:sign-in"),
        "issuer": issuer,
        # OpenID Connect Discovery 1.0 section 4.
        "discovery_url": f"{issuer}/.well-known/openid-configuration",
    }
    return render(request, "portal/tenants/overview.html", context)


def _customer_url(tenant: Tenant, name: str) -> str:
    return base_url(tenant) + reverse(name, urlconf=settings.TENANT_URLCONF)


def _checklist(tenant: Tenant, done: SetUp) -> list[ToDo]:
    def page(name: str) -> str:
        return reverse(f"portal:{name}", args=[tenant.slug])

    return [
        ToDo(
            "Register an application",
            "Tell the tenant which app customers sign in to, and copy the values its library asks for.",
            page("applications"),
            done.has_application,
        ),
        ToDo(
            "Adapt the user flow",
            "Choose password or one-time code, and which attributes a sign-up asks for.",
            page("userflows"),
            done.has_changed_flow,
        ),
        ToDo(
            "Make the pages yours",
            "Upload a logo, choose colours, and see the sign-in page change beside them.",
            page("branding"),
            done.has_brand,
        ),
        ToDo(
            "Try it as a customer",
            "Sign up on the real page, as your customers will.",
            _customer_url(tenant, "customer:sign-up"),
            done.has_customer,
        ),
    ]
