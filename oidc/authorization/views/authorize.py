from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self, cast
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account
from accounts.sessions.beside import keep_acting, look_again, stop_acting
from applications.lookup.appearance import appearance_for_customers
from applications.policies.redirect_uris import belongs_to_one_app, origin_of
from common.web.limits import TooManyAttempts
from common.web.places import place_of
from oidc.authorization.accounts import go_with_account
from oidc.authorization.consent import scopes_to_allow
from oidc.authorization.events import record_error, record_page_refusal
from oidc.authorization.interaction import (
    CREATE,
    NOTHING_DONE,
    DoneSoFar,
    Interaction,
    InteractionFacts,
    SignedIn,
    adds_to_session,
    check_page_allowed,
    interaction_needed,
    may_answer_unseen,
    may_rest_on_earlier_consent,
)
from oidc.authorization.levels import check_reachable, reachable_wishes, rules_of
from oidc.authorization.limits import count_pushed
from oidc.authorization.replies import BY_FORM, offer_error, reply, reply_error
from oidc.authorization.requests.request import (
    Addressee,
    AuthorizationRequest,
    Parameters,
    addressee_of,
    client_of,
    parameters_of,
    pushed_reference,
    read_request,
    unknown_reference,
)
from oidc.authorization.requests.request_objects import opened
from oidc.authorization.services import (
    UnknownPushedRequest,
    UsedPushedRequest,
    push_request,
    redeem_pushed_request,
)
from oidc.authorization.views.codes import issue
from oidc.clients.vouching import is_vouched_for
from oidc.consents.services import earlier_consent
from oidc.issuer.identity import issuer_for
from oidc.tokens.services.codes import SessionEnded
from oidc.wire.addresses import issuer_of
from oidc.wire.errors import InvalidRequest, PageRefusal, ProtocolError, TooManyRequests
from oidc.wire.pages import OVER, UNREADABLE, refusal_page, send_browser_to
from oidc.wire.policies import acr_of, amr_to_tell, asks_for_two, methods_for
from oidc.wire.requests import FORM, TenantRequest, pairs_of_body, pairs_of_query
from userflows.forms.fields import typed_address
from userflows.journeys.dispatch import show_first
from userflows.journeys.entry import (
    COLLECTABLE_FOR,
    NO_SIGN_UP,
    More,
    any_journey_of,
    begin_journey,
    finished_by_any_here,
    lead_on,
)
from userflows.lookup import flow_by_id
from userflows.middleware import first_spoken
from userflows.models import Journey
from userflows.policies import JOURNEY_PLACE, application_address
from userflows.second_factors.asked import is_enough
from userflows.sessions.signed_in import facts_of, owes_answers
from userflows.state import EXACTLY

CHOOSE_ACCOUNT, ASK_FOR_CONSENT = "oidc:choose-account", "oidc:ask-for-consent"
CONFIRMING = {Interaction.CONFIRM, Interaction.PROVE_MORE, Interaction.COMPLETE}
OF_ACCOUNT = {*CONFIRMING, Interaction.CONSENT}
PAGES = {Interaction.CHOOSE_ACCOUNT: CHOOSE_ACCOUNT, Interaction.CONSENT: ASK_FOR_CONSENT}


@dataclass(frozen=True)
class Way:
    """How a request came, and what the customer has done for it. A journey that has to be begun keeps this.

    `journey_id` is the ID of that journey, `pushed_digest` what a pushed request is known by.
    """

    journey_id: UUID
    was_pushed: bool = False
    done: DoneSoFar = NOTHING_DONE
    pushed_digest: str = ""

    @classmethod
    def kept_with(cls, journey: Journey) -> Self:
        """As it was when the journey began. The next one, if the session ages meanwhile, has an ID of its own."""
        kept = journey.context
        return cls(uuid4(), kept["was_pushed"], DoneSoFar(**kept["done"]), kept.get("pushed_digest", ""))


