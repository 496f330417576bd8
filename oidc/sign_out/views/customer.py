from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import cast
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from applications.errors import UnknownApplication
from applications.lookup.clients import RegisteredClient, client_by_id
from oidc.clients.vouching import is_vouched_for
from oidc.issuer.identity import issuer_for
from oidc.tokens.signed import IdTokenHint, read_id_token_hint
from oidc.wire.errors import InvalidRequest, InvalidToken, PageRefusal, SigningKeysUnreadable
from oidc.wire.pages import UNREADABLE, refusal_page, send_browser_to, with_query
from oidc.wire.requests import TenantRequest, pairs_of_body, pairs_of_query, single_valued
from tenants.postgresql import current_schema
from userflows.middleware import first_spoken, speak
from userflows.pages import lead_to_application, render_customer, signed_out_page
from userflows.signed_in import facts_of, sign_out

WRONG_RETURN = gettext_lazy("This link doesn't match the app, so you weren't signed out.")
MAX_STATE_LENGTH = 4096
KEPT = ("client_id", "post_logout_redirect_uri", "state", "ui_locales")
READ_HINT, READ_HINT_SECONDS = "read_hint", 600


@dataclass(frozen=True)
class SignOutRequest:
    """What an application asks for. `hint` is its ID token, verified; `return_uri` a registered one, or "".

    `logout_hint` isn't read: without an ID token the person is asked, whoever the application believes them to be.
    """

    hint: IdTokenHint | None
    client: RegisteredClient | None
    return_uri: str
    state: str
    ui_locales: str


@csrf_exempt
@require_http_methods(["GET", "POST"])
def end_session(request: HttpRequest) -> HttpResponse:
    """OpenID Connect RP-Initiated Logout 1.0: sign this browser out, asking first unless an ID token speaks for it."""
    request = cast(TenantRequest, request)
    try:
        if request.method == "POST":
            # As at the authorization endpoint: the session comes along with a GET only.
            asked = single_valued(pairs_of_body(request))
            return send_browser_to(f"{request.path}?{urlencode(_for_address(request, asked))}")
        wanted = _read(request, single_valued(pairs_of_query(request)))
    except InvalidRequest as error:
        return _refuse(request, PageRefusal(UNREADABLE, error.description))
    except PageRefusal as refusal:
        return _refuse(request, refusal)
    if not request.user.is_authenticated or _speaks_for_session(request, wanted.hint):
        return _sign_out(request, wanted)
    return _ask(request, wanted)


@require_POST
def confirm_end_session(request: HttpRequest) -> HttpResponse:
    """The person at the browser has pressed the button."""
    request = cast(TenantRequest, request)
    try:
        wanted = _read(request, {name: value for name, value in request.POST.items() if isinstance(value, str)})
    except PageRefusal as refusal:
        return _refuse(request, refusal)
    return _sign_out(request, wanted)


def _for_address(request: TenantRequest, parameters: Mapping[str, str]) -> dict[str, str]:
    """The request as it goes on in an address: of the hint only what it said, signed anew.

    An ID token may be longer than the headers that a proxy takes, and has no business in its log.
    """
    hint = _hint(request, parameters)
    kept = {name: parameters[name] for name in KEPT if name in parameters}
    return kept | ({READ_HINT: signing.dumps(astuple(hint), salt=_salt())} if hint else {})


def _read(request: TenantRequest, parameters: Mapping[str, str]) -> SignOutRequest:
    """Raises `PageRefusal` for a client that isn't the hint's, or a return address nobody known has registered."""
    speak(request, first_spoken(parameters.get("ui_locales", "").split()))
    hint = _hint(request, parameters)
    client_id = parameters.get("client_id") or (hint.client_id if hint else "")
    if hint and hint.client_id != client_id:
        raise PageRefusal(WRONG_RETURN, "The client_id isn't the one the id_token_hint was issued to.")
    client, return_uri = _client(client_id), parameters.get("post_logout_redirect_uri", "")
    if return_uri and client is None:
        raise PageRefusal(
            WRONG_RETURN, "A post_logout_redirect_uri needs a client_id of this tenant, or a valid id_token_hint."
        )
    if return_uri and client and not client.allows_return_to(return_uri):
        raise PageRefusal(WRONG_RETURN, "The post_logout_redirect_uri isn't registered for the application.")
    state = parameters.get("state", "")
    if len(state) > MAX_STATE_LENGTH or not state.isprintable():
        raise PageRefusal(WRONG_RETURN, f"The state is longer than {MAX_STATE_LENGTH} characters or unprintable.")
    return SignOutRequest(hint, client, return_uri, state, parameters.get("ui_locales", "")[:100])


def _refuse(request: TenantRequest, refusal: PageRefusal) -> HttpResponse:
    """Say what is wrong with the link; whoever wants to sign out all the same finds the way there."""
    return refusal_page(request, refusal, offers_sign_out=request.user.is_authenticated)


def _speaks_for_session(request: TenantRequest, hint: IdTokenHint | None) -> bool:
    """Whether the ID token was issued in this very session. One of another session could be anybody's by now."""
    return hint is not None and (hint.account_id, hint.sid) == (str(request.user.pk), facts_of(request).sid)


def _hint(request: TenantRequest, parameters: Mapping[str, str]) -> IdTokenHint | None:
    """What the hint says. One that can't be verified counts as none."""
    if READ_HINT in parameters:
        return _read_before(parameters[READ_HINT])
    try:
        return read_id_token_hint(issuer_for(request.tenant), parameters.get("id_token_hint", ""))
    except (InvalidToken, SigningKeysUnreadable):
        return None


def _read_before(signed: str) -> IdTokenHint | None:
    """What `_for_address` has signed, a moment ago."""
    try:
        return IdTokenHint(*signing.loads(signed, salt=_salt(), max_age=READ_HINT_SECONDS))
    except signing.BadSignature:
        return None


def _salt() -> str:
    return f"sign-out hint {current_schema()}"


def _client(client_id: str) -> RegisteredClient | None:
    try:
        return client_by_id(client_id)
    except UnknownApplication:
        return None


def _sign_out(request: TenantRequest, wanted: SignOutRequest) -> HttpResponse:
    return_uri = wanted.return_uri if _may_return(request, wanted) else ""
    addresses = sign_out(request)
    members = {"state": wanted.state} if wanted.state else {}
    return signed_out_page(request, addresses, continue_to=with_query(return_uri, members) if return_uri else "")


def _may_return(request: TenantRequest, wanted: SignOutRequest) -> bool:
    """Whether the browser is led on: to an application nobody vouches for only from a session that was at it.

    Anybody can register one, and send others by this address to wherever they like (RFC 9700 section 4.11.2).
    """
    if wanted.client is None or is_vouched_for(wanted.client):
        return True
    return request.user.is_authenticated and _speaks_for_session(request, wanted.hint)


def _ask(request: TenantRequest, wanted: SignOutRequest) -> HttpResponse:
    fields = {
        "client_id": wanted.client.client_id if wanted.client else "",
        "post_logout_redirect_uri": wanted.return_uri,
        "state": wanted.state,
        "ui_locales": wanted.ui_locales,
    }
    context = {"account": request.user, "fields": {name: value for name, value in fields.items() if value}}
    response = render_customer(request, "customer/end_session.html", context)
    return lead_to_application(response) if wanted.return_uri else response
