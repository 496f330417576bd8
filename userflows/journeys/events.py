"""What the audit log is told of journeys. An attempt for an unknown address costs the same statements as any other."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from accounts.errors import PasskeyRefused
from accounts.models import Account
from audit.explanations import PROBLEM_KEPT
from audit.reasons import Reason
from audit.services import Actor, Circumstances, record_judged_failure, record_refused, record_unbounded_failure
from common.text.translation import NOTHING_TO_SAY, KeptSentence
from common.web.http import client_ip, network_of
from common.web.limits import TooManyAttempts
from hooks.models import Hook
from providers.models import IdentityProvider
from sms.limits import TO_COUNTRIES
from userflows.journeys.attempts.limits import (
    CODES_ASKED,
    LINKS_ASKED,
    LINKS_SENT,
    LINKS_SENT_A_DAY,
    OF_MAIL,
    OF_TEXTS,
    SECOND_CODES_SENT,
    SECOND_TEXTS_SENT,
    SIGN_UPS,
    TEXTS_ASKED,
    WITHOUT_SCRIPT,
    WITHOUT_SCRIPT_OF_ALL,
)
from userflows.methods import method_label
from userflows.models import Journey, UserFlow
from userflows.state import CHANGE, PASSKEY, PROVIDER, RESET, SIGN_IN, SIGN_UP, method_of_provider, step_of

FAILED = {
    SIGN_IN: "customer.sign_in_failed",
    SIGN_UP: "customer.sign_up_failed",
    RESET: "customer.reset_failed",
    CHANGE: "customer.reset_failed",
}
SOMEBODY = Actor("customer")
OF_PASSKEYS = {
    PasskeyRefused.FOREIGN: Reason.PASSKEY_UNKNOWN,
    PasskeyRefused.UNKNOWN: Reason.PASSKEY_UNKNOWN,
    PasskeyRefused.COPIED: Reason.PASSKEY_COPIED,
}
# Limits that keep something from being mailed, or texted.
NOT_MAILED = {
    limit.name for limit in (CODES_ASKED, *OF_MAIL, SECOND_CODES_SENT, LINKS_ASKED, LINKS_SENT, LINKS_SENT_A_DAY)
}
OF_SIGN_UP = {limit.name for limit in (SIGN_UPS, WITHOUT_SCRIPT, WITHOUT_SCRIPT_OF_ALL)}
NOT_TEXTED = {limit.name for limit in (TEXTS_ASKED, *OF_TEXTS, SECOND_TEXTS_SENT)} | TO_COUNTRIES


def circumstances_of(journey: Journey, method: str = "", *, step: str = "") -> Circumstances:
    """What an event tells of the journey it happened in. `method` is the name of the step that proves something."""
    return Circumstances(
        client_id=journey.client_id,
        application=journey.application_name,
        user_flow=journey.user_flow.name,
        step=step,
        method=method,
        journey_id=journey.pk,
        is_trial_run=journey.is_trial_run,
    )


def record_failure(journey: Journey, *, step: str, method: str = "", reason: Reason, **details: Any) -> None:
    """Note that somebody failed on the page of this step: for this reason, if the account may sign in at all."""
    account = Account.objects.with_email(journey.whose).first()
    if account is None:
        reason = reason if _may_be_new(journey, reason) else Reason.ACCOUNT_UNKNOWN
    elif account.is_shut:
        reason = Reason.ACCOUNT_DISABLED
    record_judged_failure(
        FAILED[journey.purpose],
        actor=_somebody(journey, account),
        target=account,
        circumstances=circumstances_of(journey, method, step=step),
        reason=reason,
        details=details,
    )


def record_too_many(journey: Journey, *, step: str, refusal: TooManyAttempts) -> None:
    """Note that a limit refused an attempt on the page of this step before it was judged."""
    account = Account.objects.with_email(journey.whose).first()
    action, method = FAILED[journey.purpose], ""
    if refusal.limit in NOT_MAILED:
        action = "customer.code_not_sent"
    elif refusal.limit in NOT_TEXTED:
        action = "customer.text_not_sent"
    elif refusal.limit in OF_SIGN_UP:
        action = "customer.sign_up_failed"
    else:
        method = step
    record_refused(
        action,
        actor=_somebody(journey, account),
        target=account,
        refusal=refusal,
        circumstances=circumstances_of(journey, method, step=step),
        details={"methods": [_told(method) for method in journey.rules.methods]},
    )


def record_provider_failure(
    journey: Journey, *, provider: IdentityProvider, reason: Reason, problem: KeptSentence = NOTHING_TO_SAY
) -> None:
    """Note that somebody has come back from a provider, or didn't get there, and isn't let in for this reason."""
    account = journey.account
    told = {"problem": problem.in_english, PROBLEM_KEPT: problem.kept} if problem else {}
    details = {"provider": provider.name, "provider_id": provider.pk, **told}
    record_judged_failure(
        FAILED[journey.purpose],
        actor=_somebody(journey, account),
        target=account,
        circumstances=circumstances_of(journey, method_of_provider(provider.pk), step=PROVIDER),
        reason=reason,
        details=details,
    )


def record_hook(journey: Journey, *, step: str, reason: Reason, hook: Hook, problem: str = "") -> None:
    """Note that somebody got no further because of what a hook said, or because it said nothing."""
    details = {"hook": hook.name, "hook_id": str(hook.pk), **({"problem": problem} if problem else {})}
    record_failure(journey, step=step, reason=reason, **details)


def record_passkey_failure(journey: Journey, *, step: str, account: Account | None, refusal: PasskeyRefused) -> None:
    """Note that what came of a passkey on the page of this step proves nobody. `account` owns the key named."""
    reason = OF_PASSKEYS.get(refusal.reason, Reason.PASSKEY_REFUSED)
    record_judged_failure(
        FAILED[journey.purpose],
        actor=Actor("customer", str(account.pk), account.email) if account else _somebody(journey, None),
        target=account,
        circumstances=circumstances_of(journey, PASSKEY, step=step),
        reason=Reason.ACCOUNT_DISABLED if account and account.is_shut else reason,
        details={"problem": str(refusal)},
    )


def record_provider_off(journey: Journey, method: str) -> None:
    """Note that somebody isn't let in by a provider that isn't offered any more; it may be deleted by now."""
    record_judged_failure(
        FAILED[journey.purpose],
        actor=_somebody(journey, journey.account),
        target=journey.account,
        circumstances=circumstances_of(journey, method, step=PROVIDER),
        reason=Reason.PROVIDER_OFF,
        details={"provider": method_label(method)},
    )


def record_no_code(journey: Journey, account: Account | None) -> None:
    """Note, where codes are made, that none was: nobody who may sign in has the address."""
    about = circumstances_of(journey)
    record_judged_failure(
        "customer.code_not_sent",
        actor=_somebody(journey, account),
        target=account,
        circumstances=replace(about, ip=journey.client_ip, browser=journey.client_name),
        reason=Reason.ACCOUNT_DISABLED if account else Reason.ACCOUNT_UNKNOWN,
    )


def record_no_text(journey: Journey, account: Account | None, *, problem: str) -> None:
    """Note, where text messages are written, that none was: nobody who may sign in has a number, or this one may
    not be sent any.
    """
    about = circumstances_of(journey)
    reason = Reason.TEXT_HELD_BACK if problem else Reason.NO_PHONE_NUMBER
    if account is None or account.is_shut:
        reason = Reason.ACCOUNT_DISABLED if account else Reason.ACCOUNT_UNKNOWN
    record_judged_failure(
        "customer.text_not_sent",
        actor=_somebody(journey, account),
        target=account,
        circumstances=replace(about, ip=journey.client_ip, browser=journey.client_name),
        reason=reason,
        details={"problem": problem} if problem else {},
    )


def record_closed(request: HttpRequest, user_flow: UserFlow, journey: Journey | None, *, reason: Reason) -> None:
    """Note that somebody wanted to sign up where nobody can."""
    about = circumstances_of(journey) if journey else Circumstances(user_flow=user_flow.name)
    actor = _somebody(journey, None) if journey else SOMEBODY
    _record_by_network(request, "customer.sign_up_failed", reason, about, actor)


def record_not_admitted(request: HttpRequest, journey: Journey, *, step: str, reason: Reason) -> None:
    """Note that somebody can't sign up by their address, or by their age."""
    about = circumstances_of(journey, step=step)
    _record_by_network(request, FAILED[SIGN_UP], reason, about, _somebody(journey, None))


