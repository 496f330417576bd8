"""In front of Django: the endpoints that applications call most, answered without its chain.

An endpoint is the same function here and there. What the chain adds to a good answer is the same for all that come to a
host: it is learned from one that went through, and until then all do, so a host that Django refuses is never answered
here. Whatever is no good answer goes through the chain as well, once it is found. So headers, lines of the log and
pages of errors are written once, and are Django's.
See docs/decisions/0048-tokens-in-front-of-django.md.
"""

from collections.abc import Iterable
from contextvars import copy_context
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeGuard
from uuid import UUID

from django.conf import settings
from django.core.exceptions import SynchronousOnlyOperation
from django.db import close_old_connections

from applications.policies.grants import CLIENT_CREDENTIALS
from common.database.caches import ProcessCache
from common.database.faults import DATABASE_FAULTS
from common.web.current_request import HEADER, answering
from oidc.document_cache import PROTOCOLS, DocumentCache, WholeAnswer
from oidc.middleware import ENDPOINTS, FOUND, answered_by
from oidc.wire.addresses import ISSUER_PATH, PATHS
from oidc.wire.calls import EnvironCall
from oidc.wire.requests import DPOP
from oidc.wire.responses import EndpointAnswer
from tenants.addressing import script_prefix
from tenants.lookup import PUBLIC, tenant_at
from tenants.postgresql import connection
from tenants.schema.upgrade import migration_state

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

TOKEN, INTROSPECTION, USERINFO = (
    ISSUER_PATH + PATHS[f"{name}_endpoint"] for name in ("token", "introspection", "userinfo")
)
ON_FAST_PATH = TOKEN, INTROSPECTION, USERINFO
METHODS = frozenset({"GET", "POST"})
FOR_ITSELF = f"grant_type={CLIENT_CREDENTIALS}".encode()
KNOWN_BY_HEART = frozenset({b"grant_type", b"scope", b"resource", b"client_id", b"client_secret"})
"""How a service asks for its own token, and the parameters for which nothing is used up, written or fetched."""
OK = f"{HTTPStatus.OK:d} {HTTPStatus.OK.phrase}"


class FastPath:
    """A WSGI application that answers for the one behind it where it can."""

    def __init__(self, behind: DocumentCache) -> None:
        self._behind = behind
        # The headers that Django's chain adds to good answers.
        self._added: ProcessCache[list[tuple[str, str]]] = ProcessCache()
        # Where there is an event loop Django's connection belongs to a context: to this one, in which it is never used.
        self._context = copy_context()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not _may_be_answered(environ):
            return self._behind(environ, start_response)
        added = self._added.peek(PUBLIC, _key(environ))
        if added is None:
            return self._behind(environ, self._learning(environ, start_response))
        # As before each of Django's requests: the connection may have died, or have served many tenants.
        close_old_connections()
        call = _call_of(environ)
        if call is None:
            return self._behind(environ, start_response)
        with answering(call) as current:
            found = _found(call)
            if not _is_good(found):
                environ[FOUND] = found
                return self._behind(environ, start_response)
        answer = _whole(found, added, current.id)
        start_response(answer.status, answer.headers)
        return [answer.body]

    def at_once(self, environ: "WSGIEnvironment") -> WholeAnswer | None:
        """A good answer, if it can be given from memory: for an event loop, where nothing may wait."""
        document = self._behind.kept(environ)
        if document or not _asks_for_own(environ) or not _may_be_answered(environ):
            return document
        added = self._added.peek(PUBLIC, _key(environ))
        return None if added is None else self._context.run(_from_memory, environ, added)

    def _learning(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> "StartResponse":
        """Note what the chain adds to the headers of the answer, if that is good."""
        generation = self._added.generation

        def started(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            answer = environ.get(FOUND)
            if _is_good(answer):
                own = {HEADER, "Content-Length", *answer.headers}
                added = [each for each in headers if each[0] not in own]
                self._added.keep(PUBLIC, _key(environ), added, generation=generation)
            return start_response(status, headers, *error)

        return started


def _may_be_answered(environ: "WSGIEnvironment") -> bool:
    return (
        environ["PATH_INFO"].endswith(ON_FAST_PATH)
        and environ["REQUEST_METHOD"] in METHODS
        and not environ.get("SCRIPT_NAME")
        and environ.get("HTTP_X_FORWARDED_PROTO") in PROTOCOLS
    )


def _asks_for_own(environ: "WSGIEnvironment") -> bool:
    """Whether a service seems to ask for its own token, by these parameters alone and each once: the endpoint looks."""
    if not environ["PATH_INFO"].endswith(TOKEN):
        return False
    # A long body is no reason to look long.
    sent = environ["wsgi.input"].getvalue().split(b"&", len(KNOWN_BY_HEART))
    names = {parameter.partition(b"=")[0] for parameter in sent}
    return FOR_ITSELF in sent and len(names) == len(sent) and names <= KNOWN_BY_HEART


def _key(environ: "WSGIEnvironment") -> tuple[str | None, ...]:
    """What the chain goes by: the host as it is written, and whether the request came over https."""
    return environ.get("HTTP_HOST"), environ["wsgi.url_scheme"], environ.get("HTTP_X_FORWARDED_PROTO")


def _call_of(environ: "WSGIEnvironment") -> EnvironCall | None:
    """The call of a tenant's endpoint; None where Django has to see what it is."""
    path: str = environ["PATH_INFO"]
    endpoint = path[path.rindex(ISSUER_PATH) :]
    prefix = path.removesuffix(endpoint)
    try:
        tenant = tenant_at(environ["HTTP_HOST"], path)
    except DATABASE_FAULTS:
        # It asks once more, over another connection.
        connection.close()
        return None
    if tenant is None or tenant.migration_state != migration_state() or prefix not in {"", script_prefix(tenant)}:
        return None
    return EnvironCall(tenant, endpoint, environ)


def _found(call: EnvironCall) -> EndpointAnswer | Exception:
    """What the endpoint answers, or raises: then Django's chain shall raise it, which knows what becomes of it."""
    connection.set_tenant(call.tenant)
    try:
        return answered_by(ENDPOINTS[call.path_info], call)
    except Exception as error:  # noqa: BLE001 - it is raised again
        return error
    finally:
        connection.set_schema_to_public()


def _is_good(found: EndpointAnswer | Exception | None) -> TypeGuard[EndpointAnswer]:
    return isinstance(found, EndpointAnswer) and found.status == HTTPStatus.OK and found.is_json


def _whole(answer: EndpointAnswer, added: list[tuple[str, str]], request_id: UUID) -> WholeAnswer:
    length = ("Content-Length", str(len(answer.body)))
    return WholeAnswer(OK, [*answer.headers.items(), length, *added, (HEADER, str(request_id))], answer.body)


def _from_memory(environ: "WSGIEnvironment", added: list[tuple[str, str]]) -> WholeAnswer | None:
    """A service's own token. Where a statement would have to be sent after all, Django refuses it in an event loop."""
    try:
        call = _call_of(environ)
        if call is None or not _can_be_from_memory(call):
            return None
        with answering(call) as current:
            found = _found(call)
        return _whole(found, added, current.id) if _is_good(found) else None
    except SynchronousOnlyOperation:
        return None
    finally:
        environ["wsgi.input"].seek(0)


def _can_be_from_memory(call: EnvironCall) -> bool:
    """Whether it shows nothing beside a secret."""
    return DPOP not in call.headers and settings.CIAM_CLIENT_CERTIFICATE_HEADER not in call.headers
