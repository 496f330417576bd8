"""What customers are asked to allow applications, and where they take it back."""

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from accounts.models import Account
from applications.access import access_of
from applications.models import Application
from applications.policies import host_of
from oidc.authorization.consent import scopes_to_allow
from oidc.authorization.replies import refusal_page, reply_error, see_other
from oidc.authorization.request import AuthorizationRequest, Parameters, addressee_of, client_of, read_request
from oidc.authorization.scope_words import Allowance, allowances_by_key
from oidc.errors import AccessDenied, PageRefusal, ProtocolError
from oidc.issuer import issuer_for, issuer_of
from oidc.requests import TenantRequest
from oidc.services.consents import applications_of, consented_scopes, give_consent, withdraw_consent
from oidc.views.customer.authorize import ASK_FOR_CONSENT, go_on, over
from userflows.middleware import speak
from userflows.models import Journey
from userflows.pages import render_customer
from userflows.services.journeys import any_journey_of, journey_of, step_url

ALLOW, DENY, ANOTHER = "allow", "deny", "another"


@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_consent(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Ask the customer whether the application may have what it asks for."""
    request = cast(TenantRequest, request)
    journey = journey_of(request, journey_id)
    if journey is None or "parameters" not in journey.context:
        return refusal_page(request, over(any_journey_of(request, journey_id)))
    answer = request.POST.get("answer", "")
    # A journey that signs somebody in first has another journey for the question afterwards.
    is_for_this = journey.context.get("page") == ASK_FOR_CONSENT
    if not isinstance(request.user, Account) or answer == ANOTHER or not is_for_this:
        return see_other(step_url(journey))
    request.journey = journey  # type: ignore[attr-defined]
    if journey.language:
        speak(request, journey.language)
    try:
        return _ask(request, journey, request.user, answer)
    except PageRefusal as refusal:
        return refusal_page(request, refusal)


@require_http_methods(["GET", "HEAD", "POST"])
def connected_applications(request: HttpRequest) -> HttpResponse:
    """See which applications may do what in one's name, and take it back."""
    account, here = request.user, reverse("oidc:connected-applications")
    if not isinstance(account, Account):
        return see_other(f"{reverse('customer:sign-in')}?{urlencode({'next': here})}")
    if request.method == "POST":
        application = get_object_or_404(Application, client_id=_uuid_or_none(request.POST.get("application", "")))
        withdraw_consent(account, application)
        return see_other(f"{here}?withdrawn")
    applications = [(application, _allowed(account, application)) for application in applications_of(account)]
    shown = {"account": account, "applications": applications, "is_withdrawn": "withdrawn" in request.GET}
    return render_customer(request, "customer/connected_applications.html", shown)


def _ask(request: TenantRequest, journey: Journey, account: Account, answer: str) -> HttpResponse:
    """The page, or what follows from the answer to it. Raises `PageRefusal`."""
    parameters = Parameters(journey.context["parameters"], frozenset())
    to = addressee_of(client_of(parameters), parameters)
    was_pushed = journey.context.get("arrival", {}).get("was_pushed", False)
    try:
        wanted = read_request(to, parameters, issuer=issuer_for(request.tenant), was_pushed=was_pushed)
        if answer == DENY:
            raise AccessDenied("The customer doesn't allow it.")
    except ProtocolError as error:
        return reply_error(request, to, issuer=issuer_of(request.tenant), error=error)
    asked = scopes_to_allow(wanted, access_of(to.client.client_id))
    # What was on the page when the button was pressed, by whoever saw it.
    has_seen = set(request.POST.getlist("scope")) >= asked and request.POST.get("account") == str(account.pk)
    if answer == ALLOW and has_seen:
        give_consent(account, Application.objects.get(pk=to.client.pk), scopes=asked)
        return go_on(request, journey, consented_by=str(account.pk))
    return render_customer(request, "customer/consent.html", _on_page(wanted, account, asked))


def _on_page(wanted: AuthorizationRequest, account: Account, asked: frozenset[str]) -> dict[str, object]:
    return {
        "account": account,
        "allowances": allowances_by_key(sorted(asked)),
        "asked": sorted(asked),
        "application_name": wanted.to.client.name,
        "home_page": wanted.to.client.client_uri,
        # What stands at its registration nobody of the tenant has looked at.
        "leads_to": host_of(wanted.to.redirect_uri) if wanted.to.client.registered_dynamically else "",
    }


def _allowed(account: Account, application: Application) -> list[Allowance]:
    return allowances_by_key(sorted(consented_scopes(account_id=account.pk, application_pk=application.pk)))


def _uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
