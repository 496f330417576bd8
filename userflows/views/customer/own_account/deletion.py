"""The end of an account, at its owner's request."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity.services.closing import closing_time
from accounts.models import Account
from common.problems import Refused
from common.text.time_zones import zone_named
from tenants.lookup import current_tenant
from userflows.forms.fields import tell_problems
from userflows.forms.own_account import DeletionForm
from userflows.journeys.addresses import see_other
from userflows.journeys.browsers.browser import visitor_of
from userflows.own_account.closing import close_account, closing_account, token_of_closing
from userflows.pages import render_customer
from userflows.sessions.signed_in import forget_session
from userflows.views.customer.own import is_proved, own_page, prove_first, show_own, typed_before, usual_zone


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def delete(request: HttpRequest, account: Account) -> HttpResponse:
    """Say what goes and when, and have it go once the address was typed. Administrators are removed by each other."""
    tenant = current_tenant()
    if tenant is None or tenant.is_home:
        raise Http404
    if not is_proved(request):
        return prove_first(request, account, keeps=DeletionForm(account, request.POST))
    if request.method != "POST":
        return _ask(request, account, DeletionForm(account, initial=dict(typed_before(request, account))))
    form = DeletionForm(account, request.POST)
    if not form.is_valid():
        return _ask(request, account, form, status=400)
    try:
        close_account(account, visitor=visitor_of(request))
    except Refused as refusal:
        tell_problems(form, refusal)
        return _ask(request, account, form, status=400)
    said_at = reverse("customer:account-closing", args=[token_of_closing(account)])
    forget_session(request)
    return see_other(said_at)


@require_safe
def closing(request: HttpRequest, token: str) -> HttpResponse:
    """Say when it goes, to whoever has just wanted that; later on, its owner is asked at the next sign-in."""
    account = closing_account(token)
    if account is None or account.closes_at is None:
        return see_other(reverse("customer:sign-in"))
    closes_at = timezone.localtime(account.closes_at, zone_named(account.time_zone or usual_zone()))
    return render_customer(request, "customer/account/closing.html", {"closes_at": closes_at, "email": account.email})


def _ask(request: HttpRequest, account: Account, form: DeletionForm, **context: Any) -> HttpResponse:
    return show_own(request, "delete", form, closes_at=closing_time(account), **context)
