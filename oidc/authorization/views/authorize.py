from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account
from accounts.sessions.store import SessionStore
from applications.lookup.appearance import appearance_for_customers
from applications.lookup.entitlements import entitlements_by_id
from applications.policies.redirect_uris import origin_of
from oidc.authorization.claims_request import ClaimsRequest
from oidc.authorization.consent import CONSENT, scopes_to_allow
from oidc.authorization.policies import asks_anew, is_among
from oidc.authorization.replies import reply, reply_error
from oidc.authorization.request import (
    AuthorizationRequest,
    Parameters,
    addressee_of,
    client_of,
    parameters_of,
    read_request,
    wrong_address,
)
from oidc.authorization.services import UnknownPushedRequest, UsedPushedRequest, redeem_pushed_request
from oidc.consents.services import consented_scopes
from oidc.issuer.identity import issuer_for
from oidc.tokens.claims import PERSON_CLAIMS, custom_names_of
from oidc.tokens.services.codes import issue_code
from oidc.tokens.signed import NO_CLAIMS, NamedClaims
from oidc.wire.addresses import issuer_of
from oidc.wire.errors import (
    ConsentRequired,
    InvalidRequest,
    LoginRequired,
    PageRefusal,
    ProtocolError,
    UnmetAuthenticationRequirements,
)
from oidc.wire.pages import UNREADABLE, refusal_page, see_other
from oidc.wire.policies import acr_of
from oidc.wire.requests import FORM, TenantRequest, pairs_of_body, pairs_of_query
from userflows.forms.fields import typed_address
from userflows.journeys.entry import (
    COLLECTABLE_FOR,
    any_journey_of,
    begin_journey,
    finished_journey,
)
from userflows.lookup import flow_by_id
from userflows.middleware import first_spoken
from userflows.models import Journey
from userflows.policies import application_address
from userflows.sign_ins import facts_of

OVER = gettext_lazy("This sign-in has ended. Go back to the app and sign in again.")
JOURNEY_PLACE = "{journey}"
CHOOSE_ACCOUNT, ASK_FOR_CONSENT = "oidc:choose-account", "oidc:ask-for-consent"


@dataclass(frozen=True)
class Arrival:
    """How somebody has come to a request: whether it was pushed, the journey they came through, and what they chose.

    `journey_id` is for the journey that may have to be begun, which keeps the rest. `consented_by` is the account that
    pressed the button: whoever signs in afterwards hasn't.
    """

    journey_id: UUID
    was_pushed: bool = False
    has_just_signed_in: bool = False
    has_chosen_account: bool = False
    consented_by: str = ""


KEPT_OF_ARRIVAL = tuple(field.name for field in fields(Arrival) if field.name != "journey_id")


@csrf_exempt
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """RFC 6749 section 3.1, OpenID Connect Core section 3.1.2, RFC 9126 section 4."""
    request = cast(TenantRequest, request)
    try:
        if request.method == "POST":
            return _go_on_by_get(request)
        parameters = parameters_of(pairs_of_query(request))
        if parameters.names_pushed_request():
            return _redeem(request, parameters)
        return _consider(request, parameters, Arrival(uuid4()))
    except InvalidRequest as error:
        return refusal_page(request, PageRefusal(UNREADABLE, error.description))
    except PageRefusal as refusal:
        return refusal_page(request, refusal)


