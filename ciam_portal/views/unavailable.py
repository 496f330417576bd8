"""What a suspended or deleted tenant says, on every path and to every method."""

import logging

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from branding.look import Look, look_for_request
from common.text.languages import ENGLISH, find_language
from common.web.current_request import reference
from tenants.models import Tenant

logger = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = "3600"
_STATUS = {Tenant.State.SUSPENDED: 503, Tenant.State.DELETED: 410}
_PROTOCOL_PREFIX = "/oidc/"


# Nothing is changed here, so nothing is to be protected from other sites; a relying party's POST gets its answer.
@csrf_exempt
def unavailable(request: HttpRequest) -> HttpResponse:
    """503 while the tenant is suspended, 410 once it is deleted: a page for people, JSON for the protocol."""
    tenant: Tenant = request.tenant  # type: ignore[attr-defined]
    status = _STATUS.get(Tenant.State(tenant.state), 503)
    response = _protocol_answer() if _is_protocol(request) else _page(request, tenant)
    response.status_code = status
    if status == 503:
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    patch_cache_control(response, no_store=True)
    return response


def _is_protocol(request: HttpRequest) -> bool:
    if not request.path_info.startswith(_PROTOCOL_PREFIX):
        return False
    # Libraries send */* or JSON; only a browser on its way through the authorization endpoint names HTML.
    return request.method == "POST" or "text/html" not in request.headers.get("Accept", "")


def _protocol_answer() -> HttpResponse:
    # RFC 6749 section 4.1.2.1 names the code for a server that can't answer for now.
    return JsonResponse({"error": "temporarily_unavailable", "error_description": "This tenant is out of service."})


def _page(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    spoken = find_language(get_language() or ENGLISH)
    context = {"tenant": tenant, "look": _look(request), "spoken": spoken, "reference": reference()}
    return render(request, "customer/out_of_service.html", context)


def _look(request: HttpRequest) -> Look | None:
    """The tenant's look; None, which the page shows neutrally, if it can't be read."""
    try:
        return look_for_request(request)
    except DatabaseError:
        logger.exception("The branding of a tenant out of service can't be read")
        return None
