"""Attempts that failed, noted in the audit log. An unknown address costs the same statements as a known one."""

from functools import partial

from accounts.models import Account
from audit.reasons import Reason
from audit.services import Actor, record, record_refused
from common.limits import TooManyAttempts
from userflows.limits import CODES_ASKED, CODES_SENT, SIGN_UPS
from userflows.models import Journey
from userflows.sign_ins import CODE, circumstances_of


def record_failure(journey: Journey, *, method: str) -> None:
    """Note that somebody failed to sign in, and why."""
    account = Account.objects.with_email(journey.email).first()
    record(
        "customer.sign_in_failed",
        actor=_somebody(journey, account),
        target=account,
        circumstances=circumstances_of(journey, method),
        reason=_why(account, method),
    )


def record_too_many(journey: Journey, *, refusal: TooManyAttempts, method: str = "") -> None:
    """Note that a limit refused an attempt before it was judged."""
    account = Account.objects.with_email(journey.email).first()
    record_attempt = partial(
        record_refused,
        actor=_somebody(journey, account),
        target=account,
        circumstances=circumstances_of(journey, method),
        refusal=refusal,
    )
    if refusal.limit in {CODES_ASKED.name, CODES_SENT.name}:
        record_attempt("customer.code_not_sent")
    elif refusal.limit == SIGN_UPS.name:
        record_attempt("customer.sign_up_failed")
    else:
        record_attempt("customer.sign_in_failed")


def _somebody(journey: Journey, account: Account | None) -> Actor:
    return Actor("customer", str(account.pk) if account else "", journey.email)


def _why(account: Account | None, method: str) -> Reason:
    if account is None:
        return Reason.ACCOUNT_UNKNOWN
    if account.deleted_at or not account.is_active:
        return Reason.ACCOUNT_DISABLED
    return Reason.CODE_WRONG if method == CODE else Reason.PASSWORD_WRONG
