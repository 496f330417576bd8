"""Signed-in browsers: what is known about a sign-in, and how it ends. `journeys.finish` begins them.

The session says when and how it happened: when in our own key, how in the records of allauth.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.logout import logout
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.identity.services.accounts import actor_of
from accounts.models import Account
from accounts.sessions.beside import (
    MOST_ACCOUNTS,
    SignedInHere,
    accounts_here,
    change_to,
    look_again,
    others_here,
    step_aside,
)
from accounts.sessions.rules import session_rules
from accounts.sessions.services import end_session, sign_out_browser
from accounts.sessions.store import BROWSER, SESSION_ID
from audit.services import record
from common.web.proof import AUTH_TIME
from userflows.lookup import default_flow, is_used, known_flows
from userflows.models import UserFlow
from userflows.questions.of_accounts import owed_by
from userflows.questions.owed import owes_terms
from userflows.second_factors.asked import is_enough
from userflows.second_factors.channels import are_two_factors
from userflows.state import FlowRules

FLOW, FROM_JOURNEY, SECOND_FACTOR = "flow", "from_journey", "second_factor"
# RFC 8176 section 2: more than one factor was shown.
MFA = "mfa"


@dataclass(frozen=True)
class SignInFacts:
    """When the account last proved itself, how (RFC 8176 values), and the session's public ID (never its key).

    `second_factor` is how the sign-in has met what is asked for as a second factor (`second_factors.due.how_met`).
    """

    auth_time: datetime
    amr: list[str]
    sid: str
    second_factor: str = ""


def facts_of(request: HttpRequest) -> SignInFacts:
    """What is known about the sign-in of a signed-in browser."""
    records = get_authentication_records(request, request.user)
    amr = {kept["amr"] for kept in records if "amr" in kept}
    if are_two_factors([kept["method"] for kept in records]):
        amr.add(MFA)
    return SignInFacts(
        auth_time=datetime.fromtimestamp(request.session[AUTH_TIME], UTC),
        amr=sorted(amr),
        sid=request.session[SESSION_ID],
        second_factor=request.session.get(SECOND_FACTOR, ""),
    )


def lacks_second_factor_for_portal(request: HttpRequest) -> bool:
    """Whether the administrator signed in here has shown less than the home tenant's user flow asks for by now."""
    return not is_enough(request.session.get(SECOND_FACTOR, ""), default_flow().rules)


def may_see_own_account(request: HttpRequest) -> bool:
    """Whether whoever is signed in here has shown what the user flow asks for by which they came. An application may
    have asked for less, or counted what the flow doesn't.
    """
    return is_enough(request.session.get(SECOND_FACTOR, ""), known_flow_of(request).rules)


def owes_answers(account: Account, rules: FlowRules) -> bool:
    """Whether the account lacks what this flow requires: answers, or that its owner has accepted the terms of use."""
    if owes_terms(account.accepted_terms, rules.terms_version):
        return True
    return bool(owed_by(account, [question for question in rules.later if question.is_required]))


def session_note(request: HttpRequest) -> dict[str, Any]:
    """What a journey that adds to the sign-in of this browser notes of it; empty where nobody is signed in."""
    account = request.user
    if not isinstance(account, Account):
        return {}
    records = get_authentication_records(request, account)
    return {
        "account_id": str(account.pk),
        "sid": request.session[SESSION_ID],
        "auth_time": request.session[AUTH_TIME],
        "methods": [kept["method"] for kept in records],
        "amr": [kept.get("amr", "") for kept in records],
    }


def flow_of(request: HttpRequest) -> UserFlow:
    """The flow by which the signed-in customer came; the tenant's default where that isn't known, or not used (any
    more): another one may have taken its place that asks for more.
    """
    kept = request.session.get(FLOW)
    came_by = UserFlow.objects.filter(pk=kept).first() if kept else None
    return came_by if came_by and is_used(came_by.pk) else default_flow()


