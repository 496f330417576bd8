from django.http import HttpResponse

from accounts.models import Account
from applications.models import Application
from applications.policies.redirect_uris import host_of
from oidc.authorization.consent import scopes_to_allow
from oidc.authorization.events import record_consent_refused
from oidc.authorization.replies import reply_error
from oidc.authorization.requests.request import AuthorizationRequest, Parameters, addressee_of, client_of, read_request
from oidc.authorization.views.authorize import ASK_FOR_CONSENT, go_on
from oidc.authorization.views.questions import led_on, question_page
from oidc.consents.scope_words import allowances_by_key
from oidc.consents.services import give_consent
from oidc.issuer.identity import issuer_for
from oidc.wire.errors import AccessDenied, ProtocolError
from oidc.wire.pages import send_browser_to
from oidc.wire.requests import TenantRequest
from userflows.journeys.addresses import step_url
from userflows.models import Journey
from userflows.pages import render_customer

ALLOW, DENY = "allow", "deny"


@question_page(ASK_FOR_CONSENT, answered_by="answer")
def ask_for_consent(request: TenantRequest, journey: Journey, account: Account | None) -> HttpResponse:
    """Ask the customer whether the application may have what it asks for, if only a sign-in. Raises `PageRefusal`."""
    if account is None:
        return send_browser_to(step_url(journey))
    # Whoever is current by now may be another than the one whom the page was about.
    answer = request.POST.get("answer", "") if request.POST.get("account") == str(account.pk) else ""
    parameters = Parameters(journey.context["parameters"], frozenset())
    to = addressee_of(client_of(parameters), parameters)
    was_pushed = journey.context["was_pushed"]
    try:
        wanted = read_request(to, parameters, issuer=issuer_for(request.tenant), was_pushed=was_pushed)
        if answer == DENY:
            record_consent_refused(journey, account)
            raise AccessDenied("The customer doesn't allow it.")
    except ProtocolError as error:
        return led_on(journey, reply_error(request, to, error=error))
    asked = scopes_to_allow(wanted, to.client.entitlements)
    # What was on the page when the button was pressed.
    if answer == ALLOW and set(request.POST.getlist("scope")) >= asked:
        give_consent(account, Application.objects.get(pk=to.client.pk), scopes=asked)
        return led_on(journey, go_on(request, journey, consented_by=str(account.pk)))
    # Asked for nothing in particular: whether it is they who go on to the application (RFC 8252 section 8.6).
    template = "customer/consent.html" if asked else "customer/continue.html"
    return render_customer(request, template, _on_page(wanted, account, asked))


def _on_page(wanted: AuthorizationRequest, account: Account, asked: frozenset[str]) -> dict[str, object]:
    return {
        "account": account,
        "allowances": allowances_by_key(sorted(asked), email=account.email),
        "asked": sorted(asked),
        "application_name": wanted.to.client.name,
        "home_page": wanted.to.client.client_uri,
        # What stands at its registration nobody of the tenant has looked at.
        "leads_to": host_of(wanted.to.redirect_uri) if wanted.to.client.registered_dynamically else "",
    }
