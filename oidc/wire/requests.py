"""Reading what comes over the wire: parameters each at most once, and bearer tokens."""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol
from urllib.parse import parse_qsl

from django.http import HttpRequest

from common.web.http import Head
from oidc.wire.errors import InvalidRequest, NoToken
from tenants.models import Tenant

MAX_BODY_BYTES = 64 * 1024
MAX_PARAMETERS = 100
FORM = "application/x-www-form-urlencoded"
BEARER, DPOP = "bearer", "dpop"


class TenantRequest(HttpRequest):
    """A request of which the middleware has found out the tenant."""

    tenant: Tenant


class Sent(Head, Protocol):
    """What is read of a request of whichever tenant: its head, and parameters in its address or its body."""

    @property
    def method(self) -> str | None: ...
    @property
    def content_type(self) -> str | None: ...
    @property
    def body(self) -> bytes: ...


class Call(Sent, Protocol):
    """A request to an endpoint for machines: Django's, or the one that `oidc.fast_path` makes of the same environment.

    `path_info` is the path below the tenant's address.
    """

    @property
    def tenant(self) -> Tenant: ...
    @property
    def path_info(self) -> str: ...


def form_of(request: Sent) -> dict[str, str]:
    """The parameters in the body of a POST, each once. Raises `InvalidRequest`."""
    return single_valued(form_pairs_of(request))


def form_pairs_of(request: Sent) -> list[tuple[str, str]]:
    """The parameters in the body of a POST, repeated ones too. Raises `InvalidRequest`."""
    if request.content_type != FORM:
        raise InvalidRequest(f"Send the parameters as {FORM}.")
    return pairs_of_body(request)


def pairs_of_query(request: Sent) -> list[tuple[str, str]]:
    """The parameters in the address, repeated ones too. Raises `InvalidRequest`."""
    # A WSGI server hands bytes over as Latin-1 (PEP 3333).
    return pairs_of(request.META.get("QUERY_STRING", "").encode("latin-1", "replace"))


def pairs_of_body(request: Sent) -> list[tuple[str, str]]:
    """The parameters in the body, repeated ones too. Raises `InvalidRequest`."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
        raise InvalidRequest("The request is too long.")
    return pairs_of(request.body)


def pairs_of(encoded: bytes) -> list[tuple[str, str]]:
    """The parameters of a form or query, those without a value left out (RFC 6749 section 3.1).

    Raises `InvalidRequest`.
    """
    if len(encoded) > MAX_BODY_BYTES:
        raise InvalidRequest("The request is too long.")
    try:
        return parse_qsl(encoded.decode(), max_num_fields=MAX_PARAMETERS, errors="strict")
    except ValueError as error:
        raise InvalidRequest("The parameters can't be read.") from error


def single_valued(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The parameters by name. Raises `InvalidRequest` if one came twice (RFC 6749 section 3.1)."""
    parameters = dict(pairs)
    if len(parameters) < len(pairs):
        raise InvalidRequest(f"Parameters that came more than once: {', '.join(sorted(repeated(pairs)))}.")
    if any("\0" in value for value in parameters.values()):
        raise InvalidRequest("A parameter holds a control character.")
    return parameters


def repeated(pairs: Sequence[tuple[str, str]]) -> set[str]:
    """The names that occur more than once."""
    return {name for name, count in Counter(name for name, _ in pairs).items() if count > 1}


def access_token_of(request: Sent) -> tuple[str, str]:
    """The access token and its scheme, from the header (RFC 6750, RFC 9449) or the body of a POST; never the address.

    Raises `NoToken` if there is none, `InvalidRequest` if there are two.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    in_header = token.strip() if scheme.lower() in {BEARER, DPOP} else ""
    in_body = form_of(request).get("access_token", "") if request.content_type == FORM else ""
    if in_header and in_body:
        raise InvalidRequest("Send the access token in one place only.")
    if not in_header and not in_body:
        raise NoToken
    return (in_header, scheme.lower()) if in_header else (in_body, BEARER)