def record_expired(request: HttpRequest, journey: Journey) -> None:
    """Note that somebody came back to a journey whose time has passed, or ended as its account was disabled."""
    account = Account.objects.with_email(journey.whose).first()
    reason = Reason.ACCOUNT_DISABLED if account and account.is_shut else Reason.JOURNEY_EXPIRED
    actor = _somebody(journey, account)
    _record_by_network(request, FAILED[journey.purpose], reason, circumstances_of(journey), actor)


def record_unknown(request: HttpRequest, journey_id: UUID, *, application: str = "") -> None:
    """Note that somebody came to a journey that isn't of their browser: what was begun there, they can't go on with."""
    about = Circumstances(journey_id=journey_id, application=application)
    _record_by_network(request, FAILED[SIGN_IN], Reason.JOURNEY_UNKNOWN, about, SOMEBODY)


def _record_by_network(request: HttpRequest, action: str, reason: Reason, about: Circumstances, actor: Actor) -> None:
    """What anybody can have happen by opening an address, as often as they like; not by programs that only look."""
    if request.method == "HEAD":
        return
    network = network_of(client_ip(request))
    record_unbounded_failure(action, actor=actor, reason=reason, subject=network, circumstances=about)


def _told(method: str) -> str:
    """A method as the log keeps it: its name; that of the provider behind it, which may be gone one day."""
    return method if step_of(method) == method else method_label(method)


def _may_be_new(journey: Journey, reason: Reason) -> bool:
    """Whether somebody without an account would have got on with the right code, a hook's yes or a check."""
    of_codes, of_hooks = {Reason.CODE_WRONG, Reason.CODE_EXPIRED}, {Reason.HOOK_REFUSED, Reason.HOOK_FAILED}
    keeps_from_one = reason in of_codes | of_hooks | {Reason.CAPTCHA_FAILED}
    return keeps_from_one and journey.purpose in {SIGN_IN, SIGN_UP} and journey.rules.allows_sign_up


def _somebody(journey: Journey, account: Account | None) -> Actor:
    return Actor("customer", str(account.pk) if account else "", journey.email)
