"""Waiting for a way back: what the links of its mails open, and the button on the account's own pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.factors.recoveries import wait_hours
from accounts.identity.services.accounts import actor_of
from accounts.models import Account
from userflows.factors.recoveries import begin, stop
from userflows.factors.recovery_links import account_to_recover, owner_who_stopped, wait_to_stop
from userflows.journeys.addresses import see_other
from userflows.journeys.browsers.browser import visitor_of
from userflows.lookup import uses_password
from userflows.pages import render_customer
from userflows.views.customer.own import own_action

STOPPED = "stopped"


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def recovery(request: HttpRequest, token: str) -> HttpResponse:
    """Start the wait, by a press on the button: programs that look through mail open links too."""
    account = account_to_recover(token)
    if account is None:
        return render_customer(request, "customer/link_over.html", status=410)
    if request.method == "POST":
        begin(account, from_where=visitor_of(request).told)
        return see_other(request.path)
    context = {"email": account.email, "hours": wait_hours(), "recovers_at": account.recovers_at}
    return render_customer(request, "customer/recovery.html", context)


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def stop_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Stop it, likewise. The page that says so has an address of its own."""
    wait = wait_to_stop(token)
    if wait is None:
        return _stopped(request, token)
    if request.method == "POST":
        stop(wait.account, actor=actor_of(wait.account))
        return see_other(f"{request.path}?{STOPPED}")
    context = {"email": wait.account.email, "recovery": wait.recovery, "until": wait.account.recovers_at}
    return render_customer(request, "customer/recovery_stop.html", context)


def _stopped(request: HttpRequest, token: str) -> HttpResponse:
    owner = owner_who_stopped(token) if STOPPED in request.GET else None
    if owner is None:
        return render_customer(request, "customer/link_over.html", status=410)
    context = {"is_stopped": True, "has_password": uses_password(owner)}
    return render_customer(request, "customer/recovery_stop.html", context)


@own_action("customer:profile")
def stop_here(_request: HttpRequest, account: Account) -> HttpResponse:
    """Stop it where its owner is signed in."""
    stop(account, actor=actor_of(account))
    return see_other(f"{reverse('customer:profile')}?changed=recovery")
