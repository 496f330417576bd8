"""Answers of the endpoints for machines: JSON, errors, caching and CORS, each in one place."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from applications.lookup.clients import origins_of_scripts
from common.crypto.public_keys import ALGORITHMS
from oidc.wire.errors import (
    InsufficientScope,
    InvalidClient,
    InvalidDpopProof,
    InvalidToken,
    NoToken,
    ProtocolError,
    TooManyRequests,
)
from oidc.wire.nonces import nonce_at
from oidc.wire.requests import TenantRequest

PUBLISHED_FOR = 300
PREFLIGHT_SECONDS = "600"
View = Callable[[TenantRequest], HttpResponse]


FOR_ONE_RECEIVER = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def json_answer(members: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """An answer meant for one receiver (RFC 6749 section 5.1)."""
    return HttpResponse(json.dumps(members), status=status, content_type="application/json", headers=FOR_ONE_RECEIVER)


def jwt_answer(token: str) -> HttpResponse:
    """As `json_answer`, for members that were signed."""
    return HttpResponse(token, content_type="application/jwt", headers=FOR_ONE_RECEIVER)


def published(document: bytes) -> HttpResponse:
    """A document that anybody may read and keep for a while."""
    headers = {"Cache-Control": f"public, max-age={PUBLISHED_FOR}"}
    return HttpResponse(document, content_type="application/json", headers=headers)


def refusal(error: ProtocolError) -> HttpResponse:
    """An error in the protocol's words (RFC 6749 section 5.2, RFC 6750 section 3)."""
    if isinstance(error, NoToken):
        # RFC 6750 section 3.1: no error code, nor any other information.
        response = HttpResponse(status=error.status, headers=FOR_ONE_RECEIVER)
        response["WWW-Authenticate"] = "Bearer"
        return response
    response = json_answer(error.members, status=error.status)
    if isinstance(error, InvalidClient):
        response["WWW-Authenticate"] = 'Basic realm="oidc", charset="UTF-8"'
    elif isinstance(error, InvalidToken | InsufficientScope):
        response["WWW-Authenticate"] = f'Bearer error="{error.code}"'
    elif isinstance(error, InvalidDpopProof) and error.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = f'DPoP error="{error.code}", algs="{" ".join(ALGORITHMS)}"'
    elif isinstance(error, TooManyRequests):
        response["Retry-After"] = str(error.retry_after)
    return response


def endpoint(*methods: str, is_for_scripts: bool = False, is_for_anybody: bool = False) -> Callable[[View], View]:
    """A view for machines: it answers these methods only, turns what it raises into an answer, and speaks CORS.

    `is_for_scripts` lets scripts of the tenant's single-page applications read the answers, `is_for_anybody` those of
    any origin. No cookie has a say at these endpoints, so no answer ever allows credentials.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: TenantRequest) -> HttpResponse:
            if request.method not in methods:
                response = _preflight(methods) if request.method == "OPTIONS" else _wrong_method(methods)
            else:
                try:
                    response = view(request)
                except ProtocolError as error:
                    response = refusal(error)
            if is_for_anybody:
                response["Access-Control-Allow-Origin"] = "*"
            elif is_for_scripts:
                _allow_origin(request, response)
            if "DPoP" in request.headers:
                # RFC 9449 section 8.2: the nonce for the next proof.
                response["DPoP-Nonce"] = nonce_at(datetime.now(UTC))
            return response

        return answer

    return decorate


def _allow_origin(request: TenantRequest, response: HttpResponse) -> None:
    response["Vary"] = "Origin"
    origin = request.headers.get("Origin")
    if origin is not None and origin in origins_of_scripts():
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = "WWW-Authenticate, DPoP-Nonce"


def _preflight(methods: tuple[str, ...]) -> HttpResponse:
    headers = {
        "Access-Control-Allow-Methods": ", ".join(methods),
        # The asterisk stands for whatever a library or a tracing tool adds, yet never for Authorization.
        "Access-Control-Allow-Headers": "Authorization, Content-Type, DPoP, *",
        "Access-Control-Max-Age": PREFLIGHT_SECONDS,
    }
    return HttpResponse(status=204, headers=headers)


def _wrong_method(methods: tuple[str, ...]) -> HttpResponse:
    response = json_answer({"error": "invalid_request", "error_description": "Wrong method."}, status=405)
    response["Allow"] = ", ".join(methods)
    return response
