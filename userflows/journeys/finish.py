"""The end of a journey: the one place that signs anybody in."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from allauth.account.internal.flows.login import clear_authentication_records, perform_login, record_authentication
from allauth.account.models import Login
from django.http import HttpRequest
from django.utils import timezone

from accounts.errors import AccountRefused, NotEnoughProved
from accounts.factors.recoveries import stop_recovery
from accounts.identity.services.accounts import accept_invitation, actor_of, create_account, verify_address
from accounts.identity.services.terms import accept_terms
from accounts.models import Account
from accounts.sessions.rules import session_rules
from accounts.sessions.store import STAYS, SessionStore
from audit.models import TOGETHER
from audit.services import record, recording
from common.web.places import place_of
from userflows.journeys.account.admission import check_address, check_age
from userflows.journeys.account.given import account_given, forget_given, unchecked_of_kept
from userflows.journeys.account.hooks import has_to_ask
from userflows.journeys.account.linking import brought_attributes, link_brought
from userflows.journeys.account.offered import NoLongerOffered, offered_provider
from userflows.journeys.browsers.browser import visitor_of
from userflows.journeys.events import circumstances_of
from userflows.journeys.jobs import NEW_BROWSER, look_up_later, send_welcome
from userflows.journeys.progress import hold_journey, save_progress
from userflows.methods import method_label
from userflows.models import Journey
from userflows.rows.mail_links import MailLink
from userflows.second_factors.channels import MAILBOX, channels_of
from userflows.second_factors.due import how_met, is_first_proved_earlier, lacks_second_factor
from userflows.sessions.signed_in import FLOW, FROM_JOURNEY, SECOND_FACTOR, describe_sign_in, forget_session, make_way
from userflows.state import (
    APP,
    CHANGE,
    INVITATION,
    LINK,
    NEW_PASSWORD,
    PASSKEY,
    PROVIDER,
    RESET,
    SESSION,
    SIGN_IN,
    SIGN_UP,
    SMS,
    STRICTNESS,
    JourneyState,
    Proof,
    left_by_others,
    step_of,
)


def finish(request: HttpRequest, journey: Journey) -> None:
    """Sign in whose journey it is, and end it; both or neither. Call it within the change that leaves nothing to do.

    A journey that has ended meanwhile signs nobody in. Raises `JourneyMovedOn`, `EmailAddressTaken`, `BeyondLimit`,
    `AccountRefused` if the account was disabled or deleted on the way, `NoLongerOffered` if the provider was that told
    who it is, or `NotEnoughProved` if a second factor is due that nothing offered here can show.
    """
    state, rules = journey.state, journey.rules
    _check_still_offered(journey, state)
    if journey.purpose == SIGN_UP and journey.account_id is None:
        make_given_account(journey)
        state = journey.state
    account = journey.account
    if account is None:
        raise AccountRefused
    if lacks_second_factor(state, rules) and not _is_asked_by_application_alone(journey, state):
        raise NotEnoughProved
    earlier = journey.step_data.get(SESSION) if is_first_proved_earlier(state, rules) else None
    # A new password has signed the account out everywhere, here too.
    is_signed_out = journey.purpose in {RESET, CHANGE} or NEW_PASSWORD in journey.step_data
    if state.brought and journey.purpose != SIGN_UP:
        is_signed_out |= link_brought(journey, account)
    _accept_invitation(journey, account)
    # Whoever left before as somebody else, in the same browser, hasn't come.
    others = left_by_others(journey.step_data, email=journey.email, account_id=account.pk)
    journey.typed, journey.step_data = {}, others
    save_progress(journey, finished_at=timezone.now())
    met = how_met(state, rules)
    if account.recovers_at is not None and met in {APP, PASSKEY, SMS}:
        # Whoever shows a factor has lost none.
        stop_recovery(account, actor=actor_of(account))
    _sign_in(request, account, journey, state.counting, is_signed_out=is_signed_out, met=met, earlier=earlier)


def make_given_account(journey: Journey, *, language: str = "") -> None:
    """Make the account of what was given before the address was verified; of nothing but this language, where nobody
    was asked for more. Raises what `make_account` does.
    """
    digest = unchecked_of_kept(journey)
    make_account(journey, **account_given(journey, language=language))
    forget_given(journey)
    if journey.account and digest:
        look_up_later(journey.account, digest)


def make_account(
    journey: Journey,
    *,
    password: str | None,
    password_hash: str = "",
    attributes: Mapping[str, Any],
    language: str,
    terms_version: str = "",
) -> None:
    """Make the account that the customer signs up for; the journey is its from here on.

    `password_hash` is that of a password judged before, which goes where none is given. An attribute that nobody is
    asked for has its default. `terms_version` is that of the terms of use which its owner accepts with it.

    Raises `EmailAddressTaken`, `BeyondLimit`, `JourneyMovedOn` or `Refused`; `AccountRefused` if a hook hasn't agreed,
    or nobody has shown that the address is theirs; `NotAdmitted`.
    """
    if has_to_ask(journey) or not journey.state.counting:
        raise AccountRefused
    answers = {**dict(journey.rules.hidden), **brought_attributes(journey), **attributes}
    check_address(journey)
    check_age(journey, answers, of_all=True)
    hold_journey(journey)
    account = create_account(
        email=journey.email,
        password=password,
        attributes=answers,
        email_verified=True,
        language=language,
    )
    if password_hash and password is None:
        account.password = password_hash
        account.save(update_fields=["password"])
    record("customer.signed_up", **_event_of(journey, account))
    if journey.user_flow.sends_welcome:
        send_welcome.enqueue(str(account.pk), str(journey.pk))
    if terms_version:
        accept_terms(account, version=terms_version, circumstances=circumstances_of(journey))
    journey.belongs_to(account)
    if journey.state.brought:
        # At once: whoever leaves before the second factor comes back by the provider, and may have no other way.
        link_brought(journey, account)


def verify_invited(journey: Journey, account: Account) -> None:
    """The link of an invitation was opened by whoever reads the mail of the address. Call it as they are given a way
    in: whoever leaves the journey with a password has come.
    """
    if INVITATION in journey.step_data and journey.state.has_proved(LINK) and not account.email_verified:
        verify_address(account)


def _accept_invitation(journey: Journey, account: Account) -> None:
    """Use up the invitation of whoever comes for the first time, by whichever way that proves their address.

    Raises `AccountRefused` if its link has led to an end before.
    """
    verify_invited(journey, account)
    has_come = account.invited_at is None or not account.email_verified or not accept_invitation(account)
    if has_come and INVITATION in journey.step_data:
        raise AccountRefused
    if not has_come:
        MailLink.objects.filter(account_id=account.pk, kind=MailLink.Kind.INVITATION).delete()


def _check_still_offered(journey: Journey, state: JourneyState) -> None:
    """Each provider that has proved something here is still on and offered. Raises `NoLongerOffered`."""
    for proof in state.counting:
        if step_of(proof.method) == PROVIDER and not offered_provider(journey, proof.method.partition(":")[2]):
            raise NoLongerOffered(proof.method)


def _is_asked_by_application_alone(journey: Journey, state: JourneyState) -> bool:
    """Whether an application asks somebody for a second factor who has none and can't get one by this flow, which asks
    for none: they are signed in, and the application is told that they haven't shown it.
    """
    own = journey.user_flow.rules.narrowed_to(journey.ways)
    return journey.second_factor in STRICTNESS[1:] and not lacks_second_factor(state, own)


def _sign_in(
    request: HttpRequest,
    account: Account,
    journey: Journey,
    proofs: Sequence[Proof],
    *,
    is_signed_out: bool,
    met: str,
    earlier: Mapping[str, Any] | None,
) -> None:
    """Sign the account in here by these proofs, under a new session key. Somebody else who is signed in here stays so
    beside, if the tenant lets them.

    `earlier` is what is known of the sign-in that is only added to: it stays as old as it was.
    """
    is_beside = make_way(request, account)
    csrf_token = request.META.get("CSRF_COOKIE")
    stays = journey.stays or request.session.get(STAYS, False)
    if is_signed_out:
        forget_session(request)
    session = cast(SessionStore, request.session)
    is_new_browser = journey.purpose == SIGN_IN and not visitor_of(request).is_known_to(journey.whose)
    clear_authentication_records(request)
    before = zip(earlier["methods"], earlier["amr"], strict=True) if earlier else ()
    for method, amr in dict([*before, *((proof.method, proof.amr) for proof in proofs)]).items():
        record_authentication(request, account, method, amr=amr)
    session[FLOW], session[SECOND_FACTOR] = str(journey.user_flow_id), met
    if journey.purpose == CHANGE or journey.return_to.partition("?")[0] == place_of("customer:profile"):
        session[FROM_JOURNEY] = journey.purpose
    # Who signs in once more, because an application asks for it, goes on staying.
    session[STAYS] = session_rules().offers_stay and stays
    browser_name = visitor_of(request).browser_name
    describe_sign_in(session, browser_name=browser_name, auth_time=earlier["auth_time"] if earlier else None)
    perform_login(request, Login(user=account, redirect_url="/"))
    if request.user.pk != account.pk:
        raise AccountRefused
    if is_beside and csrf_token:
        # Pages of the others, open in other tabs, can still be sent: they say whose they are.
        request.META["CSRF_COOKIE"] = csrf_token
    # Who only answered what was owed is as signed in as before.
    methods = [proof.method for proof in proofs]
    event = _event_of(journey, account, methods, is_new_browser=is_new_browser) if proofs or not earlier else None
    # In the transaction that ends the journey: whose journey is over has a session.
    session.save(besides=recording("customer.signed_in", **event) if event else None)


def _event_of(
    journey: Journey, account: Account, methods: Sequence[str] = (), *, is_new_browser: bool = False
) -> dict[str, Any]:
    """What is noted, with the provider's name as it is now.

    Whoever has shown to read the account's mail isn't told by mail of a new browser, so nothing is said of that.
    """
    circumstances = circumstances_of(journey, TOGETHER.join(methods))
    providers = [method_label(method) for method in methods if step_of(method) == PROVIDER]
    details: dict[str, Any] = {"provider": providers[0]} if providers else {}
    if is_new_browser and not journey.is_trial_run and MAILBOX not in channels_of(methods):
        details |= {NEW_BROWSER: True}
    return {"actor": actor_of(account), "target": account, "circumstances": circumstances, "details": details}
