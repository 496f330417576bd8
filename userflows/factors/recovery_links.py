"""The links by which a wait for a way back begins and is stopped: signed, kept nowhere. Opening one changes nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.factors.recoveries import may_recover
from accounts.models import Account, Recovery
from audit.models import Event
from common.text.email_address import canonical_email
from tenants.addressing import base_url
from tenants.lookup import current_tenant
from tenants.postgresql import current_schema

LINK_GOOD_FOR = timedelta(days=1)
DIGITS = 16


@dataclass(frozen=True)
class Wait:
    """What a link leads to: whose wait it is about, and since when it runs."""

    account: Account
    recovery: Recovery


def link_to_begin(account: Account) -> str:
    """An address for a mail to this account: whoever opens it reads its mail."""
    named = [account.pk.hex, _of_address(account), timezone.now().isoformat()]
    return _address("customer:recovery", signing.dumps(named, salt=_salt("begin")))


def link_to_stop(recovery: Recovery) -> str:
    """An address for the mails about this wait."""
    named = [recovery.account_id.hex, recovery.asked_at.isoformat()]
    return _address("customer:recovery-stop", signing.dumps(named, salt=_salt("stop")))


def account_to_recover(token: str) -> Account | None:
    """Whose wait the link with this in it begins, as long as it may, goes to the account's address, and its owner has
    ended nothing since it was mailed.
    """
    try:
        account_id, address, mailed_at = signing.loads(token, salt=_salt("begin"), max_age=LINK_GOOD_FOR)
    except (signing.BadSignature, ValueError):
        return None
    account = Account.objects.able_to_sign_in().filter(pk=UUID(account_id)).first()
    if account is None or address != _of_address(account) or not may_recover(account):
        return None
    return None if _has_ended(account, datetime.fromisoformat(mailed_at)) else account


def wait_to_stop(token: str) -> Wait | None:
    """The wait that the link with this in it stops, as long as it runs."""
    try:
        account_id, asked_at = signing.loads(token, salt=_salt("stop"))
    except (signing.BadSignature, ValueError):
        return None
    account = Account.objects.filter(pk=UUID(account_id)).exclude(recovers_at=None).first()
    recovery = Recovery.objects.filter(pk=UUID(account_id)).first() if account else None
    is_meant = recovery is not None and recovery.asked_at.isoformat() == asked_at
    return Wait(account, recovery) if account and recovery and is_meant else None


def owner_who_stopped(token: str) -> Account | None:
    """Whose wait the link with this in it was about, once it was stopped."""
    try:
        account_id, asked_at = signing.loads(token, salt=_salt("stop"))
    except (signing.BadSignature, ValueError):
        return None
    account = Account.objects.filter(pk=UUID(account_id), recovers_at=None).first()
    return account if account and _was_stopped(account, datetime.fromisoformat(asked_at)) else None


def _has_ended(account: Account, since: datetime) -> bool:
    """Whether a wait was stopped since then, or the account signed out everywhere, as whoever secures it and whoever
    chooses another password does: a link that was mailed before is perhaps somebody else's.
    """
    if account.browsers_forgotten_at is not None and account.browsers_forgotten_at >= since:
        return True
    return _was_stopped(account, since)


def _was_stopped(account: Account, since: datetime) -> bool:
    return Event.objects.of_account(account.pk).since(since).filter(action="customer.recovery_stopped").exists()


def _of_address(account: Account) -> str:
    return salted_hmac(_salt("begin"), canonical_email(account.email), algorithm="sha256").hexdigest()[:DIGITS]


def _address(name: str, token: str) -> str:
    tenant = current_tenant()
    address = base_url(tenant) if tenant else settings.CIAM_BASE_URL
    return address + reverse(name, args=[token], urlconf=settings.TENANT_URLCONF)


def _salt(what: str) -> str:
    """What one tenant has signed to do one thing is worth nothing elsewhere."""
    return f"recovery to {what} {current_schema()}"
