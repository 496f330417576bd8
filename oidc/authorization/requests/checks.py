"""What an authorization request has to pass: one small function for each rule, in the order they are told about.

Each raises a `ProtocolError` for the client. Parameters that none of them knows are ignored (RFC 6749 section 3.1).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from applications.lookup.clients import RegisteredClient
from oidc.issuer.identity import Issuer
from oidc.tokens.resources import check_resource
from oidc.wire.errors import (
    InvalidRequest,
    RegistrationNotSupported,
    RequestNotSupported,
    RequestUriNotSupported,
    UnauthorizedClient,
    UnsupportedResponseType,
)
from oidc.wire.policies import DISPLAYS, PROMPTS, RESPONSE_MODES, S256_CHALLENGE

# Control characters (Cc of Unicode) and lone surrogates (Cs).
UNREPEATABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
MAX_STATE_LENGTH = 4096
MAX_NONCE_LENGTH = 255
MAX_AGE_DIGITS = 9
# Of all values together, in bytes: an ID token as a hint, a state and a claims parameter fit, each of a usual size.
MAX_SIZE = 8 * 1024


@dataclass(frozen=True)
class UncheckedRequest:
    """A request as it came: its parameters by name, which of them came more than once, and whether it was pushed."""

    issuer: Issuer
    client: RegisteredClient
    parameters: Mapping[str, str]
    unclear: frozenset[str]
    was_pushed: bool


def _check_each_once(asked: UncheckedRequest) -> None:
    if asked.unclear:
        raise InvalidRequest(f"Parameters that came more than once: {', '.join(sorted(asked.unclear))[:200]}.")


def _check_size(asked: UncheckedRequest) -> None:
    if sum(len(value.encode()) for value in asked.parameters.values()) > MAX_SIZE:
        raise InvalidRequest(f"The parameters are longer than {MAX_SIZE} bytes together.")


def _check_characters(asked: UncheckedRequest) -> None:
    for name, value in asked.parameters.items():
        if not is_plain(value):
            raise InvalidRequest(f"The parameter {name} holds control characters or lone surrogates.")


def _check_grant(asked: UncheckedRequest) -> None:
    if "authorization_code" not in asked.client.grant_types:
        raise UnauthorizedClient("This application may not use authorization codes.")


def _check_pushed(asked: UncheckedRequest) -> None:
    """RFC 9126 section 6."""
    if asked.client.requires_pushed_requests and not asked.was_pushed:
        raise InvalidRequest("This application has to push its requests (RFC 9126).")


def _check_request_object(asked: UncheckedRequest) -> None:
    """Refused by name: to ignore what they say would be to misunderstand the client (OpenID Connect Core section 6).

    One that its client has signed was opened before (`request_objects`).
    """
    if "request" in asked.parameters:
        raise RequestNotSupported("Request objects are taken from applications that have a key pair, and are signed.")
    if "request_uri" in asked.parameters:
        raise RequestUriNotSupported("A request_uri must be one of a pushed request; no other is fetched.")
    if "registration" in asked.parameters:
        raise RegistrationNotSupported("The parameter registration isn't supported.")


def _check_response_type(asked: UncheckedRequest) -> None:
    if "response_type" not in asked.parameters:
        raise InvalidRequest("The parameter response_type is missing.")
    if asked.parameters["response_type"] != "code":
        raise UnsupportedResponseType("Only response_type=code is offered.")


def _check_response_mode(asked: UncheckedRequest) -> None:
    mode = asked.parameters.get("response_mode", "query")
    if mode == "fragment":
        raise InvalidRequest("response_mode=fragment isn't offered with response_type=code; use query or form_post.")
    if mode not in RESPONSE_MODES:
        raise InvalidRequest(f"The response mode is none of: {', '.join(RESPONSE_MODES)}.")


def _check_pkce(asked: UncheckedRequest) -> None:
    """RFC 7636 section 4.3, with S256 alone: `plain` protects nobody whose request can be read."""
    parameters = asked.parameters
    challenge, method = parameters.get("code_challenge"), parameters.get("code_challenge_method", "plain")
    if challenge is None:
        if asked.client.requires_pkce or "code_challenge_method" in parameters:
            raise InvalidRequest("The parameter code_challenge is missing.")
    elif method != "S256":
        raise InvalidRequest("Only code_challenge_method=S256 is offered.")
    elif not S256_CHALLENGE.fullmatch(challenge):
        raise InvalidRequest("The code_challenge isn't 43 characters of base64url.")


def _check_key(asked: UncheckedRequest) -> None:
    """RFC 9449 section 10: the code will be good only together with a proof of this key."""
    jkt = asked.parameters.get("dpop_jkt")
    if jkt is not None and not S256_CHALLENGE.fullmatch(jkt):
        raise InvalidRequest("The dpop_jkt isn't a SHA-256 thumbprint in base64url.")


def _check_lengths(asked: UncheckedRequest) -> None:
    for name, longest in (("state", MAX_STATE_LENGTH), ("nonce", MAX_NONCE_LENGTH)):
        if len(asked.parameters.get(name, "")) > longest:
            raise InvalidRequest(f"The {name} is longer than {longest} characters.")


def _check_prompt(asked: UncheckedRequest) -> None:
    prompts = set(asked.parameters.get("prompt", "").split())
    if prompts - PROMPTS:
        raise InvalidRequest("The prompt has a value that isn't offered.")
    if "none" in prompts and len(prompts) > 1:
        raise InvalidRequest("prompt=none goes with no other value.")


def _check_display(asked: UncheckedRequest) -> None:
    if asked.parameters.get("display", "page") not in DISPLAYS:
        raise InvalidRequest(f"The display is none of: {', '.join(DISPLAYS)}.")


def _check_max_age(asked: UncheckedRequest) -> None:
    max_age = asked.parameters.get("max_age", "0")
    if not (max_age.isascii() and max_age.isdigit()):
        raise InvalidRequest("The max_age isn't a number of seconds.")
    if len(max_age) > MAX_AGE_DIGITS:
        raise InvalidRequest(f"The max_age has more than {MAX_AGE_DIGITS} digits.")


def _check_resource(asked: UncheckedRequest) -> None:
    """RFC 8707 section 2. Which resources there are for this client, `oidc.tokens.resources` knows."""
    for resource in asked.parameters.get("resource", "").split():
        check_resource(resource)


CHECKS: tuple[Callable[[UncheckedRequest], None], ...] = (
    _check_each_once,
    _check_characters,
    _check_size,
    _check_grant,
    _check_request_object,
    _check_pushed,
    _check_response_type,
    _check_response_mode,
    _check_pkce,
    _check_key,
    _check_lengths,
    _check_prompt,
    _check_display,
    _check_max_age,
    _check_resource,
)


def is_plain(value: str) -> bool:
    """Whether there is no control character in it: neither a page nor a redirect could repeat it faithfully.

    Nor half a character, as JSON can write one: no text that is sent could hold it.
    """
    return not UNREPEATABLE.search(value)
