from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_supported_language_variant, gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account
from accounts.sessions import SessionStore
from applications.policies import origin_of
from oidc.authorization import AuthorizationRequest, addressee_of, known_parameters, read_request
from oidc.errors import InvalidRequest, LoginRequired, PageRefusal, ProtocolError
from oidc.issuer import issuer_for
from oidc.policies import needs_sign_in
from oidc.replies import UNREADABLE, refusal_page, reply, reply_error, see_other
from oidc.requests import TenantRequest, pairs_of_body, pairs_of_query, repeated
from oidc.services.codes import issue_code
from userflows.models import Journey, UserFlow
from userflows.services.journeys import begin_journey, finished_journey
from userflows.sign_ins import facts_of

OVER = gettext_lazy("This sign-in is over. Go back to the application and sign in again.")
JOURNEY_PLACE = "{journey}"
Pairs = Sequence[tuple[str, str]]


@csrf_exempt
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """RFC 6749 section 3.1, OpenID Connect Core section 3.1.2."""
    request = cast(TenantRequest, request)
    try:
        if request.method == "POST":
            # Browsers send no session with a POST from another site. A redirect to the same by GET brings it along.
            return see_other(f"{request.path}?{urlencode(pairs_of_body(request))}")
        pairs = pairs_of_query(request)
    except InvalidRequest as error:
        return refusal_page(request, PageRefusal(UNREADABLE, error.description))
    return _consider(request, pairs)


@require_safe
def resume(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Go on with the request for which a journey was begun, now that the customer has come through it."""
    request = cast(TenantRequest, request)
    journey = finished_journey(request, journey_id)
    if journey is None or "parameters" not in journey.context:
        return refusal_page(request, PageRefusal(OVER))
    return _consider(request, list(journey.context["parameters"].items()), has_just_signed_in=True)


def _consider(request: TenantRequest, pairs: Pairs, *, has_just_signed_in: bool = False) -> HttpResponse:
    """Answer with a code or an error, or send the customer to sign in first."""
    parameters = known_parameters(pairs)
    try:
        to = addressee_of(parameters, unclear=repeated(pairs))
    except PageRefusal as refusal:
        return refusal_page(request, refusal)
    issuer = issuer_for(request.tenant)
    try:
        wanted = read_request(to, parameters, pairs=pairs, issuer=issuer)
        if _is_satisfied(request, wanted, has_just_signed_in=has_just_signed_in):
            return reply(request, to, issuer=issuer.name, members={"code": _issue(request, wanted)})
        if "none" in wanted.prompts or has_just_signed_in:
            raise LoginRequired("The customer has to sign in.")
    except ProtocolError as error:
        return reply_error(request, to, issuer=issuer.name, error=error)
    return _send_to_sign_in(request, wanted, parameters)


def _is_satisfied(request: TenantRequest, wanted: AuthorizationRequest, *, has_just_signed_in: bool) -> bool:
    if not request.user.is_authenticated:
        return False
    return not needs_sign_in(
        prompts=wanted.prompts,
        max_age=wanted.max_age,
        hinted_subject=wanted.hinted_subject,
        subject=str(request.user.pk),
        auth_time=facts_of(request).auth_time,
        has_just_signed_in=has_just_signed_in,
        now=datetime.now(UTC),
    )


def _issue(request: TenantRequest, wanted: AuthorizationRequest) -> str:
    account = cast(Account, request.user)
    cast(SessionStore, request.session).join(wanted.to.client.client_id)
    return issue_code(
        client=wanted.to.client,
        account_id=account.pk,
        redirect_uri=wanted.to.redirect_uri,
        scopes=wanted.scopes,
        facts=facts_of(request),
        nonce=wanted.nonce,
        code_challenge=wanted.code_challenge,
    )


def _send_to_sign_in(request: TenantRequest, wanted: AuthorizationRequest, parameters: dict[str, str]) -> HttpResponse:
    flow = UserFlow.objects.get(applications=wanted.to.client.pk)
    wants_to_sign_up = "create" in wanted.prompts and flow.allows_sign_up
    response = begin_journey(
        request,
        user_flow=flow,
        return_to=f"{reverse('oidc:authorize')}/{JOURNEY_PLACE}/",
        purpose=Journey.Purpose.SIGN_UP if wants_to_sign_up else Journey.Purpose.SIGN_IN,
        application_name=wanted.to.client.name,
        redirect_origins=[origin_of(wanted.to.redirect_uri)],
        context={"parameters": parameters},
        language=_language(wanted.ui_locales),
        email=wanted.login_hint if "@" in wanted.login_hint else "",
    )
    response["Cache-Control"] = "no-store"
    return response


def _language(ui_locales: Sequence[str]) -> str:
    """The first of the wished-for languages that the pages speak; "" if they speak none."""
    for tag in ui_locales[:10]:
        try:
            return get_supported_language_variant(tag.lower())
        except LookupError:
            continue
    return ""
