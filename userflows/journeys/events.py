"""What the audit log is told of journeys. An attempt for an unknown address costs the same statements as any other."""

from functools import partial

from accounts.models import Account
from audit.reasons import Reason
from audit.services import Actor, Circumstances, record_judged_failure, record_refused
from common.web.limits import TooManyAttempts
from userflows.journeys.limits import CODES_ASKED, CODES_SENT, SIGN_UPS
from userflows.models import Journey


def circumstances_of(journey: Journey, method: str = "") -> Circumstances:
    """What an event tells of the journey it happened in. `method` is the name of the step that proves something."""
    return Circumstances(
        client_id=journey.client_id,
        application=journey.application_name,
        user_flow=journey.user_flow.name,
        method=method,
    )


def record_failure(journey: Journey, *, method: str, reason: Reason) -> None:
    """Note that somebody failed to sign in: for this reason, if there is an account that may sign in at all."""
    account = Account.objects.with_email(journey.email).first()
    if account is None:
        reason = Reason.ACCOUNT_UNKNOWN
    elif account.deleted_at or not account.is_active:
        reason = Reason.ACCOUNT_DISABLED
    record_judged_failure(
        "customer.sign_in_failed",
        actor=_somebody(journey, account),
        target=account,
        circumstances=circumstances_of(journey, method),
        reason=reason,
    )


def record_too_many(journey: Journey, *, step: str, refusal: TooManyAttempts) -> None:
    """Note that a limit refused an attempt on the page of this step before it was judged."""
    account = Account.objects.with_email(journey.email).first()
    record_attempt = partial(record_refused, actor=_somebody(journey, account), target=account, refusal=refusal)
    if refusal.limit in {CODES_ASKED.name, CODES_SENT.name}:
        record_attempt("customer.code_not_sent", circumstances=circumstances_of(journey))
    elif refusal.limit == SIGN_UPS.name:
        record_attempt("customer.sign_up_failed", circumstances=circumstances_of(journey))
    else:
        record_attempt("customer.sign_in_failed", circumstances=circumstances_of(journey, step))


def _somebody(journey: Journey, account: Account | None) -> Actor:
    return Actor("customer", str(account.pk) if account else "", journey.email)
