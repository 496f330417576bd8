"""The log of a tenant: what customers and applications did, and what administrators, commands and the product did."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from audit.models import Category, Event
from audit.search import Requests, read_network
from common.database.brief import TookTooLong, brief
from common.text.ids import uuid_of
from portal.forms.logs import LogForm
from portal.forms.named import application_named
from portal.views.logs.log_guesses import customers_named, guesses_about
from portal.views.logs.log_pages import MOST, Log, export, show_event, show_list
from portal_frame.access import Need
from portal_frame.lists import searched_for
from portal_frame.pages import PortalRequest, may_open, tenant_page
from portal_frame.tabs import LOG_TABS
from tenants.models import Tenant

# A journey lives for an hour, and may be come back to for a while.
AROUND_A_JOURNEY = timedelta(hours=2)
MOST_RELATED = 50
LISTS = {Category.ACTIVITY: "logs", Category.ADMINISTRATION: "logs-audit"}


@tenant_page(needs=Need.LOGS_READ)
@require_safe
def activity(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """What customers and applications did, sign-ins among it."""
    return _list(request, tenant, Category.ACTIVITY)


@tenant_page(needs=Need.LOGS_READ)
@require_safe
def administration(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """What administrators, the command line and the product itself did."""
    return _list(request, tenant, Category.ADMINISTRATION)


@tenant_page(needs=Need.LOGS_READ)
@require_safe
def event(request: PortalRequest, tenant: Tenant, event_id: int) -> HttpResponse:
    """One event, with all that happened in the same request and on the same journey."""
    found = get_object_or_404(Event, pk=min(event_id, MOST))
    context = {
        "list_url": _list_url(tenant, Category(found.category)),
        "same_request": _others(Event.objects.all(), found, request_id=found.request_id),
        "same_journey": _of_journey(found),
        "is_activity": found.category == Category.ACTIVITY,
    }
    return show_event(request, found, "portal/logs/event.html", **context)


@tenant_page(needs=Need.LOGS_EXPORT, asks_for_proof=True)
@require_POST
def export_activity(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """All that the list of activity shows, as a file."""
    return _export(request, tenant, Category.ACTIVITY)


@tenant_page(needs=Need.LOGS_EXPORT, asks_for_proof=True)
@require_POST
def export_administration(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """All that the list of administration shows, as a file."""
    return _export(request, tenant, Category.ADMINISTRATION)


def _export(request: PortalRequest, tenant: Tenant, category: Category) -> HttpResponse:
    file_name = f"{tenant.slug}-{LISTS[category]}"
    return export(request, _log(request, tenant, category), of=category, tenant=tenant, file_name=file_name)


def _list(request: PortalRequest, tenant: Tenant, category: Category) -> HttpResponse:
    log, query = _log(request, tenant, category), searched_for(request)
    found = _meant_by(query, category) if query else {}
    if found:
        return redirect(f"{log.list_url}?{urlencode(found)}")
    customers_url = _customers_url(request, tenant, query) if query else ""
    guesses = [*(customers_named(query) if customers_url else []), *(guesses_about(query) if query else [])]
    if len(guesses) == 1:
        return redirect(f"{log.list_url}?{guesses[0].query}")
    context = {
        "guesses": guesses,
        "customers_url": customers_url,
        "events_url": _list_url(tenant, Category.ACTIVITY),
        "tabs": LOG_TABS.at(request, of=tenant, named=[tenant.slug]),
        "is_activity": category is Category.ACTIVITY,
        "category": category.value,
        "searched": query,
        "export_url": _export_url(tenant, category) if Need.LOGS_EXPORT in request.allowed else "",
    }
    return show_list(request, log, "portal/logs/list.html", **context)


def _log(request: PortalRequest, tenant: Tenant, category: Category) -> Log:
    form = LogForm(request.GET)
    events = Event.objects.all()
    if request.GET.get("administrator", "").strip():
        # Whatever administrators do is administration: to be told so again, the database would expect hardly any.
        events = events if category is Category.ADMINISTRATION else events.none()
    elif not request.GET.get("request"):
        # What happened in one request is of both kinds, and few.
        events = events.filter(category=category)
    return Log(events, form, _list_url(tenant, category))


def _list_url(tenant: Tenant, category: Category) -> str:
    return reverse(f"portal:{LISTS[category]}", args=[tenant.slug])


def _export_url(tenant: Tenant, category: Category) -> str:
    return reverse(f"portal:{LISTS[category]}-export", args=[tenant.slug])


def _meant_by(text: str, category: Category) -> dict[str, str]:
    """Which filter somebody means who types this into the search; none if it can't be told."""
    if "@" in text:
        is_administrator = category is Category.ADMINISTRATION and not Account.objects.with_email(text).exists()
        return {"administrator" if is_administrator else "customer": text}
    if read_network(text) is not None:
        return {"ip": text}
    named = application_named(text)
    if named is not None:
        return {"application": str(named.client_id)}
    if Requests.read(text) is None:
        return {}
    return {"customer": text} if _is_account(text) else {"request": text}


def _customers_url(request: PortalRequest, tenant: Tenant, query: str) -> str:
    """Where somebody of this name is found."""
    if tenant.is_home or not may_open(request, "customers"):
        return ""
    return f"{reverse('portal:customers', args=[tenant.slug])}?{urlencode({'q': query})}"


def _is_account(text: str) -> bool:
    account_id = uuid_of(text)
    return account_id is not None and Account.objects.filter(pk=account_id).exists()


def _of_journey(found: Event) -> list[Event]:
    """What else happened on the way: an index leads to its hours, and the journey's ID picks."""
    window = {"at__gte": found.at - AROUND_A_JOURNEY, "at__lte": found.at + AROUND_A_JOURNEY}
    return _others(Event.objects.activity().filter(**window), found, journey_id=found.journey_id)


def _others(events: QuerySet[Any], found: Event, **same: Any) -> list[Any]:
    if not any(same.values()):
        return []
    try:
        with brief():
            others = events.filter(**same).exclude(pk=found.pk).defer("details").order_by("at", "pk")
            return list(others[:MOST_RELATED])
    except TookTooLong:
        return []
