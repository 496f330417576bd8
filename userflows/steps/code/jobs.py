"""Mailing codes and links. The argument is a journey's ID: a job's row outlives what it is about.

Whether an address has an account is decided here, where nobody can see or time the difference.
"""

from django.db import transaction
from django_tasks import task

from accounts.credentials.services.codes import new_link_token, renew_code
from accounts.credentials.services.passwords import has_password
from accounts.models import Account, Standing
from mail.bodies import Ticket
from userflows.journeys.events import record_no_code
from userflows.journeys.messages import mails
from userflows.lookup import flow_by_id
from userflows.models import Journey
from userflows.state import CHANGE, RESET, SIGN_UP
from userflows.steps.code.links import address_of_link
from userflows.steps.code.proof import code_length, proof_of


@task()
def send_code(journey_id: str) -> None:
    """Make the journey's code and mail it, to whoever the address belongs to."""
    with transaction.atomic():
        # Locked, so that the address can't change between reading it and making its code.
        journey = _locked(journey_id)
        if journey is None or not journey.email:
            return
        account = Account.objects.with_email(journey.whose).first()
        is_sent = _send_to_owner(journey, account) if account else _send_to_nobody_known(journey)
    if not is_sent:
        record_no_code(journey, account)


def _send_to_nobody_known(journey: Journey) -> bool:
    """To sign up; so it is also for who wanted to sign in, if they may. Returns whether a code is on its way."""
    if journey.by_user_name or journey.purpose in {RESET, CHANGE} or not journey.rules.allows_sign_up:
        renew_code(journey.pk, length=code_length(journey), is_decoy=True)
        return False
    mails.mail_code(journey, to=journey.email, ticket=_new_ticket(journey, None), purpose=SIGN_UP)
    return True


def _send_to_owner(journey: Journey, account: Account) -> bool:
    """To the stored address, however it was typed. Whoever wanted to sign up learns that they have, and is let in;
    whoever was invited has it to be made theirs.

    Who may not sign in learns that, and of no way in. Returns whether a code is on its way.
    """
    may_sign_in = not account.is_shut
    ticket = _new_ticket(journey, account, is_decoy=not may_sign_in)
    if not may_sign_in:
        mails.mail_account_shut(journey, to=account.email, deleted_at=account.deleted_at)
    elif journey.purpose == SIGN_UP and account.standing != Standing.INVITED:
        mails.mail_account_exists(journey, to=account.email, ticket=ticket, has_password=has_password(account))
    else:
        purpose = RESET if journey.purpose == CHANGE else journey.purpose
        mails.mail_code(journey, to=account.email, ticket=ticket, purpose=purpose)
    return may_sign_in


def _new_ticket(journey: Journey, account: Account | None, *, is_decoy: bool = False) -> Ticket:
    """The code and the link that go on with the journey, as far as the mails of its flow have them."""
    rules = journey.rules
    token = new_link_token() if rules.mails_link else ""
    proves, length = proof_of(journey, account=account), code_length(journey)
    code = renew_code(journey.pk, proves=proves, length=length, is_decoy=is_decoy, link_token=token)
    link = address_of_link(journey.pk, token) if token else ""
    return Ticket(code if rules.mails_code else "", link)


def _locked(journey_id: str) -> Journey | None:
    """The open journey with its flow, as the pages know it: one that isn't used takes nobody new."""
    journey = Journey.objects.open().select_for_update().filter(pk=journey_id).first()
    if journey:
        journey.user_flow = flow_by_id(journey.user_flow_id)
    return journey