@csrf_exempt
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """RFC 6749 section 3.1, OpenID Connect Core section 3.1.2, RFC 9126 section 4."""
    request = cast(TenantRequest, request)
    try:
        if request.method == "POST":
            return _keep_and_go_on(request)
        parameters = parameters_of(pairs_of_query(request))
        if parameters.names_pushed_request():
            return _redeem(request, parameters)
        return _open_and_consider(request, parameters)
    except InvalidRequest as error:
        return _refuse_by_page(request, PageRefusal(UNREADABLE, error.description))
    except PageRefusal as refusal:
        return _refuse_by_page(request, refusal)


@require_safe
def resume(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Go on with the request for which a journey was begun, now that the customer has come through it."""
    request = cast(TenantRequest, request)
    journey = finished_by_any_here(request, journey_id)
    if journey is None or "parameters" not in journey.context:
        return refusal_page(request, over(any_journey_of(request, journey_id)))
    return go_on(request, journey, has_signed_in=True)


def answer_at_once(request: HttpRequest, journey: Journey) -> HttpResponse | None:
    """The answer to the request for which a journey was begun that ends with this form, unless it is a form as well:
    the browser would send ours again with it, if its customer loads the page anew.
    """
    if "parameters" not in journey.context or journey.context["parameters"].get("response_mode") in BY_FORM:
        return None
    return go_on(cast(TenantRequest, request), journey, has_signed_in=True)


def _keep_and_go_on(request: TenantRequest) -> HttpResponse:
    """Browsers send no session with a POST from another site. A redirect by GET brings it along.

    What was posted is checked here and kept as a pushed request is: it may be longer than the headers a proxy takes.
    """
    if request.content_type != FORM:
        raise InvalidRequest(f"Send the parameters as {FORM}.")
    parameters = parameters_of([*pairs_of_query(request), *pairs_of_body(request)])
    client = client_of(parameters)
    if parameters.names_pushed_request():
        request_uri = pushed_reference(client, parameters)
    else:
        try:
            parameters = opened(client, parameters, issuer=issuer_of(request.tenant))
            read_request(addressee_of(client, parameters), parameters, issuer=issuer_for(request.tenant))
            count_pushed(request, client)
        except ProtocolError as error:
            return _refuse(request, addressee_of(client, parameters), Way(uuid4()), error)
        request_uri = push_request(client=client, parameters=parameters.to_keep())
    return send_browser_to(f"{request.path}?{urlencode({'client_id': client.client_id, 'request_uri': request_uri})}")


def _open_and_consider(request: TenantRequest, parameters: Parameters) -> HttpResponse:
    """Consider what the client has signed, if it has."""
    client = client_of(parameters)
    try:
        signed = opened(client, parameters, issuer=issuer_of(request.tenant))
    except ProtocolError as error:
        return _refuse(request, addressee_of(client, parameters), Way(uuid4()), error)
    return _consider(request, signed, Way(uuid4()))


def _redeem(request: TenantRequest, parameters: Parameters) -> HttpResponse:
    """Take up a request that was pushed. Whatever else stands in the address doesn't count (RFC 9101 section 5)."""
    client = client_of(parameters)
    try:
        redeemed = redeem_pushed_request(pushed_reference(client, parameters), client=client)
    except UnknownPushedRequest as error:
        raise unknown_reference(client) from error
    except UsedPushedRequest as used:
        return _lead_back(request, used.journey_id)
    way = Way(redeemed.journey_id, was_pushed=True, pushed_digest=redeemed.digest)
    return _consider(request, Parameters(redeemed.parameters, frozenset()), way)


def _lead_back(request: TenantRequest, journey_id: UUID) -> HttpResponse:
    """The page was loaded again: go on where this browser is on the way that the request has led to."""
    journey = any_journey_of(request, journey_id)
    if journey is None:
        raise PageRefusal(OVER, "The request_uri has been used.")
    return send_browser_to(reverse(journey.context.get("page") or "customer:journey", args=[journey.pk]))


def go_on(request: TenantRequest, journey: Journey, **has_done: Any) -> HttpResponse:
    """Consider the request kept with a journey, with what the customer has done meanwhile: a field of `DoneSoFar`."""
    way = Way.kept_with(journey)
    # A sign-in that was asked for anew counts as such for a few minutes, on whichever page they were spent.
    is_fresh = request.user.is_authenticated and facts_of(request).auth_time > datetime.now(UTC) - COLLECTABLE_FOR
    done = replace(way.done, **{"has_signed_in": way.done.has_signed_in and is_fresh, **has_done})
    try:
        return _consider(request, Parameters(journey.context["parameters"], frozenset()), replace(way, done=done))
    except PageRefusal as refusal:
        return refusal_page(request, refusal)


def _consider(request: TenantRequest, parameters: Parameters, way: Way) -> HttpResponse:
    """Answer with a code or an error, or ask the customer first. Raises `PageRefusal`."""
    to = addressee_of(client_of(parameters), parameters)
    try:
        issuer = issuer_for(request.tenant)
        wanted = read_request(to, parameters, issuer=issuer, was_pushed=way.was_pushed)
        has_to_choose = go_with_account(request, wanted, way.done)
        facts = _facts(request, wanted, way.done, has_to_choose=has_to_choose)
        if not has_to_choose:
            check_reachable(wanted, account=request.user)
        needed = interaction_needed(facts)
        if needed is Interaction.CONSENT and may_rest_on_earlier_consent(facts):
            needed = interaction_needed(replace(facts, allowed=_allowed(request, wanted)))
        if needed is Interaction.ANSWER:
            return reply(request, to, members={"code": issue(request, wanted, pushed_digest=way.pushed_digest)})
        check_page_allowed(needed, facts)
        return _begin(request, wanted, parameters, way, needed, facts)
    except ProtocolError as error:
        return _refuse(request, to, way, error)
    except TooManyAttempts as refusal:
        return _refuse(request, to, way, TooManyRequests(refusal.retry_after))
    except SessionEnded:
        # Signed out elsewhere, a moment ago: as if they had come afterwards.
        if not stop_acting(request):
            request.user = AnonymousUser()
        look_again(request)
        return _consider(request, parameters, way)


def _refuse(request: TenantRequest, to: Addressee, way: Way, error: ProtocolError) -> HttpResponse:
    """Tell the client, by a page first where a stranger's address would be led to unasked."""
    record_error(to.client, error)
    tell = reply_error if may_answer_unseen(way.done, is_trusted=_is_trusted(to)) else offer_error
    return tell(request, to, error=error)


def _refuse_by_page(request: TenantRequest, refusal: PageRefusal) -> HttpResponse:
    record_page_refusal(request, refusal)
    return refusal_page(request, refusal)


def _is_trusted(to: Addressee) -> bool:
    """Whether somebody of the tenant vouches for where the answer leads. That of a run leads to the portal."""
    return not to.client.allows_redirect_to(to.redirect_uri) or is_vouched_for(to.client)


def _facts(
    request: TenantRequest, wanted: AuthorizationRequest, done: DoneSoFar, *, has_to_choose: bool
) -> InteractionFacts:
    return InteractionFacts(
        prompts=wanted.prompts,
        max_age=wanted.max_age,
        subjects=wanted.subjects,
        acr_values=wanted.acr_values,
        hinted_email=_hinted(request, wanted) if wanted.login_hint else "",
        scopes=scopes_to_allow(wanted, wanted.to.client.entitlements),
        wished_acr_values=reachable_wishes(wanted, account=request.user),
        signed_in=_signed_in(request, wanted),
        done=done,
        now=datetime.now(UTC),
        may_be_impersonated=wanted.to.client.is_public and not belongs_to_one_app(wanted.to.redirect_uri),
        has_to_choose=has_to_choose,
    )


def _hinted(request: TenantRequest, wanted: AuthorizationRequest) -> str:
    """Whom the application means: an address, or the user name of somebody who isn't signed in here."""
    hint, account = typed_address(wanted.login_hint, or_user_name=rules_of(wanted).takes_user_names), request.user
    return account.email if isinstance(account, Account) and hint == account.user_name != "" else hint


def _signed_in(request: TenantRequest, wanted: AuthorizationRequest) -> SignedIn | None:
    account = request.user
    if not isinstance(account, Account):
        return None
    sign_in, rules = facts_of(request), rules_of(wanted)
    return SignedIn(
        str(account.pk),
        account.email,
        sign_in.auth_time,
        acr_of(amr_to_tell(sign_in.amr, wanted.acr_values)),
        has_second_factor=is_enough(sign_in.second_factor, rules),
        owes_answers=owes_answers(account, rules),
    )


def _allowed(request: TenantRequest, wanted: AuthorizationRequest) -> frozenset[str] | None:
    return earlier_consent(account_id=cast(Account, request.user).pk, application_pk=wanted.to.client.pk)


def _begin(
    request: TenantRequest,
    wanted: AuthorizationRequest,
    parameters: Parameters,
    way: Way,
    needed: Interaction,
    facts: InteractionFacts,
) -> HttpResponse:
    """Send the customer on a journey that keeps the request and comes back to it, or to one of our own pages first.

    Raises `TooManyAttempts`.
    """
    flow = flow_by_id(cast(UUID, wanted.to.client.flow_id))
    wants_to_sign_up = CREATE in wanted.prompts
    signs_up = wants_to_sign_up and flow.rules.has_sign_up
    page = PAGES.get(needed, "")
    if needed in OF_ACCOUNT:
        # The pages that follow are about the account that the application goes with.
        keep_acting(request)
    response = begin_journey(
        request,
        journey_id=way.journey_id,
        user_flow=flow,
        return_to=f"{place_of('oidc:authorize')}/{JOURNEY_PLACE}/",
        purpose=Journey.Purpose.SIGN_UP if signs_up else Journey.Purpose.SIGN_IN,
        client_id=wanted.to.client.client_id,
        application_name=wanted.to.client.name,
        application_look=appearance_for_customers(wanted.to.client, issuer=issuer_of(request.tenant)),
        redirect_origins=[origin_of(wanted.to.redirect_uri)],
        context={
            "parameters": parameters.to_keep(),
            "was_pushed": way.was_pushed,
            "pushed_digest": way.pushed_digest,
            "done": {**vars(way.done)},
            "page": page,
        },
        language=first_spoken(wanted.ui_locales),
        email=facts.hinted_email,
        confirms=cast(Account, request.user) if needed in CONFIRMING else None,
        wanted_methods=methods_for(wanted.acr_values),
        more=_more(wanted, needed, facts, methods=flow.methods),
        first_page=page,
        because=NO_SIGN_UP if wants_to_sign_up and not signs_up else "",
        answer=show_first if needed is Interaction.SIGN_IN and _may_be_asked_again(request, way) else lead_on,
    )
    response["Cache-Control"] = "no-store"
    return response


def _may_be_asked_again(request: TenantRequest, way: Way) -> bool:
    """Whether this is the request of the application itself, and no answer to a page of ours."""
    return request.method == "GET" and way.done == NOTHING_DONE


def _more(
    wanted: AuthorizationRequest, needed: Interaction, facts: InteractionFacts, *, methods: Sequence[str]
) -> More:
    """What is asked for besides what the user flow asks: by the application, or by this request of it."""
    takes_two = asks_for_two(wanted.acr_values or facts.wished_acr_values, methods)
    return More(
        EXACTLY if takes_two else wanted.to.client.second_factor,
        wanted.to.client.factors,
        adds_to_session=adds_to_session(needed, facts) and (takes_two or not wanted.acr_values),
    )


def over(journey: Journey | None) -> PageRefusal:
    """A page that says so, and leads back to the application if the journey is this browser's."""
    if journey is None:
        return PageRefusal(OVER)
    start_url = journey.application_look.get("start_url", "")
    url = application_address(journey.redirect_origins, start_url=start_url)
    return PageRefusal(
        OVER, application_name=journey.application_name, application_url=url, client_id=journey.client_id
    )
