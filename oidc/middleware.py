from collections.abc import Callable
from contextlib import nullcontext
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, override

from common.database.faults import DATABASE_FAULTS
from common.text.languages import ENGLISH
from common.web.http import NOTHING_WAS_DONE
from oidc.authorization.endpoints import push
from oidc.devices.endpoints import device_authorization
from oidc.grants.endpoints import token
from oidc.issuer.endpoints import jwks, metadata
from oidc.keys.loaded import rsa_keys
from oidc.registration.endpoints import manage, register
from oidc.tokens.endpoints import introspect, revoke, userinfo
from oidc.wire.addresses import ISSUER_PATH, PATHS, REGISTRATION_PATH
from oidc.wire.errors import TemporarilyUnavailable
from oidc.wire.requests import Call, TenantRequest
from oidc.wire.responses import JSON, Endpoint, EndpointAnswer, as_response, refusal
from tenants.addressing import PATH_PREFIX, uses_paths
from tenants.lookup import tenant_by_slug
from tenants.middleware import database_fault
from tenants.models import Tenant
from tenants.schema.upgrade import migration_state

METADATA_SUFFIX = "/.well-known/oauth-authorization-server"
DOCUMENT_ENDPOINTS: dict[str, Endpoint] = {
    ISSUER_PATH + PATHS["jwks_uri"]: jwks,
    f"{ISSUER_PATH}/.well-known/openid-configuration": metadata,
    f"{ISSUER_PATH}{METADATA_SUFFIX}": metadata,
    # RFC 8414 section 3.1 puts the well-known part before the issuer's path.
    f"{METADATA_SUFFIX}{ISSUER_PATH}": metadata,
}
DOCUMENTS = tuple(DOCUMENT_ENDPOINTS)
ENDPOINTS: dict[str, Endpoint] = {
    ISSUER_PATH + PATHS["pushed_authorization_request_endpoint"]: push,
    ISSUER_PATH + PATHS["token_endpoint"]: token,
    ISSUER_PATH + PATHS["device_authorization_endpoint"]: device_authorization,
    ISSUER_PATH + PATHS["userinfo_endpoint"]: userinfo,
    ISSUER_PATH + PATHS["introspection_endpoint"]: introspect,
    ISSUER_PATH + PATHS["revocation_endpoint"]: revoke,
    ISSUER_PATH + REGISTRATION_PATH: register,
    **DOCUMENT_ENDPOINTS,
}
FOUND = "ciam.found"
"""Where the environment of a request has its `EndpointAnswer`, for the fast path: as it was found there, or here. What
was found there may be an exception."""


class OutOfServiceMiddleware:
    """Tells machines in JSON, with the time to wait, that no answer can be had: no database, an upgrade under way.

    It stands around whatever finds out the tenant: without a database nobody gets further.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.status_code == HTTPStatus.SERVICE_UNAVAILABLE and "Retry-After" in response.headers
        if not is_page or response.headers["Content-Type"] == JSON or not _is_for_machines(request.path):
            return response
        told = as_response(refusal(TemporarilyUnavailable("No answer can be given now. Ask again later.")))
        for name in ("Retry-After", NOTHING_WAS_DONE[0]):
            if name in response.headers:
                told[name] = response[name]
        return told


class ProtocolMiddleware:
    """Answers the endpoints for machines before sessions, CSRF and the rest of the chain, which they don't use."""

    def __init__(self, get_response: Callable[[TenantRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: TenantRequest) -> HttpResponse:
        rsa_keys.keep_filled()
        endpoint = (
            ENDPOINTS.get(request.path_info) or _endpoint_of_client(request) or _endpoint_of_other_tenant(request)
        )
        if endpoint is None:
            return self.get_response(request)
        try:
            answer = _found_in_front(request) or answered_by(endpoint, request)
        except DATABASE_FAULTS:
            return database_fault(request)
        request.META[FOUND] = answer
        response = as_response(answer)
        # Without a length, which Django sets further down the chain, the server would send it in chunks.
        response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


def answered_by(endpoint: Endpoint, call: Call) -> EndpointAnswer:
    """What the endpoint answers. Raises what is no matter of the protocol, `DATABASE_FAULTS` among it."""
    if call.tenant.state != Tenant.State.ACTIVE:
        return refusal(TemporarilyUnavailable("This tenant is out of service."))
    # Programs read it, and an error's description is ASCII (RFC 6749 section 5.2); the thread may have spoken another
    # language to whoever it served before.
    with nullcontext() if get_language() == ENGLISH else override(ENGLISH):
        return endpoint(call)


def _found_in_front(request: TenantRequest) -> EndpointAnswer | None:
    """The answer that was found before Django was asked, once. Raises what was found instead."""
    found: EndpointAnswer | Exception | None = request.META.pop(FOUND, None)
    if isinstance(found, Exception):
        raise found
    return found


def _is_for_machines(path: str) -> bool:
    """Whether an endpoint for machines is at this path, of whichever tenant."""
    return path.endswith(tuple(ENDPOINTS)) or f"{ISSUER_PATH}{REGISTRATION_PATH}/" in path


def _endpoint_of_client(request: TenantRequest) -> Endpoint | None:
    """Each registration has an address of its own (RFC 7592 section 3)."""
    return manage if request.path_info.startswith(f"{ISSUER_PATH}{REGISTRATION_PATH}/") else None


def _endpoint_of_other_tenant(request: TenantRequest) -> Endpoint | None:
    """In path addressing RFC 8414's address of a tenant's metadata lies outside the tenant's own path."""
    path = request.path_info
    if not uses_paths() or not path.startswith(METADATA_SUFFIX + PATH_PREFIX) or not path.endswith(ISSUER_PATH):
        return None
    slug = path.removeprefix(METADATA_SUFFIX + PATH_PREFIX).removesuffix(ISSUER_PATH)
    tenant = tenant_by_slug(slug)
    if tenant is None or tenant.migration_state != migration_state():
        return None
    request.tenant = tenant
    return metadata
