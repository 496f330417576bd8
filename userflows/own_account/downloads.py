"""The copy of an owner's data: asked for, made by the worker, and there for a day."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.factors.recoveries import refuse_if_recovered
from accounts.identity.services.accounts import actor_of
from accounts.models import Account, DataExport
from audit.services import record
from userflows.own_account.jobs import COPY_KEPT_FOR, gather_copy

GATHERED_WITHIN = timedelta(minutes=10)


def ask_for_copy(account: Account) -> None:
    """Begin to make the copy, in the place of one there is. Where it is being made already, nothing is done.

    Raises `Refused`.
    """
    refuse_if_recovered(account)
    with transaction.atomic():
        Account.objects.select_for_update().only("pk").get(pk=account.pk)
        kept = copy_for(account)
        if kept is not None and kept.ready_at is None:
            return
        now = timezone.now()
        values = {"asked_at": now, "ready_at": None, "expires_at": now + COPY_KEPT_FOR, "content": ""}
        DataExport.objects.update_or_create(account_id=account.pk, defaults=values)
        record("customer.copy_asked", actor=actor_of(account), target=account)
        gather_copy.enqueue(str(account.pk))


def copy_for(account: Account) -> DataExport | None:
    """The copy that is being made or can be downloaded. One that isn't made after ten minutes may be asked for anew."""
    now = timezone.now()
    is_of_use = Q(ready_at__isnull=False) | Q(asked_at__gt=now - GATHERED_WITHIN)
    return DataExport.objects.filter(is_of_use, account_id=account.pk, expires_at__gt=now).first()


def note_download(account: Account, *, kind: str) -> None:
    """Keep that the copy was taken: whoever has it knows all about the account."""
    record("customer.copy_downloaded", actor=actor_of(account), target=account, details={"format": kind})


def sweep_copies() -> None:
    """Forget copies whose time is over, in this tenant."""
    DataExport.objects.filter(expires_at__lte=timezone.now()).delete()
