"""Request objects: authorization requests that their client has signed (RFC 9101), sent by value or pushed.

What is signed counts, and nothing that stands beside it. One that would have to be fetched from an address isn't.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from applications.lookup.clients import RegisteredClient
from oidc.authorization.policies import request_object_problem
from oidc.authorization.requests.request import PARAMETERS, Parameters
from oidc.clients.signatures import WrongSignature, check_algorithm, check_signature, read_signed
from oidc.wire.errors import InvalidClient, InvalidRequest, InvalidRequestObject

# RFC 9101 section 10.8; in whatever case, as names of media types are (RFC 7515 section 4.1.9).
TYPE = "oauth-authz-req+jwt"
TYPES = ("", "jwt", TYPE)
NESTED = ("request", "request_uri")


def opened(client: RegisteredClient, parameters: Parameters, *, issuer: str) -> Parameters:
    """What the client has signed, in the place of what it sent; the same, if it sent no request object.

    So is one of a client that has no key: the checks refuse it by name. Raises `InvalidRequest`,
    `InvalidRequestObject`, or `TemporarilyUnavailable` for the client's keys.
    """
    if "request" not in parameters.values:
        if client.requires_signed_requests:
            raise InvalidRequest("This application has to sign its requests (RFC 9101).")
        return parameters
    if not client.uses_key_pair:
        return parameters
    if "request_uri" in parameters.values:
        raise InvalidRequest("The parameters request and request_uri don't go together.")
    claims = _claims_of(parameters.values["request"], client, issuer=issuer)
    values = {name: _as_parameter(name, claims[name]) for name in PARAMETERS if name in claims}
    return replace(parameters, values=values | {"client_id": client.client_id})


def _claims_of(request_object: str, client: RegisteredClient, *, issuer: str) -> Mapping[str, Any]:
    """What stands in a request object that is good now and that the client has signed."""
    try:
        signed = read_signed(request_object)
        check_algorithm(signed, client=client)
        if str(signed.typ).lower().removeprefix("application/") not in TYPES:
            raise InvalidRequestObject(f"The typ of a request object is {TYPE}.")
        # What costs nothing comes first: nobody makes us fetch keys with an object that is no good anyway.
        problem = request_object_problem(
            signed.claims,
            client_id=client.client_id,
            issuer=issuer,
            is_strict=client.follows_fapi,
            now=datetime.now(UTC),
        )
        if problem:
            raise InvalidRequestObject(problem)
        check_signature(signed, client=client)
    except WrongSignature as error:
        raise InvalidRequestObject(f"The request object is refused. {error}") from error
    except InvalidClient as error:
        raise InvalidRequestObject(error.description) from error
    if any(name in signed.claims for name in NESTED):
        raise InvalidRequestObject("A request object holds no other one, nor its address.")
    return signed.claims


def _as_parameter(name: str, value: Any) -> str:
    """How a member would have been sent outside (RFC 9101 section 4)."""
    if isinstance(value, str):
        return value
    if name == "claims" and isinstance(value, dict):
        return json.dumps(value)
    if name == "max_age" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if name == "resource" and isinstance(value, list) and all(isinstance(each, str) for each in value):
        return " ".join(value)
    raise InvalidRequestObject(f"In the request object {name} is of a wrong type.")
