from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import cast
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.sessions.beside import SignedInHere, accounts_here, last_used_by
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
from userflows.sessions.signed_in import sign_out_beside

WRONG_RETURN = gettext_lazy("This link doesn't match the app, so you weren't signed out.")
MAX_STATE_LENGTH = 4096
ALL = "all"
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
    here = accounts_here(request)
    named = _named(here, wanted.hint)
    if not here or named:
        return _sign_out(request, wanted, named)
    return _ask(request, wanted, here)


@require_POST
def confirm_end_session(request: HttpRequest) -> HttpResponse:
    """The person at the browser has pressed the button."""
    request = cast(TenantRequest, request)
    try:
        wanted = _read(request, {name: value for name, value in request.POST.items() if isinstance(value, str)})
    except PageRefusal as refusal:
        return _refuse(request, refusal)
    here = accounts_here(request)
    if ALL in request.POST:
        return _sign_out(request, wanted, *here)
    # Whose name stood on the page, and nobody who has come since.
    named = request.POST.get("account", "")
    return _sign_out(request, wanted, *[each for each in here if named == str(each.account.pk)] if named else here[:1])


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
    return refusal_page(request, refusal, offers_sign_out=bool(accounts_here(request)))


def _named(here: Sequence[SignedInHere], hint: IdTokenHint | None) -> SignedInHere | None:
    """The session of this browser's in which the ID token was issued. One of another could be anybody's by now."""
    if hint is None:
        return None
    return next((each for each in here if (hint.account_id, hint.sid) == (str(each.account.pk), each.sid)), None)


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


def _sign_out(request: TenantRequest, wanted: SignOutRequest, *people: SignedInHere | None) -> HttpResponse:
    """Sign these accounts of the browser out, and go where the application wants the customer."""
    return_uri = wanted.return_uri if _may_return(request, wanted) else ""
    addresses = [address for person in people if person for address in sign_out_beside(request, person)]
    members = {"state": wanted.state} if wanted.state else {}
    continue_to = with_query(return_uri, members) if return_uri else ""
    return signed_out_page(request, addresses, continue_to=continue_to, client_id=_client_id_of(wanted))


def _client_id_of(wanted: SignOutRequest) -> str:
    return wanted.client.client_id if wanted.client else ""


def _may_return(request: TenantRequest, wanted: SignOutRequest) -> bool:
    """Whether the browser is led on: to an application nobody vouches for only from a session that was at it.

    Anybody can register one, and send others by this address to wherever they like (RFC 9700 section 4.11.2).
    """
    if wanted.client is None or is_vouched_for(wanted.client):
        return True
    return _named(accounts_here(request), wanted.hint) is not None


def _ask(request: TenantRequest, wanted: SignOutRequest, here: Sequence[SignedInHere]) -> HttpResponse:
    """Ask whether the account shall be signed out that the application went with: last, if several did."""
    client_id = _client_id_of(wanted)
    person = last_used_by(client_id, here) or here[0]
    fields = {
        "client_id": client_id,
        "post_logout_redirect_uri": wanted.return_uri,
        "state": wanted.state,
        "ui_locales": wanted.ui_locales,
        "account": str(person.account.pk),
    }
    context = {
        "account": person.account,
        "fields": {name: value for name, value in fields.items() if value},
        "has_others": len(here) > 1,
    }
    response = render_customer(request, "customer/end_session.html", context, client_id=client_id)
    return lead_to_application(response) if wanted.return_uri else response
