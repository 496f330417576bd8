"""The mails about a wait for a way back, and its end. What stands in a link is made here, and kept nowhere."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django_tasks import task

from accounts.factors.recoveries import complete_recovery, wait_hours
from accounts.models import Account, AddressChange, Recovery
from audit.services import Actor
from userflows.factors.recovery_links import link_to_begin, link_to_stop
from userflows.journeys.messages.mails import send_in_look
from userflows.lookup import uses_password
from userflows.models import Journey

LINK, BEGUN, HALF, SOON, DONE, STOPPED, RETURNED = "link", "begun", "half", "soon", "done", "stopped", "returned"
SOON_BEFORE = timedelta(hours=1)


@task()
def send_recovery_link(journey_id: str) -> None:
    """Mail the link by which the wait begins to the account of this journey."""
    journey = Journey.objects.filter(pk=journey_id).first()
    account = journey.account if journey else None
    if journey is None or account is None:
        return
    from_where = " · ".join(part for part in (journey.client_name, journey.client_ip) if part)
    language = journey.mail_language or account.language
    _mail(LINK, account, account.email, language, link=link_to_begin(account), from_where=from_where)


@task()
def send_recovery_notice(what: str, account_id: str, until: str = "") -> None:
    """Tell the owner at every address they have proved, as long as the wait that it is about still ends then."""
    account = Account.objects.able_to_sign_in().filter(pk=account_id).first()
    if account is None:
        return
    about: dict[str, Any] = {"link": "", "from_where": ""}
    if until:
        recovery = Recovery.objects.filter(pk=account.pk).first()
        if recovery is None or account.recovers_at is None or account.recovers_at.isoformat() != until:
            return
        about = {"link": link_to_stop(recovery), "from_where": recovery.from_where, "asked_at": recovery.asked_at}
    for address in _addresses_of(account):
        _mail(what, account, address, account.language, until=account.recovers_at, **about)


@task()
def complete(account_id: str) -> None:
    """End the wait, if it is over, and tell its owner."""
    with transaction.atomic():
        account = complete_recovery(UUID(account_id), actor=Actor.system())
        if account is not None:
            send_recovery_notice.enqueue(DONE, account_id)


def _addresses_of(account: Account) -> list[str]:
    """The account's own, and those that may still take it back."""
    former = AddressChange.objects.revocable().filter(account_id=account.pk).values_list("before", flat=True)
    return list(dict.fromkeys([account.email, *former]))


def _mail(what: str, account: Account, to: str, language: str, **context: Any) -> None:
    about = {"hours": wait_hours(), "account_email": account.email, "has_password": uses_password(account)}
    page = {"what": what, "until": None, **about, **context}
    send_in_look("recovery", to=to, language=language, context=page)
