"""Deletion as customers ask for it: said to them by mail, again two days before, and when it is done."""

from django.db import transaction
from django.utils import timezone

from accounts.factors.recoveries import refuse_if_recovered
from accounts.identity.services.accounts import actor_of
from accounts.identity.services.closing import ask_for_deletion
from accounts.models import Account
from userflows.journeys.browsers.browser import Visitor
from userflows.journeys.messages.mails import send_in_look
from userflows.own_account.jobs import REMINDED_BEFORE, send_deletion_notice


def close_account(account: Account, *, visitor: Visitor) -> None:
    """Have the account go, and its owner told when. Raises `Refused`."""
    refuse_if_recovered(account)
    with transaction.atomic():
        ask_for_deletion(account, actor=actor_of(account))
        if account.closes_at is None:
            raise LookupError(account.pk)
        closes_at = account.closes_at.isoformat()
        send_deletion_notice.enqueue(str(account.pk), closes_at, visitor.told)
        reminded_at = account.closes_at - REMINDED_BEFORE
        if reminded_at > timezone.now():
            send_deletion_notice.using(run_after=reminded_at).enqueue(str(account.pk), closes_at)


def tell_of_the_end(account: Account) -> None:
    """Mail the owner of an account that goes now that it is gone; call it before, in the same transaction."""
    send_in_look("deletion_done", to=account.email, language=account.language, context={"from_where": ""})
