"""Answers of the endpoints for machines: JSON, errors, caching and CORS, each in one place."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, NamedTuple

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
from oidc.wire.requests import Call

PUBLISHED_FOR = 300
PREFLIGHT_SECONDS = "600"
FOR_ONE_RECEIVER = {"Cache-Control": "no-store", "Pragma": "no-cache"}
TYPE, JSON = "Content-Type", "application/json"


class EndpointAnswer(NamedTuple):
    """What an endpoint answers, whoever hands it on."""

    status: int
    headers: dict[str, str]
    body: bytes = b""

    @property
    def is_json(self) -> bool:
        return self.headers.get(TYPE) == JSON


Endpoint = Callable[[Call], EndpointAnswer]


def as_response(answer: EndpointAnswer) -> HttpResponse:
    """The answer as Django hands it on."""
    return HttpResponse(answer.body, status=answer.status, headers=answer.headers)


def json_answer(members: Mapping[str, Any], *, status: int = HTTPStatus.OK) -> EndpointAnswer:
    """An answer meant for one receiver (RFC 6749 section 5.1)."""
    return EndpointAnswer(status, FOR_ONE_RECEIVER | {TYPE: JSON}, json.dumps(members).encode())


def jwt_answer(token: str) -> EndpointAnswer:
    """As `json_answer`, for members that were signed."""
    return EndpointAnswer(HTTPStatus.OK, FOR_ONE_RECEIVER | {TYPE: "application/jwt"}, token.encode())


def published(document: bytes) -> EndpointAnswer:
    """A document that anybody may read and keep for a while."""
    return EndpointAnswer(HTTPStatus.OK, {"Cache-Control": f"public, max-age={PUBLISHED_FOR}", TYPE: JSON}, document)


def refusal(error: ProtocolError) -> EndpointAnswer:
    """An error in the protocol's words (RFC 6749 section 5.2, RFC 6750 section 3)."""
    if isinstance(error, NoToken):
        # RFC 6750 section 3.1: no error code, nor any other information.
        return EndpointAnswer(error.status, FOR_ONE_RECEIVER | {"WWW-Authenticate": "Bearer"})
    answer = json_answer(error.members, status=error.status)
    if isinstance(error, InvalidClient):
        answer.headers["WWW-Authenticate"] = 'Basic realm="oidc", charset="UTF-8"'
    elif isinstance(error, InvalidToken | InsufficientScope):
        answer.headers["WWW-Authenticate"] = f'Bearer error="{error.code}"'
    elif isinstance(error, InvalidDpopProof) and error.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = f'DPoP error="{error.code}", algs="{" ".join(ALGORITHMS)}"'
    elif isinstance(error, TooManyRequests):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def endpoint(
    *methods: str, is_for_scripts: bool = False, is_for_anybody: bool = False
) -> Callable[[Endpoint], Endpoint]:
    """An endpoint for machines: it answers these methods only, turns what it raises into an answer, and speaks CORS.

    `is_for_scripts` lets scripts of the tenant's single-page applications read the answers, `is_for_anybody` those of
    any origin. No cookie has a say at these endpoints, so no answer ever allows credentials.
    """

    def decorate(answer_to: Endpoint) -> Endpoint:
        @wraps(answer_to)
        def answered(call: Call) -> EndpointAnswer:
            if call.method not in methods:
                answer = _preflight(methods) if call.method == "OPTIONS" else _wrong_method(methods)
            else:
                try:
                    answer = answer_to(call)
                except ProtocolError as error:
                    answer = refusal(error)
            if is_for_anybody:
                answer.headers["Access-Control-Allow-Origin"] = "*"
            elif is_for_scripts:
                _allow_origin(call, answer)
            if "DPoP" in call.headers:
                # RFC 9449 section 8.2: the nonce for the next proof.
                answer.headers["DPoP-Nonce"] = nonce_at(datetime.now(UTC))
            return answer

        return answered

    return decorate


def _allow_origin(call: Call, answer: EndpointAnswer) -> None:
    answer.headers["Vary"] = "Origin"
    origin = call.headers.get("Origin")
    if origin is not None and origin in origins_of_scripts():
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Access-Control-Expose-Headers"] = "WWW-Authenticate, DPoP-Nonce"


def _preflight(methods: tuple[str, ...]) -> EndpointAnswer:
    headers = {
        "Access-Control-Allow-Methods": ", ".join(methods),
        # The asterisk stands for whatever a library or a tracing tool adds, yet never for Authorization.
        "Access-Control-Allow-Headers": "Authorization, Content-Type, DPoP, *",
        "Access-Control-Max-Age": PREFLIGHT_SECONDS,
    }
    return EndpointAnswer(HTTPStatus.NO_CONTENT, headers)


def _wrong_method(methods: tuple[str, ...]) -> EndpointAnswer:
    answer = json_answer({"error": "invalid_request", "error_description": "Wrong method."}, status=405)
    answer.headers["Allow"] = ", ".join(methods)
    return answer
