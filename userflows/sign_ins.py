"""Signed-in browsers: how an account signs in and out, and what is known about a sign-in.

allauth does the work through `userflows.adapter`; the session says when and how it happened.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, perform_login
from allauth.account.internal.flows.logout import logout
from allauth.account.models import Login
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.identity.services.accounts import actor_of
from accounts.models import Account
from accounts.sessions.rules import session_rules
from accounts.sessions.services import end_session
from accounts.sessions.store import AUTH_TIME, BROWSER, SESSION_ID, STAYS
from audit.services import record
from common.http import client_ip
from userflows.adapter import remember_method
from userflows.lookup import default_flow
from userflows.models import Journey, UserFlow
from userflows.policies import name_of_browser

PASSWORD, CODE = "password", "code"
# RFC 8176 section 2. A code that came by mail is a one-time password to a relying party.
AMR_BY_METHOD = {PASSWORD: "pwd", CODE: "otp"}
FLOW, ARRIVAL = "flow", "arrival"


@dataclass(frozen=True)
class SignInFacts:
    """When the account last proved itself, how (RFC 8176 values), and the session's public ID (never its key)."""

    auth_time: datetime
    amr: list[str]
    sid: str


def facts_of(request: HttpRequest) -> SignInFacts:
    """What is known about the sign-in of a signed-in browser."""
    records = get_authentication_records(request, request.user)
    amr = {AMR_BY_METHOD[kept["method"]] for kept in records if kept["method"] in AMR_BY_METHOD}
    return SignInFacts(
        auth_time=datetime.fromtimestamp(request.session[AUTH_TIME], UTC),
        amr=sorted(amr),
        sid=request.session[SESSION_ID],
    )


def flow_of(request: HttpRequest) -> UserFlow:
    """The flow by which the signed-in customer came; the tenant's default where that isn't known (any more)."""
    kept = request.session.get(FLOW)
    came_by = UserFlow.objects.filter(pk=kept).first() if kept else None
    return came_by or default_flow()


def take_arrival(request: HttpRequest) -> str:
    """By which purpose of a journey the customer has just come to the profile; told once, then empty."""
    return str(request.session.pop(ARRIVAL, ""))


def sign_in(request: HttpRequest, account: Account, *, journey: Journey, method: str) -> None:
    """Sign the account in here, under a new session key. Somebody else who was signed in here is signed out first."""
    application_name = journey.application_name
    if request.user.is_authenticated and request.user.pk != account.pk:
        sign_out(request)
    details = {"method": method, "ip": client_ip(request)}
    if application_name:
        details["application"] = application_name
    remember_method(request, account, method)
    request.session[FLOW] = str(journey.user_flow_id)
    if journey.return_to == reverse("customer:profile"):
        request.session[ARRIVAL] = journey.purpose
    # Who signs in once more, because an application asks for it, goes on staying.
    request.session[STAYS] = session_rules().offers_stay and (journey.stays or request.session.get(STAYS, False))
    perform_login(request, Login(user=account, redirect_url="/"))
    # In the transaction that ends the journey: whose journey is over has a session.
    request.session.save()
    record("customer.signed_in", actor=actor_of(account), target=account, details=details)


def sign_out(request: HttpRequest) -> list[str]:
    """End this browser's session; does nothing where nobody is signed in.

    Returns what the browser shall load besides, so that applications sign its owner out as well: addresses of theirs.
    """
    account = request.user
    if not isinstance(account, Account):
        return []
    with transaction.atomic():
        record("customer.signed_out", actor=actor_of(account), target=account)
        return forget_session(request)


def forget_session(request: HttpRequest) -> list[str]:
    """Leave nothing of the session behind. The next one begins from nothing, with a name of its own.

    Returns what `sign_out` returns.
    """
    account = request.user
    addresses = end_session(account.pk, request.session.get(SESSION_ID, "")) if isinstance(account, Account) else []
    logout(request, show_message=False)
    return addresses


@receiver(user_logged_in, dispatch_uid="userflows.sign_ins")
def _note(request: HttpRequest, **_: Any) -> None:
    """Note when and where it happened, and name the session; whoever signs in again goes on under the same name."""
    request.session[AUTH_TIME] = int(timezone.now().timestamp())
    request.session[BROWSER] = name_of_browser(request.headers.get("User-Agent", ""))
    request.session.setdefault(SESSION_ID, secrets.token_urlsafe(16))
