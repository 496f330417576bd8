"""Deletion as customers ask for it: said to them by mail, again two days before, and when it is done."""

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils import timezone

from accounts.factors.recoveries import refuse_if_recovered
from accounts.identity.services.accounts import actor_of
from accounts.identity.services.closing import ask_for_deletion
from accounts.models import Account
from tenants.postgresql import current_schema
from userflows.journeys.browsers.browser import Visitor
from userflows.journeys.messages.mails import send_in_look
from userflows.own_account.jobs import REMINDED_BEFORE, send_deletion_notice

SAID_FOR = timedelta(hours=1)


def close_account(account: Account, *, visitor: Visitor) -> None:
    """Begin the account's deletion, and tell its owner when it goes. Raises `Refused`."""
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


def token_of_closing(account: Account) -> str:
    """What stands in the address of the page that says for an hour when it goes: nobody is signed in there any more."""
    return signing.dumps([account.pk.hex, str(account.closes_at)], salt=_salt())


def closing_account(token: str) -> Account | None:
    """The account that was about to go when this was made, as long as it still goes then."""
    try:
        account_id, closes_at = signing.loads(token, salt=_salt(), max_age=SAID_FOR)
    except (signing.BadSignature, ValueError):
        return None
    account = Account.objects.kept().filter(pk=UUID(account_id)).first()
    return account if account and str(account.closes_at) == closes_at else None


def tell_of_the_end(account: Account) -> None:
    """Mail the owner of an account that goes now that it is gone; call it before, in the same transaction."""
    send_in_look("deletion_done", to=account.email, language=account.language, context={"from_where": ""})


def _salt() -> str:
    """What one tenant has signed is worth nothing elsewhere."""
    return f"closing {current_schema()}"