def known_flow_of(request: HttpRequest) -> UserFlow:
    """The same, to be read only (`userflows.lookup`)."""
    kept = request.session.get(FLOW)
    came_by = known_flows().get(UUID(kept)) if kept else None
    return came_by if came_by and is_used(came_by.pk) else default_flow()


def has_ended_session(request: HttpRequest) -> bool:
    """Whether the browser comes with the cookie of a session that signs nobody in any more."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and not request.user.is_authenticated


def take_finished_purpose(request: HttpRequest) -> str:
    """The purpose of the journey that has just led to one's profile, here or in the portal; told once, then empty."""
    return str(request.session.pop(FROM_JOURNEY, ""))


def describe_sign_in(session: SessionBase, *, browser_name: str, auth_time: int | None = None) -> None:
    """Note that the sign-in is now and in which browser, and name the session; a second sign-in keeps the name.

    `auth_time` is when it was, in seconds since 1970, if only something was added to it.
    """
    session[AUTH_TIME] = auth_time or int(timezone.now().timestamp())
    session[BROWSER] = browser_name
    session.setdefault(SESSION_ID, new_session_id())


def stay_signed_in_here(request: HttpRequest, account: Account) -> None:
    """Continue in this browser when a change of the account's own has signed it out everywhere.

    Under another key and another name: whoever was told that the former session has ended was told right.
    """
    update_session_auth_hash(request, account)
    request.session[SESSION_ID] = new_session_id()
    request.session.save()


def new_session_id() -> str:
    """A public name for a session."""
    return secrets.token_urlsafe(16)


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


def make_way(request: HttpRequest, account: Account) -> bool:
    """Let this account sign in here next: in the session that it has in this browser already, or beside the others.

    Where the tenant offers no several accounts, whoever else is signed in here is signed out; where this were one too
    many, the one that wasn't used for longest. Returns whether somebody stays signed in beside.
    """
    if not session_rules().offers_several:
        if request.user.pk != account.pk:
            sign_out(request)
        return False
    here = accounts_here(request)
    mine = next((person for person in here if person.account.pk == account.pk), None)
    if mine:
        change_to(request, mine)
    else:
        if len(here) >= MOST_ACCOUNTS:
            last = here[-1]
            sign_out_browser(last.account, sid=last.sid, actor=actor_of(last.account))
        if request.user.is_authenticated:
            step_aside(request)
    has_others = bool(others_here(request))
    look_again(request)
    return has_others


def switch_to(request: HttpRequest, person: SignedInHere) -> None:
    """Make this account the current one from now on, as its owner has chosen here."""
    if not person.is_current:
        record("customer.switched", actor=actor_of(person.account), target=person.account)
    change_to(request, person)


def sign_out_beside(request: HttpRequest, person: SignedInHere) -> list[str]:
    """End the session of one of this browser's accounts, and leave the others. Returns what `sign_out` returns."""
    if person.is_current:
        return sign_out(request)
    with transaction.atomic():
        record("customer.signed_out", actor=actor_of(person.account), target=person.account)
        addresses = end_session(person.account.pk, person.sid)
    look_again(request)
    return addresses


def sign_out_of_all(request: HttpRequest) -> list[str]:
    """End the sessions of all of this browser's accounts. Returns what `sign_out` returns."""
    with transaction.atomic():
        return [address for person in reversed(accounts_here(request)) for address in sign_out_beside(request, person)]


def forget_session(request: HttpRequest) -> list[str]:
    """Leave nothing of the session behind. The next one begins from nothing, with a name of its own.

    Nor anything that its owner has proved: whoever sits down next finds no page to choose a password on for them.

    Returns what `sign_out` returns.
    """
    account = request.user
    addresses: list[str] = []
    if isinstance(account, Account):
        addresses = end_session(account.pk, request.session.get(SESSION_ID, ""))
    logout(request, show_message=False)
    look_again(request)
    return addresses
