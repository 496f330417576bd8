"""Where customers see what they allow applications, and take it back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import Account
from applications.models import Application
from common.text.ids import uuid_of
from oidc.consents.scope_words import Allowance, allowances_by_key
from oidc.consents.services import applications_of, consented_scopes, withdraw_consent
from oidc.wire.pages import send_browser_to
from userflows.views.customer.own import is_proved, own_page, prove_first, render_own


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def connected_applications(request: HttpRequest, account: Account) -> HttpResponse:
    """See which applications may do what in one's name, and take it back."""
    if request.method == "POST" and not is_proved(request):
        return prove_first(request, account)
    if request.method == "POST":
        application = get_object_or_404(Application, client_id=uuid_of(request.POST.get("application", "")))
        withdraw_consent(account, application)
        return send_browser_to(f"{reverse('oidc:connected-applications')}?withdrawn")
    applications = [(application, _allowed(account, application)) for application in applications_of(account)]
    return render_own(request, "applications", applications=applications, is_withdrawn="withdrawn" in request.GET)


def _allowed(account: Account, application: Application) -> list[Allowance]:
    keys = consented_scopes(account_id=account.pk, application_pk=application.pk)
    return allowances_by_key(sorted(keys), email=account.email)
