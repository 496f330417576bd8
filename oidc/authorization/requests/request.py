"""An authorization request: read once, judged by a list of small checks, kept in one frozen value.

Until client and redirect URI are known to belong together there is nobody to answer, and a refusal is a page. From then
on every refusal is an answer to the client.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy

from applications.errors import UnknownApplication
from applications.lookup.clients import RegisteredClient, client_by_id
from applications.lookup.entitlements import Entitlements
from applications.policies.apis import DEFAULT_SCOPE
from applications.policies.redirect_uris import origin_of
from audit.reasons import Reason
from oidc.authorization.open_runs import flow_of_open_run
from oidc.authorization.policies import PUSHED_REQUEST_PREFIX
from oidc.authorization.requests.checks import CHECKS, MAX_STATE_LENGTH, UncheckedRequest, is_plain
from oidc.authorization.requests.claims_request import ClaimsRequest, read_claims_request
from oidc.issuer.identity import Issuer
from oidc.keys.jws import unverified
from oidc.tokens.resources import api_of, apis_asked_for, named_in_full
from oidc.tokens.signed import read_id_token_hint
from oidc.tokens.subjects import account_of
from oidc.wire.errors import (
    ConsentRequired,
    InvalidRequest,
    InvalidScope,
    InvalidToken,
    PageRefusal,
    UnmetAuthenticationRequirements,
)
from oidc.wire.policies import QUERY, RESPONSE_MODES, acr_values, grantable_scopes, usable_scopes
from oidc.wire.requests import repeated
from userflows.policies import application_address

# Parameters beside these are ignored (RFC 6749 section 3.1, OpenID Connect Core section 3.1.2.1).
PARAMETERS = (
    "client_id redirect_uri response_type response_mode scope state nonce code_challenge code_challenge_method"
    " prompt display max_age acr_values login_hint id_token_hint ui_locales claims_locales claims resource"
    " dpop_jkt request request_uri registration"
).split()
# RFC 8707 section 2: a client may name several.
MAY_COME_AGAIN = frozenset({"resource"})
# Judged once, and of no effect afterwards.
ONCE_ONLY = frozenset({"display", "claims_locales", "request", "request_uri", "registration"})
# Ours have 77.
MAX_REFERENCE_LENGTH = 128
WRONG_ADDRESS = gettext_lazy("This link doesn't match the app. Go back to the app and try again.")


@dataclass(frozen=True)
class Addressee:
    """Where the answer goes: a client at one of its own redirect URIs, and how.

    If an administrator runs a user flow, to the portal; the client is then as if that were its own flow.
    """

    client: RegisteredClient
    redirect_uri: str
    response_mode: str
    state: str


@dataclass(frozen=True)
class AuthorizationRequest:
    """What the client asks for, every part checked. `max_age` in seconds.

    `subjects` are those the answer may be about, `acr_values` those the sign-in must have been made with; None: any.
    `wished_acr_values` are those it would better have, of those that there are.
    """

    to: Addressee
    scopes: tuple[str, ...]
    apis: tuple[str, ...]
    nonce: str
    code_challenge: str
    dpop_jkt: str
    prompts: frozenset[str]
    max_age: int | None
    login_hint: str
    subjects: frozenset[str] | None
    acr_values: frozenset[str] | None
    wished_acr_values: frozenset[str] | None
    claims: ClaimsRequest
    ui_locales: tuple[str, ...]


@dataclass(frozen=True)
class Parameters:
    """The parameters that have a meaning here, of repeated ones the first; `unclear` names those that came again."""

    values: Mapping[str, str]
    unclear: frozenset[str]

    def to_keep(self) -> dict[str, str]:
        """Those that are asked for again when the customer comes back."""
        return {name: value for name, value in self.values.items() if name not in ONCE_ONLY}

    def names_pushed_request(self) -> bool:
        """Whether the request itself was pushed before (RFC 9126 section 4)."""
        return self.values.get("request_uri", "").startswith(PUSHED_REQUEST_PREFIX)


def parameters_of(pairs: Sequence[tuple[str, str]]) -> Parameters:
    """What a request says; several resources are kept as one value with spaces between them."""
    values = {name: value for name, value in reversed(pairs) if name in PARAMETERS}
    if "resource" in values:
        values["resource"] = " ".join(value for name, value in pairs if name == "resource")
    return Parameters(values, frozenset(repeated(pairs) - MAY_COME_AGAIN))


def client_of(parameters: Parameters) -> RegisteredClient:
    """Who asks. Raises `PageRefusal`."""
    if "client_id" in parameters.unclear:
        raise PageRefusal(WRONG_ADDRESS, "The client_id came more than once.")
    try:
        return client_by_id(parameters.values.get("client_id", ""))
    except UnknownApplication as error:
        reason = Reason.APPLICATION_UNKNOWN
        raise PageRefusal(WRONG_ADDRESS, "The client_id is unknown to this tenant.", reason=reason) from error


def addressee_of(client: RegisteredClient, parameters: Parameters) -> Addressee:
    """Whom to answer. Raises `PageRefusal`."""
    if "redirect_uri" in parameters.unclear:
        raise wrong_address(client, "The redirect_uri came more than once.")
    values = parameters.values
    # A request object may alone hold these (RFC 9101 section 5). If it is refused, then in the shape it asks for.
    said = {**values, **unverified(values["request"])} if "request" in values else values
    redirect_uri = values.get("redirect_uri") or str(said.get("redirect_uri", ""))
    if not redirect_uri:
        raise wrong_address(client, "The parameter redirect_uri is missing.")
    flow_id = flow_of_open_run(client, values)
    if not flow_id and not client.allows_redirect_to(redirect_uri):
        detail = f"The redirect_uri isn't registered for the application {client.name}."
        raise wrong_address(client, detail, reason=Reason.REDIRECT_URI_WRONG)
    mode, state = str(said.get("response_mode", QUERY)), str(said.get("state", ""))
    return Addressee(
        client=replace(client, flow_id=flow_id) if flow_id else client,
        redirect_uri=redirect_uri,
        response_mode=mode if mode in RESPONSE_MODES and "response_mode" not in parameters.unclear else QUERY,
        # What couldn't be repeated exactly isn't repeated at all.
        state=state if len(state) <= MAX_STATE_LENGTH and is_plain(state) and "state" not in parameters.unclear else "",
    )


def pushed_reference(client: RegisteredClient, parameters: Parameters) -> str:
    """The reference by which a pushed request is named. Raises `PageRefusal`."""
    if "request_uri" in parameters.unclear:
        raise wrong_address(client, "The request_uri came more than once.")
    reference = parameters.values["request_uri"]
    if len(reference) > MAX_REFERENCE_LENGTH:
        raise unknown_reference(client)
    return reference


def unknown_reference(client: RegisteredClient) -> PageRefusal:
    """No such pushed request can be used by this client."""
    return wrong_address(client, "The request_uri is unknown, expired or another application's.")


def wrong_address(client: RegisteredClient, detail: str, *, reason: Reason = Reason.REQUEST_REFUSED) -> PageRefusal:
    """A page that leads back to the application, by an address that is registered for it."""
    url = application_address([origin_of(uri) for uri in client.redirect_uris], start_url=client.client_uri)
    return PageRefusal(
        WRONG_ADDRESS,
        detail,
        application_name=client.name,
        application_url=url,
        client_id=client.client_id,
        reason=reason,
    )


def read_request(
    to: Addressee, parameters: Parameters, *, issuer: Issuer, was_pushed: bool = False
) -> AuthorizationRequest:
    """The request, once it has passed every check. Raises a `ProtocolError` for the client."""
    values = parameters.values
    asked = UncheckedRequest(issuer, to.client, values, parameters.unclear, was_pushed)
    for check in CHECKS:
        check(asked)
    claims = read_claims_request(values["claims"]) if "claims" in values else ClaimsRequest()
    scopes, apis = scopes_asked_for(asked.client, values, issuer=issuer)
    return AuthorizationRequest(
        to=to,
        scopes=scopes,
        apis=apis,
        nonce=values.get("nonce", ""),
        code_challenge=values.get("code_challenge", ""),
        dpop_jkt=values.get("dpop_jkt", ""),
        prompts=frozenset(values.get("prompt", "").split()),
        max_age=int(values["max_age"]) if "max_age" in values else None,
        login_hint=values.get("login_hint", ""),
        subjects=_subjects(asked, claims),
        acr_values=_acr_values(claims),
        wished_acr_values=_wished_acr_values(values),
        claims=claims,
        ui_locales=tuple(values.get("ui_locales", "").split()),
    )


def scopes_asked_for(
    client: RegisteredClient, parameters: Mapping[str, str], *, issuer: Issuer
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The scopes, those of APIs by their full names, and the APIs. Raises `InvalidScope` or `InvalidTarget`."""
    entitlements = client.entitlements
    resources = parameters.get("resource", "").split()
    named = parameters.get("scope", "").split(" ")
    words = named_in_full(named, resources=resources, entitlements=entitlements)
    _check_nothing_awaits(words, resources=resources, entitlements=entitlements)
    permitted = [scope.full_name for scope in entitlements.scopes]
    offered = grantable_scopes(words, registered=[*client.scopes, *permitted], signs_in=True)
    scopes = usable_scopes(offered, grant_types=client.grant_types)
    apis = apis_asked_for(scopes, resources=resources, entitlements=entitlements, issuer=issuer.name)
    if not scopes and not apis:
        raise InvalidScope("The scope names nothing that is offered to this application.")
    for uri in apis:
        # Consent goes by scope: an API without one would be called in the customer's name with nobody's yes.
        if uri not in map(api_of, scopes):
            raise InvalidScope(f"The scope names nothing of {uri}. Ask for its scopes, or for {uri}/{DEFAULT_SCOPE}.")
    return scopes, apis


