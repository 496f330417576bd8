"""What its owner has accepted, by version and time; the log keeps each, the account's row those of late."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.finding.services import update_person
from accounts.identity.services.accounts import actor_of, hold_account
from accounts.models import Account
from audit.services import Circumstances, record

# So many versions an account remembers.
MOST_VERSIONS = 20


class Accepted(NamedTuple):
    """Terms of use of this version, and when they were accepted."""

    version: str
    at: datetime


def accept_terms(account: Account, *, version: str, circumstances: Circumstances) -> None:
    """Keep that the account's owner accepts the terms of use of this version now; the first time counts.

    Raises `AccountRefused` if the account is gone.
    """
    with transaction.atomic():
        hold_account(account)
        if version in account.accepted_terms:
            return
        accepted = {**account.accepted_terms, version: timezone.now().isoformat()}
        account.accepted_terms = dict(sorted(accepted.items(), key=lambda each: each[1])[-MOST_VERSIONS:])
        update_person(account, ["accepted_terms"])
        details = {"version": version}
        record(
            "customer.terms_accepted",
            actor=actor_of(account),
            target=account,
            circumstances=circumstances,
            details=details,
        )


def accepted_terms(account: Account) -> list[Accepted]:
    """What its owner has accepted, the latest first."""
    accepted = [Accepted(version, datetime.fromisoformat(at)) for version, at in account.accepted_terms.items()]
    return sorted(accepted, key=lambda each: each.at, reverse=True)


def note_asked(account: Account) -> None:
    """Keep that its owner was asked at a sign-in for what it lacks: for a while nobody asks again. No event tells."""
    account.asked_at = timezone.now()
    Account.objects.filter(pk=account.pk).update(asked_at=account.asked_at)