@require_safe
def resume(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Go on with the request for which a journey was begun, now that the customer has come through it."""
    request = cast(TenantRequest, request)
    journey = finished_journey(request, journey_id)
    if journey is None or "parameters" not in journey.context:
        return refusal_page(request, over(any_journey_of(request, journey_id)))
    return go_on(request, journey, has_just_signed_in=True)


def _go_on_by_get(request: TenantRequest) -> HttpResponse:
    """Browsers send no session with a POST from another site. A redirect to the same by GET brings it along."""
    if request.content_type != FORM:
        raise InvalidRequest(f"Send the parameters as {FORM}.")
    return see_other(f"{request.path}?{urlencode([*pairs_of_query(request), *pairs_of_body(request)])}")


def _redeem(request: TenantRequest, parameters: Parameters) -> HttpResponse:
    """Take up a request that was pushed. Whatever else stands in the address doesn't count (RFC 9101 section 5)."""
    client = client_of(parameters)
    if "request_uri" in parameters.unclear:
        raise wrong_address(client, "The request_uri came more than once.")
    try:
        redeemed = redeem_pushed_request(parameters.values["request_uri"], client=client)
    except UnknownPushedRequest as error:
        raise wrong_address(client, "The request_uri is unknown, expired or another application's.") from error
    except UsedPushedRequest as used:
        return _lead_back(request, used.journey_id)
    return _consider(request, Parameters(redeemed.parameters, frozenset()), Arrival(redeemed.journey_id, True))


def _lead_back(request: TenantRequest, journey_id: UUID) -> HttpResponse:
    """The page was loaded again: go on where this browser is on the way that the request has led to."""
    journey = any_journey_of(request, journey_id)
    if journey is None:
        raise PageRefusal(OVER, "The request_uri has been used.")
    return see_other(reverse(journey.context.get("page") or "customer:journey", args=[journey.pk]))


def go_on(request: TenantRequest, journey: Journey, **has_done: Any) -> HttpResponse:
    """Consider the request kept with a journey, with what the customer has done meanwhile: a field of `Arrival`."""
    # If it takes another journey still (the session may have aged meanwhile), that one has an ID of its own.
    arrival = replace(_kept_arrival(request, journey), journey_id=uuid4(), **has_done)
    try:
        return _consider(request, Parameters(journey.context["parameters"], frozenset()), arrival)
    except PageRefusal as refusal:
        return refusal_page(request, refusal)


def _kept_arrival(request: TenantRequest, journey: Journey) -> Arrival:
    """A sign-in that was asked for anew counts as such for a few minutes, on whichever page they were spent."""
    kept = journey.context.get("arrival", {})
    arrival = Arrival(journey.pk, **{name: kept[name] for name in KEPT_OF_ARRIVAL if name in kept})
    is_fresh = request.user.is_authenticated and facts_of(request).auth_time > datetime.now(UTC) - COLLECTABLE_FOR
    return replace(arrival, has_just_signed_in=arrival.has_just_signed_in and is_fresh)


def _consider(request: TenantRequest, parameters: Parameters, arrival: Arrival) -> HttpResponse:
    """Answer with a code or an error, or ask the customer first. Raises `PageRefusal`."""
    to = addressee_of(client_of(parameters), parameters)
    try:
        issuer = issuer_for(request.tenant)
        wanted = read_request(to, parameters, issuer=issuer, was_pushed=arrival.was_pushed)
        if _needs_sign_in(request, wanted, arrival):
            _check_may_ask(wanted, arrival)
            return _begin(request, wanted, parameters, arrival)
        if _has_to_choose(wanted, arrival):
            return _begin(request, wanted, parameters, arrival, page=CHOOSE_ACCOUNT)
        if _has_to_consent(request, wanted, arrival):
            return _begin(request, wanted, parameters, arrival, page=ASK_FOR_CONSENT)
        return reply(request, to, issuer=issuer.name, members={"code": _issue(request, wanted)})
    except ProtocolError as error:
        return reply_error(request, to, issuer=issuer_of(request.tenant), error=error)


def _needs_sign_in(request: TenantRequest, wanted: AuthorizationRequest, arrival: Arrival) -> bool:
    if not request.user.is_authenticated:
        return True
    facts = facts_of(request)
    if not is_among(str(request.user.pk), wanted.subjects) or not is_among(acr_of(facts.amr), wanted.acr_values):
        return True
    if arrival.has_just_signed_in:
        return False
    now = datetime.now(UTC)
    return asks_anew(prompts=wanted.prompts, max_age=wanted.max_age, auth_time=facts.auth_time, now=now)


def _check_may_ask(wanted: AuthorizationRequest, arrival: Arrival) -> None:
    """Whether a sign-in page is allowed and could help (OpenID Connect Core sections 3.1.2.3 and 5.5.1.1)."""
    if arrival.has_just_signed_in and wanted.acr_values is not None:
        raise UnmetAuthenticationRequirements("The customer signed in another way than the acr asked for.")
    if "none" in wanted.prompts or arrival.has_just_signed_in:
        raise LoginRequired("The customer has to sign in.")


def _has_to_choose(wanted: AuthorizationRequest, arrival: Arrival) -> bool:
    has_shown_who = arrival.has_just_signed_in or arrival.has_chosen_account
    return "select_account" in wanted.prompts and not has_shown_who


def _has_to_consent(request: TenantRequest, wanted: AuthorizationRequest, arrival: Arrival) -> bool:
    """Whether a page has to ask first. Raises `ConsentRequired` if none may be shown."""
    asked = scopes_to_allow(wanted, entitlements_by_id(wanted.to.client.client_id))
    if not asked:
        return False
    account_id = cast(Account, request.user).pk
    may_rest = CONSENT not in wanted.prompts or arrival.consented_by == str(account_id)
    if may_rest and asked <= consented_scopes(account_id=account_id, application_pk=wanted.to.client.pk):
        return False
    if "none" in wanted.prompts:
        raise ConsentRequired("The customer has to consent.")
    return True


def _issue(request: TenantRequest, wanted: AuthorizationRequest) -> str:
    account = cast(Account, request.user)
    cast(SessionStore, request.session).join(wanted.to.client.client_id)
    return issue_code(
        client=wanted.to.client,
        account_id=account.pk,
        redirect_uri=wanted.to.redirect_uri,
        scopes=wanted.scopes,
        apis=wanted.apis,
        facts=facts_of(request),
        nonce=wanted.nonce,
        code_challenge=wanted.code_challenge,
        dpop_jkt=wanted.dpop_jkt,
        claims=_named_claims(wanted),
    )


def _named_claims(wanted: AuthorizationRequest) -> NamedClaims:
    """Of the claims asked for by name, those that can be told about a person."""
    if wanted.claims == ClaimsRequest():
        return NO_CLAIMS
    client, asked = wanted.to.client, wanted.claims
    chosen = {claim.name for claim in entitlements_by_id(client.client_id).claims}
    known = PERSON_CLAIMS | custom_names_of(client.flow_id) | chosen
    return NamedClaims(
        id_token=tuple(name for name in asked.id_token if name in known),
        userinfo=tuple(name for name in asked.userinfo if name in known),
    )


def _begin(
    request: TenantRequest,
    wanted: AuthorizationRequest,
    parameters: Parameters,
    arrival: Arrival,
    *,
    page: str = "",
) -> HttpResponse:
    """Send the customer on a journey that keeps the request and comes back to it, or to one of our own pages first."""
    flow = flow_by_id(cast(UUID, wanted.to.client.flow_id))
    wants_to_sign_up = "create" in wanted.prompts and flow.allows_sign_up
    response = begin_journey(
        request,
        journey_id=arrival.journey_id,
        user_flow=flow,
        return_to=f"{reverse('oidc:authorize')}/{JOURNEY_PLACE}/",
        purpose=Journey.Purpose.SIGN_UP if wants_to_sign_up else Journey.Purpose.SIGN_IN,
        client_id=wanted.to.client.client_id,
        application_name=wanted.to.client.name,
        application_look=appearance_for_customers(wanted.to.client, issuer=issuer_of(request.tenant)),
        redirect_origins=[origin_of(wanted.to.redirect_uri)],
        context={
            "parameters": dict(parameters.values),
            "arrival": {name: getattr(arrival, name) for name in KEPT_OF_ARRIVAL},
            "page": page,
        },
        language=first_spoken(wanted.ui_locales),
        email=typed_address(wanted.login_hint),
        first_page=page,
    )
    response["Cache-Control"] = "no-store"
    return response


def over(journey: Journey | None) -> PageRefusal:
    """A page that says so, and leads back to the application if the journey is this browser's."""
    if journey is None:
        return PageRefusal(OVER)
    start_url = journey.application_look.get("start_url", "")
    url = application_address(journey.redirect_origins, start_url=start_url)
    return PageRefusal(OVER, application_name=journey.application_name, application_url=url)
