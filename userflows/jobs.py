"""What the worker does for journeys. Arguments are journey IDs: a job's row outlives what it is about.

Whether an address has an account is decided here, where nobody can see or time the difference.
"""

from django.db import transaction
from django_tasks import task

from accounts.credentials.services.codes import renew_code
from accounts.models import Account
from userflows import mails
from userflows.models import Journey


@task()
def send_code(journey_id: str) -> None:
    """Make the journey's code and mail it, if its purpose and the address's account go together."""
    with transaction.atomic():
        # Locked, so that the address can't change between reading it and making its code.
        journey = _locked(journey_id)
        if journey is None or not journey.email:
            return
        account = Account.objects.with_email(journey.email).first()
        if journey.purpose == Journey.Purpose.SIGN_UP:
            _send_sign_up_code(journey, is_taken=account is not None)
        elif account and account.is_active and not account.deleted_at:
            mails.mail_code(journey, to=account.email, code=renew_code(journey.pk, proves=journey.claim))
        else:
            renew_code(journey.pk, proves=journey.claim, is_decoy=True)


@task()
def send_password_notice(journey_id: str) -> None:
    """Tell the owner that the password was changed."""
    journey = Journey.objects.filter(pk=journey_id).first()
    account = Account.objects.filter(pk=journey.account_id).first() if journey else None
    if journey and account:
        mails.mail_password_notice(journey, to=account.email)


def _send_sign_up_code(journey: Journey, *, is_taken: bool) -> None:
    if not journey.user_flow.allows_sign_up:
        return
    code = renew_code(journey.pk, proves=journey.claim, is_decoy=is_taken)
    if is_taken:
        mails.mail_account_exists(journey, to=journey.email)
    else:
        mails.mail_code(journey, to=journey.email, code=code)


def _locked(journey_id: str) -> Journey | None:
    """The open journey with its flow. Only its own row is locked."""
    rows = Journey.objects.open().select_for_update(of=("self",)).select_related("user_flow")
    return rows.filter(pk=journey_id).first()
