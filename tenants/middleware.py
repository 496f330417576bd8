"""Which tenant a request belongs to, decided before anything else looks at the request."""

import logging
import math
import re
import sys
import time
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation

from common.database.faults import DATABASE_FAULTS
from common.web.current_request import reference
from common.web.http import NOTHING_WAS_DONE
from tenants.addressing import PATH_PREFIX, script_prefix, uses_paths
from tenants.lookup import tenant_at, tenant_by_slug, tenant_with_domain
from tenants.models import Tenant
from tenants.postgresql import connection
from tenants.schema.upgrade import migration_state

logger = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]
SECONDS_BETWEEN_LINES = 60
HOST_HEADER = re.compile(r"[a-z0-9.-]{1,253}(:\d{1,5})?")


class DatabaseFault(HttpResponse):
    """The answer to a request that lost the database under it."""


class TenantMiddleware:
    """Resolves the tenant, serves its schema for the length of the request, and keeps its cookies its own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._told_at = -math.inf

    def __call__(self, request: HttpRequest) -> HttpResponse:
        prefix = get_script_prefix()
        try:
            return self._serve(request)
        except DisallowedHost:
            return self._foreign_host(request)
        except DATABASE_FAULTS:
            return database_fault(request)
        finally:
            connection.set_schema_to_public()
            # Both belong to the thread, which may serve anybody next.
            set_script_prefix(prefix)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A view lost the database: 503 with a page, where Django would answer 500."""
        return database_fault(request) if isinstance(exception, DATABASE_FAULTS) else None

    def _answer(self, request: HttpRequest) -> HttpResponse:
        """The answer; where reading met a connection that had died meanwhile, the one of a second try."""
        response = self.get_response(request)
        if isinstance(response, DatabaseFault) and request.method in {"GET", "HEAD"}:
            response = self.get_response(request)
        return response

    def _foreign_host(self, request: HttpRequest) -> HttpResponse:
        """The answer under a name that isn't ours: scanners ask so all day, so the log gets a line a minute at most."""
        now = time.monotonic()
        if now - self._told_at >= SECONDS_BETWEEN_LINES:
            self._told_at = now
            logger.info("Refused a request for another host: %.100r", request.META.get("HTTP_HOST", ""))
        response = _page(request, "no_tenant.html", status=400)
        response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - how Django is told not to
        return response

    def _at_own_domain(self, request: HttpRequest, tenant: Tenant) -> HttpResponse:
        """The answer at a domain of the tenant's own: an origin of its own, with cookies nobody shares."""
        prefix = f"{PATH_PREFIX}{tenant.slug}/"
        if uses_paths() and request.path_info.startswith(prefix):
            # Pictures and style sheets of its brand are named by their place at the installation's host.
            request.path_info = request.META["PATH_INFO"] = request.path_info.removeprefix(prefix[:-1])
        connection.set_tenant(tenant)
        return self._answer(request)

    def _serve(self, request: HttpRequest) -> HttpResponse:
        tenant = _find_surely(request)
        if tenant is None:
            return _lower_case(request) or _page(request, "no_tenant.html", status=404)
        if tenant.migration_state != migration_state():
            response = _page(request, "unavailable.html", status=503)
            response.headers.setdefault(*NOTHING_WAS_DONE)
            return response
        request.tenant = tenant  # type: ignore[attr-defined]
        request.urlconf = _urlconf(tenant)
        if _is_at_own_domain(request):
            return self._at_own_domain(request, tenant)
        if not uses_paths():
            connection.set_tenant(tenant)
            return self._answer(request)
        suffix = f"_{tenant.slug}" if not tenant.is_home else ""
        _enter_path(request, tenant)
        _take_own_cookies(request, suffix)
        connection.set_tenant(tenant)
        response = self._answer(request)
        _name_cookies(response, suffix, script_prefix(tenant) + "/")
        return response


def _find_surely(request: HttpRequest) -> Tenant | None:
    """The tenant, over a second connection if the first had died meanwhile."""
    try:
        return _find(request)
    except DATABASE_FAULTS:
        connection.close()
        return _find(request)


def _find(request: HttpRequest) -> Tenant | None:
    """The tenant at the request's host. Raises `DisallowedHost` for a host that is nobody's."""
    try:
        host = request.get_host()
    except DisallowedHost:
        written = request.META.get("HTTP_HOST", "").lower()
        tenant = tenant_with_domain(written) if HOST_HEADER.fullmatch(written) else None
        if tenant is None:
            raise
        # From here on, as for the hosts that Django knows from the settings. This one was shown to be the tenant's.
        request.get_host = lambda: written  # type: ignore[method-assign]
        return tenant
    return tenant_at(host, request.path_info)


def _is_at_own_domain(request: HttpRequest) -> bool:
    """Whether the request came to a domain of the tenant's own, as `_find` has noted."""
    return "get_host" in vars(request)


def _lower_case(request: HttpRequest) -> HttpResponse | None:
    """The way to the tenant whose domain was written with capitals; None if there is none. Only what reads is led."""
    written, slash, rest = request.get_full_path().removeprefix(PATH_PREFIX).partition("/")
    slug = written.lower()
    if request.method not in {"GET", "HEAD"} or not uses_paths() or slug == written or not tenant_by_slug(slug):
        return None
    return HttpResponsePermanentRedirect(f"{PATH_PREFIX}{slug}{slash}{rest}")


def _urlconf(tenant: Tenant) -> str:
    if tenant.state != Tenant.State.ACTIVE:
        return settings.UNAVAILABLE_URLCONF
    return settings.HOME_URLCONF if tenant.is_home else settings.TENANT_URLCONF


def _enter_path(request: HttpRequest, tenant: Tenant) -> None:
    """Move the tenant's prefix from the path to SCRIPT_NAME, so that every reversed URL carries it."""
    prefix = script_prefix(tenant)
    request.path_info = request.path_info.removeprefix(prefix) or "/"
    request.META["PATH_INFO"] = request.path_info
    request.META["SCRIPT_NAME"] = prefix
    set_script_prefix(prefix + "/")


def _take_own_cookies(request: HttpRequest, suffix: str) -> None:
    """All tenants share one origin in path addressing; a tenant sees only the cookies that carry its name."""
    if suffix:
        request.COOKIES = {
            name.removesuffix(suffix): value for name, value in request.COOKIES.items() if name.endswith(suffix)
        }


def _name_cookies(response: HttpResponse, suffix: str, path: str) -> None:
    """Give each cookie of the response the tenant's name and path, deletions included."""
    if not suffix:
        return
    for name in list(response.cookies):
        morsel = response.cookies.pop(name)
        morsel.set(name + suffix, morsel.value, morsel.coded_value)
        morsel["path"] = path
        dict.__setitem__(response.cookies, name + suffix, morsel)


def database_fault(request: HttpRequest) -> DatabaseFault:
    """Log what happened, let the broken connection go, and ask to try again. Call it while the error is handled."""
    logger.error("The database didn't answer: %s", sys.exception())
    connection.close()
    page = _page(request, "unavailable.html", status=503)
    return DatabaseFault(page.content, status=503, headers=page.headers)


def _page(request: HttpRequest, template: str, *, status: int) -> HttpResponse:
    """A page of nobody's, in the browser's language."""
    headers = {"Cache-Control": "no-store"}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "10"
    with translation.override(translation.get_language_from_request(request)):
        content = render_to_string(f"errors/{template}", {"reference": reference()})
    return HttpResponse(content, status=status, headers=headers)
