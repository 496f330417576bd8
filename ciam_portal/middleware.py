"""What stands around all the rest: health, the policy that pages carry, and a page for a wrong method."""

import logging
import time
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from threading import Lock
from typing import Any

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.security import SecurityMiddleware
from django.urls import ResolverMatch
from django_tenants.utils import get_public_schema_name, schema_context

from ciam_portal.views.errors import wrong_method
from common.database.faults import DATABASE_FAULTS
from tenants.domains.records import PROBE_PATH, probe_answer
from tenants.lookup import is_of_installation, tenant_with_domain
from tenants.models import Tenant
from tenants.postgresql.base import MixedUpSession, ServerTooOld
from tenants.postgresql.pooling import SharedSessions, refuse_shared_sessions
from tenants.schema.upgrade import is_tried, migration_state

TEXT = "text/plain; charset=utf-8"
LOOKS_AT_POOL_EVERY = 30.0
POOL_SHARES_SESSIONS = "the database's pool shares sessions"
# What an application may have opened in a window of its own, beside all that is about a journey.
IN_A_POPUP = frozenset(
    {
        *("oidc:authorize", "customer:provider-callback", "customer:language"),
        *("oidc:end-session", "oidc:confirm-end-session", "customer:sign-out", "customer:signed-out"),
    }
)


logger = logging.getLogger(__name__)


class HealthMiddleware:
    """Answers load balancers, which ask by address and often under no tenant's host.

    `/healthz`: the process answers. `/readyz`: the database does too, takes writes, and holds this release's schema.
    `/tls-allowed?domain=`: for a proxy that gets certificates as they are needed, whether a domain is a tenant's.
    `PROBE_PATH`, under whatever name: what nobody but this installation can say.
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
        if request.path_info == "/tls-allowed":
            return _tls_allowed(request.GET.get("domain", ""))
        if request.path_info == PROBE_PATH:
            return HttpResponse(probe_answer(request.META.get("HTTP_HOST", "").lower().partition(":")[0]), TEXT)
        return self.get_response(request)


def _tls_allowed(domain: str) -> HttpResponse:
    """200 for a domain that a tenant holds, as Caddy's `ask` wants it; 404 for all else, whyever."""
    try:
        is_allowed = tenant_with_domain(domain) is not None
    except DATABASE_FAULTS as error:
        logger.error("Couldn't look up whether a domain is a tenant's: %s", error)
        connection.close()
        return HttpResponse("unavailable\n", TEXT, status=503)
    return HttpResponse("yes\n", TEXT) if is_allowed else HttpResponse("no\n", TEXT, status=404)


class TransportSecurityMiddleware(SecurityMiddleware):
    """Django's, for whatever is answered. What lies below a tenant's own domain isn't ours to decide about."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        answer = super().process_response(request, response)
        told = answer.headers.get("Strict-Transport-Security")
        if told and not is_of_installation(request.META.get("HTTP_HOST", "")):
            answer.headers["Strict-Transport-Security"] = told.replace("; includeSubDomains", "")
        return answer


class NoFileMiddleware:
    """Answers what is no file though it asks for one: no tenant is asked, none of them has anything there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(settings.STATIC_URL):
            return HttpResponse("There is no such file.\n", status=404, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


class PagePolicyMiddleware:
    """Content-Security-Policy and Cross-Origin-Opener-Policy of pages; no browser shows what is meant for machines.

    A page says what its policy has otherwise as django-csp is told: `_csp_replace` and `_csp_update`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.headers.get("Content-Type") == "application/json":
            return response
        if _may_be_in_a_popup(request.resolver_match):
            response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
        replaced, added = (_directives(getattr(response, f"_csp_{how}", None)) for how in ("replace", "update"))
        response.headers.setdefault(HEADER, _policy(replaced, added))
        return response


def _may_be_in_a_popup(match: ResolverMatch | None) -> bool:
    """Whether an application may have opened it in a window of its own, to be told there how it ended: the way from its
    request to its answer, and a sign-out; or nobody knows what was asked for, since the database is away, say.

    One answer that keeps to itself, a redirect or an error, would part the two for good.
    """
    if match is None or match.view_name in IN_A_POPUP:
        return True
    return match.namespace in {"customer", "oidc"} and "journey_id" in match.kwargs


Directives = tuple[tuple[str, tuple[str, ...] | None], ...]


def _directives(told: dict[str, Any] | None) -> Directives:
    return tuple((name, None if sources is None else tuple(sources)) for name, sources in (told or {}).items())


@lru_cache(maxsize=200)
def _policy(replaced: Directives, added: Directives) -> str:
    """The policy of the settings but for these directives, each written out once."""
    return build_policy(replace=dict(replaced), update=dict(added))


class WrongMethodMiddleware:
    """Gives the empty answer to a wrong method a page. What clients ask for, below the issuer, stays as it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or response.content:
            return response
        if request.resolver_match is None or "oidc" in request.resolver_match.namespaces:
            return response
        page = wrong_method(request)
        page["Allow"] = response["Allow"]
        return page


class _Pool:
    """Whether the database is reached through a pool that mixes tenants: one may have been set so after the start."""

    def __init__(self) -> None:
        self.looked_at = float("-inf")
        self._turn = Lock()

    def problem(self) -> str:
        """Why nothing may be served through it; asks twice a minute at most. Raises `DatabaseError`."""
        # A look takes two connections, so who asks meanwhile waits for what it finds.
        with self._turn:
            if time.monotonic() - self.looked_at > LOOKS_AT_POOL_EVERY:
                try:
                    refuse_shared_sessions()
                except SharedSessions:
                    return POOL_SHARES_SESSIONS
                self.looked_at = time.monotonic()
        return ""


_pool = _Pool()


def _problem() -> str:
    """Why requests can't be served now; empty if they can."""
    try:
        if problem := _pool.problem():
            return problem
        with schema_context(get_public_schema_name()):
            if _is_read_only():
                # Where the address names several hosts, another may take writes by now.
                connection.close()
                return "database takes no writes"
            return _lacking()
    except MixedUpSession:
        return POOL_SHARES_SESSIONS
    except DatabaseError:
        connection.close()
        return "database unavailable"
    except ServerTooOld:
        return "the database's PostgreSQL is too old"


def _lacking() -> str:
    """What the database lacks for this release; empty if it serves home, or is tried on another tenant first."""
    home = Tenant.objects.filter(is_home=True).values_list("migration_state", flat=True).first()
    if home is None:
        return "not set up"
    return "" if home == migration_state() or is_tried() else "upgrade needed"


def _is_read_only() -> bool:
    """Whether the database is a standby's, or was set to read only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('transaction_read_only')::boolean")
        return bool(cursor.fetchone()[0])
