"""An authorization request: read once, judged by a list of small checks, kept in one frozen value.

Until client and redirect URI are known to belong together there is nobody to answer, and a refusal is a page. From then
on every refusal is an answer to the client.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from applications.errors import UnknownApplication
from applications.lookup import RegisteredClient, client_by_id
from oidc.errors import (
    InvalidRequest,
    InvalidScope,
    InvalidToken,
    PageRefusal,
    RequestNotSupported,
    RequestUriNotSupported,
    UnauthorizedClient,
    UnsupportedResponseType,
)
from oidc.issuer import Issuer
from oidc.policies import S256_CHALLENGE, grantable_scopes
from oidc.requests import repeated
from oidc.tokens import read_id_token_hint

# Parameters beside these are ignored (RFC 6749 section 3.1, OpenID Connect Core section 3.1.2.1).
PARAMETERS = (
    "client_id redirect_uri response_type response_mode scope state nonce code_challenge code_challenge_method"
    " prompt max_age login_hint id_token_hint ui_locales request request_uri"
).split()
QUERY, FORM_POST = "query", "form_post"
RESPONSE_MODES = (QUERY, FORM_POST)
MAX_STATE_LENGTH = 4096
MAX_NONCE_LENGTH = 255
MAX_AGE_DIGITS = 9
WRONG_ADDRESS = gettext_lazy("The link that led here doesn't fit the application. Go back to it and try again.")


@dataclass(frozen=True)
class Addressee:
    """Where the answer goes: a client at one of its own redirect URIs, and how."""

    client: RegisteredClient
    redirect_uri: str
    response_mode: str
    state: str


@dataclass(frozen=True)
class AuthorizationRequest:
    """What the client asks for, every part checked. `max_age` in seconds; `hinted_subject` "" without a hint."""

    to: Addressee
    scopes: tuple[str, ...]
    nonce: str
    code_challenge: str
    prompts: frozenset[str]
    max_age: int | None
    login_hint: str
    hinted_subject: str
    ui_locales: tuple[str, ...]


def known_parameters(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The parameters that have a meaning here, of repeated ones the first."""
    return {name: value for name, value in reversed(pairs) if name in PARAMETERS}


def addressee_of(parameters: Mapping[str, str], *, unclear: set[str]) -> Addressee:
    """Whom to answer. `unclear` names the parameters that came more than once. Raises `PageRefusal`."""
    if unclear & {"client_id", "redirect_uri"}:
        raise PageRefusal(WRONG_ADDRESS, "client_id or redirect_uri came more than once.")
    try:
        client = client_by_id(parameters.get("client_id", ""))
    except UnknownApplication as error:
        raise PageRefusal(WRONG_ADDRESS, "The client_id is unknown to this tenant.") from error
    redirect_uri = parameters.get("redirect_uri", "")
    if not redirect_uri or not client.allows_redirect_to(redirect_uri):
        raise PageRefusal(WRONG_ADDRESS, f"The redirect_uri isn't registered for the application {client.name}.")
    mode, state = parameters.get("response_mode", QUERY), parameters.get("state", "")
    return Addressee(
        client=client,
        redirect_uri=redirect_uri,
        response_mode=mode if mode in RESPONSE_MODES and "response_mode" not in unclear else QUERY,
        # What couldn't be repeated exactly isn't repeated at all.
        state=state if _is_plain(state, MAX_STATE_LENGTH) and "state" not in unclear else "",
    )


def read_request(
    to: Addressee, parameters: Mapping[str, str], *, pairs: Sequence[tuple[str, str]], issuer: Issuer
) -> AuthorizationRequest:
    """The request, once it has passed every check. Raises a `ProtocolError` for the client."""
    unclear = repeated(pairs)
    if unclear:
        raise InvalidRequest(f"Parameters that came more than once: {', '.join(sorted(unclear))[:200]}.")
    for check in CHECKS:
        check(to.client, parameters)
    return AuthorizationRequest(
        to=to,
        scopes=_scopes(to.client, parameters),
        nonce=parameters.get("nonce", ""),
        code_challenge=parameters.get("code_challenge", ""),
        prompts=frozenset(parameters.get("prompt", "").split()),
        max_age=int(parameters["max_age"]) if "max_age" in parameters else None,
        login_hint=parameters.get("login_hint", ""),
        hinted_subject=_hinted_subject(parameters, issuer),
        ui_locales=tuple(parameters.get("ui_locales", "").split()),
    )