def _check_nothing_awaits(words: Collection[str], *, resources: Collection[str], entitlements: Entitlements) -> None:
    """Whether the request names a scope, or everything of an API, that an administrator has yet to consent to."""
    for scope in entitlements.awaiting:
        names = {scope.full_name, f"{scope.api}/{DEFAULT_SCOPE}"}
        if scope.api in resources:
            names |= {scope.name, DEFAULT_SCOPE}
        if not names.isdisjoint(words):
            raise ConsentRequired(f"An administrator has to consent to {scope.full_name} for this application first.")


def _subjects(asked: UncheckedRequest, claims: ClaimsRequest) -> frozenset[str] | None:
    """Whom the ID token hint and the claims parameter name, both together."""
    named = None if claims.subjects is None else {account_of(subject, asked.client) for subject in claims.subjects}
    encoded = asked.parameters.get("id_token_hint")
    if encoded is None:
        return None if named is None else frozenset(named)
    try:
        hint = read_id_token_hint(asked.issuer, encoded)
    except InvalidToken as error:
        raise InvalidRequest(error.description) from error
    if not _share_subjects(hint.client_id, asked.client):
        # Else two of them would find out by a hint of the other's which of their customers are one.
        raise InvalidRequest("The id_token_hint was issued to an application that knows customers by other IDs.")
    hinted = frozenset({hint.account_id})
    return hinted if named is None else hinted & named


def _share_subjects(client_id: str, client: RegisteredClient) -> bool:
    """Whether the two applications know customers by the same IDs, as nearly all do."""
    if client_id == client.client_id:
        return True
    try:
        return client_by_id(client_id).sector == client.sector
    except UnknownApplication:
        return not client.sector


def _acr_values(claims: ClaimsRequest) -> frozenset[str] | None:
    """Refused at once if no sign-in could have them (OpenID Connect Core section 5.5.1.1)."""
    if claims.acr_values is not None and not claims.acr_values & set(acr_values()):
        raise UnmetAuthenticationRequirements(f"The acr of a sign-in here is one of: {', '.join(acr_values())}.")
    return claims.acr_values


def _wished_acr_values(parameters: Mapping[str, str]) -> frozenset[str] | None:
    """What the parameter acr_values asks for (RFC 9470 section 4); None if it names nothing that is known here."""
    known = frozenset(parameters.get("acr_values", "").split()) & frozenset(acr_values())
    return known or None
