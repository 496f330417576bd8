"""What customers are asked to allow applications, and where they take it back."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from accounts.models import Account
from applications.lookup.entitlements import entitlements_by_id
from applications.models import Application
from applications.policies.redirect_uris import host_of
from oidc.authorization.consent import scopes_to_allow
from oidc.authorization.replies import reply_error, see_other
from oidc.authorization.request import AuthorizationRequest, Parameters, addressee_of, client_of, read_request
from oidc.authorization.scope_words import Allowance, allowances_by_key
from oidc.errors import AccessDenied, ProtocolError
from oidc.issuer import issuer_for, issuer_of
from oidc.requests import TenantRequest
from oidc.services.consents import applications_of, consented_scopes, give_consent, withdraw_consent
from oidc.views.customer.authorize import ASK_FOR_CONSENT, go_on
from oidc.views.customer.questions import question_page
from userflows.models import Journey
from userflows.pages import render_customer

ALLOW, DENY = "allow", "deny"


@question_page(ASK_FOR_CONSENT, answered_by="answer")
def ask_for_consent(request: TenantRequest, journey: Journey, account: Account) -> HttpResponse:
    """Ask the customer whether the application may have what it asks for. Raises `PageRefusal`."""
    answer = request.POST.get("answer", "")
    parameters = Parameters(journey.context["parameters"], frozenset())
    to = addressee_of(client_of(parameters), parameters)
    was_pushed = journey.context.get("arrival", {}).get("was_pushed", False)
    try:
        wanted = read_request(to, parameters, issuer=issuer_for(request.tenant), was_pushed=was_pushed)
        if answer == DENY:
            raise AccessDenied("The customer doesn't allow it.")
    except ProtocolError as error:
        return reply_error(request, to, issuer=issuer_of(request.tenant), error=error)
    asked = scopes_to_allow(wanted, entitlements_by_id(to.client.client_id))
    # What was on the page when the button was pressed, by whoever saw it.
    has_seen = set(request.POST.getlist("scope")) >= asked and request.POST.get("account") == str(account.pk)
    if answer == ALLOW and has_seen:
        give_consent(account, Application.objects.get(pk=to.client.pk), scopes=asked)
        return go_on(request, journey, consented_by=str(account.pk))
    return render_customer(request, "customer/consent.html", _on_page(wanted, account, asked))


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