def _check_grant(client: RegisteredClient, _parameters: Mapping[str, str]) -> None:
    if "authorization_code" not in client.grant_types:
        raise UnauthorizedClient("Nobody signs in to this kind of application.")


def _check_request_object(_client: RegisteredClient, parameters: Mapping[str, str]) -> None:
    """Refused by name: to ignore what they say would be to misunderstand the client (OpenID Connect Core section 6)."""
    if "request" in parameters:
        raise RequestNotSupported("Request objects aren't supported.")
    if "request_uri" in parameters:
        raise RequestUriNotSupported("Request objects aren't supported.")


def _check_response(_client: RegisteredClient, parameters: Mapping[str, str]) -> None:
    if "response_type" not in parameters:
        raise InvalidRequest("The parameter response_type is missing.")
    if parameters["response_type"] != "code":
        raise UnsupportedResponseType("Only response_type=code is offered.")
    if parameters.get("response_mode", QUERY) not in RESPONSE_MODES:
        raise InvalidRequest("Only the response modes query and form_post are offered.")


def _check_pkce(client: RegisteredClient, parameters: Mapping[str, str]) -> None:
    """RFC 7636 section 4.3, with S256 alone: `plain` protects nobody whose request can be read."""
    challenge, method = parameters.get("code_challenge"), parameters.get("code_challenge_method", "plain")
    if challenge is None:
        if client.requires_pkce or "code_challenge_method" in parameters:
            raise InvalidRequest("The parameter code_challenge is missing.")
    elif method != "S256":
        raise InvalidRequest("Only code_challenge_method=S256 is offered.")
    elif not S256_CHALLENGE.fullmatch(challenge):
        raise InvalidRequest("The code_challenge isn't 43 characters of base64url.")


def _check_opaque_values(_client: RegisteredClient, parameters: Mapping[str, str]) -> None:
    if not _is_plain(parameters.get("state", ""), MAX_STATE_LENGTH):
        raise InvalidRequest(f"The state is longer than {MAX_STATE_LENGTH} characters or holds control characters.")
    if not _is_plain(parameters.get("nonce", ""), MAX_NONCE_LENGTH):
        raise InvalidRequest(f"The nonce is longer than {MAX_NONCE_LENGTH} characters or holds control characters.")
    if any("\0" in value for value in parameters.values()):
        raise InvalidRequest("A parameter holds a control character.")


def _check_prompt(_client: RegisteredClient, parameters: Mapping[str, str]) -> None:
    prompts = set(parameters.get("prompt", "").split())
    # `consent` is understood and asks for nothing: the applications are the tenant's own.
    if prompts - {"none", "login", "select_account", "create", "consent"}:
        raise InvalidRequest("The prompt has a value that isn't offered.")
    if "none" in prompts and len(prompts) > 1:
        raise InvalidRequest("prompt=none goes with no other value.")


def _check_max_age(_client: RegisteredClient, parameters: Mapping[str, str]) -> None:
    max_age = parameters.get("max_age", "0")
    if not (max_age.isascii() and max_age.isdigit() and len(max_age) <= MAX_AGE_DIGITS):
        raise InvalidRequest("The max_age isn't a number of seconds.")


CHECKS: tuple[Callable[[RegisteredClient, Mapping[str, str]], None], ...] = (
    _check_grant,
    _check_request_object,
    _check_response,
    _check_pkce,
    _check_opaque_values,
    _check_prompt,
    _check_max_age,
)


def _scopes(client: RegisteredClient, parameters: Mapping[str, str]) -> tuple[str, ...]:
    asked = parameters.get("scope", "").split(" ")
    scopes = grantable_scopes(asked, registered=client.scopes, signs_in=True)
    if not scopes:
        raise InvalidScope("The scope names nothing that is offered.")
    return scopes


def _hinted_subject(parameters: Mapping[str, str], issuer: Issuer) -> str:
    hint = parameters.get("id_token_hint")
    if hint is None:
        return ""
    try:
        return read_id_token_hint(issuer, hint).subject
    except InvalidToken as error:
        raise InvalidRequest(error.description) from error


def _is_plain(value: str, longest: int) -> bool:
    return len(value) <= longest and all(character.isprintable() for character in value)
