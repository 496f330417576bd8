"""What stands before all the rest: health, and the policy that pages carry."""

from collections.abc import Callable

from csp.middleware import CSPMiddleware
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django_tenants.utils import get_public_schema_name, schema_context

from tenants.models import Tenant
from tenants.schema.upgrade import migration_state


class HealthMiddleware:
    """Answers load balancers, which ask by address and often under no tenant's host.

    `/healthz`: the process answers. `/readyz`: the database does too, and holds this release's schema.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path_info == "/readyz":
            problem = _problem()
            status = 503 if problem else 200
            return JsonResponse({"status": problem or "ready"}, status=status)
        return self.get_response(request)


class PagePolicyMiddleware(CSPMiddleware):
    """Content-Security-Policy for pages; no browser shows what is meant for machines."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Type") == "application/json":
            return response
        return super().process_response(request, response)


def _problem() -> str:
    """Why requests can't be served now; empty if they can."""
    try:
        with schema_context(get_public_schema_name()):
            home = Tenant.objects.filter(is_home=True).values_list("migration_state", flat=True).first()
    except DatabaseError:
        connection.close()
        return "database unavailable"
    if home is None:
        return "not set up"
    return "" if home == migration_state() else "upgrade needed"
