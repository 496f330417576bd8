"""The first page of a tenant: how today goes, what needs attention, what colleagues changed, and what is set up."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from figures.lookup.ranges import DayRange
from figures.lookup.sums import Series, customers_in_all, ledger, series_of, today_beside_last_week
from figures.policies import FAILURES, SIGN_INS, SIGN_UPS
from oidc.wire.addresses import issuer_of
from operations.figures import SetUp, set_up_so_far
from portal.changes import last_changes
from portal.charts import NOTHING_TO_COMPARE, Change, change_of, chart_of, sparkline
from portal.views.figures import days_drawn, name_drawn, points_of
from portal_frame.access import Need
from portal_frame.attention import ATTENTION
from portal_frame.pages import PortalRequest, may_open, tenant_page
from tenants.addressing import base_url
from tenants.models import Tenant

CHANGES = 6
DAYS_DRAWN = 14


@dataclass(frozen=True)
class ToDo:
    """One line of the checklist. Done or not, its address leads to where it is done."""

    title: str
    explanation: str
    url: str
    is_done: bool


@dataclass(frozen=True)
class Tile:
    """What was counted today, and by this time a week ago; `line` draws the two weeks before today."""

    name: str
    n: int
    before: int
    change: Change
    line: str


@tenant_page(needs=Need.OVERVIEW_READ, also_if_deleted=True)
@require_safe
def overview(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    issuer = issuer_of(tenant)
    to_dos = [] if tenant.is_home or tenant.guide_is_away else _checklist(request, tenant, set_up_so_far())
    context = {
        "tenant": tenant,
        "to_dos": to_dos,
        "start_url": reverse("portal:tenant-start", args=[tenant.slug]) if may_open(request, "tenant-start") else "",
        "done_count": sum(to_do.is_done for to_do in to_dos),
        **(_morning(request, tenant) if tenant.state != Tenant.State.DELETED else {}),
        "address": base_url(tenant),
        "sign_up_url": _customer_url(tenant, "customer:sign-up"),
        "sign_in_url": _customer_url(tenant, "customer:sign-in"),
        "issuer": issuer,
        # OpenID Connect Discovery 1.0 section 4.
        "discovery_url": f"{issuer}/.well-known/openid-configuration",
    }
    return render(request, "portal/tenants/overview.html", context)


def _morning(request: PortalRequest, tenant: Tenant) -> dict[str, Any]:
    """What somebody looks at who opens the page every day."""
    sees_figures, sees_changes = Need.FIGURES_READ in request.allowed, Need.LOGS_READ in request.allowed
    return {
        "concerns": ATTENTION.at(request, tenant),
        "sees_changes": sees_changes,
        "changes": last_changes(reader=request.administrator.pk, number=CHANGES) if sees_changes else [],
        **(_today(tenant) if sees_figures else {}),
    }


def _today(tenant: Tenant) -> dict[str, Any]:
    books = ledger()
    days = DayRange("30d", books.today)
    drawn = days_drawn(days)
    series = series_of(days, books)
    beside = today_beside_last_week(books)
    return {
        "books": books,
        "weekday": gettext("last %(weekday)s") % {"weekday": date_format(books.today, "l")},
        "customers": customers_in_all(),
        "tiles": [
            _tile(gettext("Sign-ups today"), beside[SIGN_UPS], series[SIGN_UPS]),
            _tile(gettext("Sign-ins today"), beside[SIGN_INS], series[SIGN_INS]),
            _tile(gettext("Failed attempts today"), beside[FAILURES], series[FAILURES], is_good=False),
        ],
        "chart": chart_of(
            points_of(drawn, series[SIGN_INS]), name=name_drawn(days, drawn), compares=books.can_compare(days)
        ),
        "recent_sign_ups": series[SIGN_UPS].total,
        "recent_change": change_of(series[SIGN_UPS].total, series[SIGN_UPS].total_before)
        if books.can_compare(days)
        else NOTHING_TO_COMPARE,
        "figures_url": reverse("portal:figures", args=[tenant.slug]),
    }


def _tile(name: str, beside: tuple[int, int], series: Series, *, is_good: bool = True) -> Tile:
    return Tile(
        name, beside[0], beside[1], change_of(*beside, is_good=is_good), sparkline(series.values[-DAYS_DRAWN - 1 : -1])
    )


def _customer_url(tenant: Tenant, name: str) -> str:
    return base_url(tenant) + reverse(name, urlconf=settings.TENANT_URLCONF)


def _checklist(request: PortalRequest, tenant: Tenant, done: SetUp) -> list[ToDo]:
    """What is to be set up by whoever looks: what they may not do is a colleague's."""

    def page(name: str) -> str:
        return reverse(f"portal:{name}", args=[tenant.slug])

    where_done = {
        "applications": ToDo(
            gettext("Register an application"),
            gettext("Tell the tenant which app customers sign in to, and copy the values its library asks for."),
            page("applications"),
            done.has_application,
        ),
        "userflows": ToDo(
            gettext("Adapt the user flow"),
            gettext("Choose password or one-time code, and which attributes a sign-up asks for."),
            page("userflows"),
            done.has_changed_flow,
        ),
        "branding": ToDo(
            gettext("Make the pages yours"),
            gettext("Upload a logo, choose colours, and watch the sign-in page change as you do."),
            page("branding"),
            done.has_brand,
        ),
        "tenant": ToDo(
            gettext("Try it as a customer"),
            gettext("Sign up on the real page, as your customers will."),
            _customer_url(tenant, "customer:sign-up"),
            done.has_customer,
        ),
    }
    return [to_do for name, to_do in where_done.items() if may_open(request, name)]
