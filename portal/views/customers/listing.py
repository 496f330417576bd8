"""The list of customers: searched, filtered, in the columns and views an administrator has chosen."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from accounts.finding.in_order import LAST_SIGN_IN, NEWEST, HowMany, Sought, seek
from accounts.finding.lookup import CustomerFilter, customers_found
from accounts.finding.services import choose_columns
from accounts.identity.values import attribute_asked_for
from accounts.models import Account, CustomerEntry
from bulk.actions.verbs import VERBS
from bulk.chain import need_of
from bulk.forms.filters import FilterForm, all_groups
from common.database.brief import TookTooLong, brief
from common.database.strides import by_indexes
from portal.views.customers.columns import MOST_COLUMNS, Column, chosen_columns, columns, row_of, with_groups
from portal.views.customers.filters import filters_in
from portal.views.customers.pages import customers_page
from portal.views.customers.saved import BUILT_IN, views_for
from portal_frame.access import Need
from portal_frame.fields.widgets import LongSelect
from portal_frame.lists import COUNT, Filter, ListPage, stretch_page
from portal_frame.pages import PortalRequest
from tenants.models import Tenant


@customers_page(needs=Need.CUSTOMERS_READ)
@require_safe
def customers(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """The list. Whoever types an ID or an attribute's value gets there at once."""
    path = reverse("portal:customers", args=[tenant.slug])
    # Of all of them is asked once, for the filter and for what is done to a selection.
    groups = all_groups() if Need.CUSTOMERS_CHANGE in request.allowed else None
    form = filters_in(request, tenant, groups)
    asked = form.asked
    if found := _straight_to(tenant, asked.search):
        return found
    shown = chosen_columns(request.administrator.pk, form.columns_asked)
    names = {column.name for column in shown}
    context: dict[str, Any] = {
        "form": form,
        "query": asked.search,
        "chips": list(form.chips()),
        "left_out": form.left_out,
        "views": _views(request, path, form),
        "headings": [column.heading(is_first=column is shown[0]) for column in shown],
        "all_columns": [(column, column.name in names) for column in columns().values()],
        "most_columns": MOST_COLUMNS,
        "may_change": Need.CUSTOMERS_CHANGE in request.allowed,
        "is_filtered": not asked.is_empty,
        "is_sorted": bool(form.data.get("sort")),
        **_for_several(request, groups),
        **_found(request, form, asked, shown),
    }
    return render(request, "portal/customers/list.html", context)


@customers_page(needs=Need.CUSTOMERS_READ | Need.OWN_PROFILE)
@require_POST
def choose(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Remember which columns this administrator wants to see."""
    known = columns()
    wanted = [name for name in request.POST.getlist("column") if name in known]
    if len(wanted) > MOST_COLUMNS:
        messages.warning(
            request,
            gettext("A list has room for %(most)d columns in addition to the name: the first ones were used.")
            % {"most": MOST_COLUMNS},
        )
    choose_columns(request.administrator.pk, wanted[:MOST_COLUMNS])
    path = reverse("portal:customers", args=[tenant.slug])
    return redirect(FilterForm(request.POST, path).without("columns"))


def _found(request: PortalRequest, form: FilterForm, asked: CustomerFilter, shown: Sequence[Column]) -> dict[str, Any]:
    """The page of the list, and how many there are in all; or that it would have taken too long."""
    try:
        with brief(), by_indexes():
            sought = seek(asked)
            page = _page(request, form, sought)
            accounts = [entry.account for entry in page.rows]
            with_groups(accounts)
    except TookTooLong:
        return {"is_too_slow": True}
    count = sought.count
    if count.is_less:
        has_more = bool(page.next_url or page.previous_url)
        count = replace(count, value=max(count.value, len(accounts)), is_less=has_more)
    if COUNT in request.GET:
        with suppress(TookTooLong), brief():
            count = HowMany(customers_found(asked).count())
    may_change = Need.CUSTOMERS_CHANGE in request.allowed
    rows = [row_of(each, shown, url=f"{request.path}{each.pk}/", can_be_picked=may_change) for each in accounts]
    count_url = f"{request.path}?{urlencode({**request.GET.dict(), COUNT: 'all'})}"
    return {"page": page, "count_url": count_url, "rows": SafeString("".join(rows)), "count": count}


def _page(request: PortalRequest, form: FilterForm, sought: Sought) -> ListPage[CustomerEntry]:
    """The page that is asked for. By their last sign-in, those who never signed in come behind all others."""
    by = form.order
    if by.removeprefix("-") != LAST_SIGN_IN or sought.asked.is_about_sign_ins:
        return stretch_page(request, sought.in_order(by), order="time" if by == NEWEST else "")
    return stretch_page(request, sought.in_order(by), sought.never_signed_in())


def _for_several(request: PortalRequest, groups: Sequence[tuple[str, str]] | None) -> dict[str, Any]:
    """What may be done to many customers at once."""
    return {
        "may_import": Need.CUSTOMERS_IMPORT in request.allowed,
        "may_export": Need.CUSTOMERS_EXPORT in request.allowed,
        "actions": [(kind.value, verb.deed) for kind, verb in VERBS.items() if need_of(kind) in request.allowed],
        "group_choice": _group_choice(groups) if groups is not None else "",
    }


def _group_choice(groups: Sequence[tuple[str, str]]) -> SafeString:
    said = {"class": "form-select selection-group", "aria-label": gettext("Group")}
    return LongSelect(said, [("", gettext("Choose a group")), *groups]).render("group", "")


def _straight_to(tenant: Tenant, typed: str) -> HttpResponse | None:
    """The customer whose ID was typed, or everybody with the value of an attribute."""
    with suppress(ValueError):
        account_id = UUID(typed)
        if Account.objects.filter(pk=account_id).exists():
            return redirect("portal:customer", tenant.slug, account_id)
    if all(attribute_asked_for(typed)):
        path = reverse("portal:customers", args=[tenant.slug])
        return redirect(FilterForm({"attribute": typed}, path).without())
    return None


def _views(request: PortalRequest, path: str, form: FilterForm) -> list[Filter]:
    """The views that everybody has, and those saved by or for this administrator; the one that is shown is marked."""
    saved = [(view.name, view.query) for view in views_for(request.administrator.pk)]
    built_in = [(gettext(name), kept) for name, kept in BUILT_IN]
    query = form.query
    return [Filter(name, f"{path}?{kept}" if kept else path, kept == query) for name, kept in [*built_in, *saved]]
