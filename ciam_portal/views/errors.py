"""What people see when a page doesn't exist, broke, or was sent too late: in the tenant's look where it has one."""

import sys

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.cache import patch_cache_control

from common.database.faults import DATABASE_FAULTS
from common.web.current_request import reference
from common.web.language import told_in
from portal_frame.pages import NotInRole
from tenants.middleware import database_fault
from userflows.journeys.addresses import see_other
from userflows.journeys.dead_ends import is_sent_too_late, sent_too_late
from userflows.journeys.dispatch import STALE
from userflows.journeys.entry import any_journey_of
from userflows.journeys.events import record_unknown
from userflows.journeys.picked_up import is_left_here
from userflows.middleware import speak_for
from userflows.pages import render_customer

BRANDED = "errors/_branded.html"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django calls it so
    """The form was sent from a page that is too old or from elsewhere. Nothing is done.

    A page of this browser's journey is opened anew: a step's says so, and goes on, or tells what has become of the
    journey in another tab.
    """
    match = request.resolver_match
    journey_id = match.kwargs.get("journey_id") if match else None
    if match is None or journey_id is None:
        return _page(request, "expired_form", 403, back_url=request.path)
    journey, is_of_step = any_journey_of(request, journey_id), match.url_name == "step"
    if journey and is_of_step and is_sent_too_late(request, journey):
        request.journey = journey  # type: ignore[attr-defined]
        speak_for(request, journey)
        return sent_too_late(request, journey)
    if journey or is_left_here(request, journey_id):
        return see_other(f"{request.path}?{STALE}" if is_of_step else request.path)
    record_unknown(request, journey_id)
    return _page(request, "expired_form", 403, back_url=request.path)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django calls it so
    """What was sent can't be read: too many fields, a broken address, a forged name."""
    return _page(request, "bad_request", 400, start_url=get_script_prefix())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """One page for what doesn't exist and for what this person may not know of. Who manages a tenant reads of its pages
    that their role doesn't include one, which is looked at before anything of the tenant is.
    """
    if getattr(request, "managed_tenant", None):
        page = {"reference": reference(), "is_not_in_role": isinstance(exception, NotInRole), "learn_more": None}
        response = render(request, "portal/not_found.html", page, status=404)
        patch_cache_control(response, no_store=True, private=True)
        return told_in(response)
    return _page(request, "not_found", 404, start_url=get_script_prefix())


def wrong_method(request: HttpRequest) -> HttpResponse:
    """An address that only receives forms was opened."""
    return _page(request, "wrong_method", 405, start_url=get_script_prefix())


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request: whatever broke may break a context processor too.

    Where the database was lost outside of a view, by a middleware or the page of another error, it is 503 as in one.
    """
    if isinstance(sys.exception(), DATABASE_FAULTS):
        return database_fault(request)
    return HttpResponse(render_to_string("errors/unavailable.html", {"reference": reference()}), status=500)


def _page(request: HttpRequest, name: str, status: int, **context: str) -> HttpResponse:
    template = f"errors/{name}.html"
    response = _branded(request, template, status, context) if _is_for_customers(request) else None
    response = response or render(request, template, {**context, "reference": reference()}, status=status)
    patch_cache_control(response, no_store=True)
    return response


def _branded(request: HttpRequest, template: str, status: int, context: dict[str, str]) -> HttpResponse | None:
    """The page in the tenant's look; None where it can't be read."""
    try:
        return render_customer(request, template, {"frame": BRANDED, **context}, status=status)
    except DatabaseError:
        return None


def _is_for_customers(request: HttpRequest) -> bool:
    """Whether somebody who looks for customer pages stands here, and not an administrator or nobody's visitor."""
    tenant = getattr(request, "tenant", None)
    if tenant is None or getattr(request, "urlconf", "") == settings.UNAVAILABLE_URLCONF:
        return False
    if request.resolver_match is None:
        return not tenant.is_home
    return "portal" not in request.resolver_match.namespaces
