"""The link in a mail about what goes on at somebody's door. It signs nobody in: whoever opens it reads the mail.

By it the browser in which it is opened goes on, whatever strangers have used up, and the account is secured. It is good
for two days, longer than any wait for another one, so there is always one that works. Nothing is kept of it: it is
signed, for one account, its address, and for securing it once.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.credentials.services.passwords import has_password, remove_password
from accounts.factors.recoveries import stop_recovery
from accounts.identity.services.accounts import actor_of
from accounts.models import Account
from accounts.sessions.services import sign_out_everywhere
from audit.services import record
from common.text.email_address import canonical_email
from tenants.addressing import base_url
from tenants.lookup import current_tenant
from tenants.postgresql import current_schema
from userflows.journeys.securing.taken_away import take_away_added

GOOD_FOR = timedelta(days=2)
# What was added so long before the mail goes as well when the account is secured: by then somebody may have been in.
DOUBTED_FOR = timedelta(days=1)
HEX_DIGITS = 16


@dataclass(frozen=True)
class OwnersLink:
    """A link that was opened: whose account it is about, the journey it was asked for on, and whether it may secure.

    What the account was given since `doubts_since` may be somebody else's.
    """

    account: Account
    journey_id: UUID | None
    secures: bool
    doubts_since: datetime


def owners_link(account: Account, journey_id: UUID | None = None) -> str:
    """An address for a mail to this account."""
    journey, now = journey_id.hex if journey_id else "", int(timezone.now().timestamp())
    named = [account.pk.hex, journey, _of_address(account), _of_password(account), now]
    tenant = current_tenant()
    address = base_url(tenant) if tenant else settings.CIAM_BASE_URL
    token = signing.dumps(named, salt=_salt())
    return address + reverse("customer:owners-link", args=[token], urlconf=settings.TENANT_URLCONF)


def opened_link(token: str) -> OwnersLink | None:
    """The link with this in it, if it is still good and the account may sign in at the address it was mailed to."""
    try:
        account_id, journey_id, address, password, mailed_at = signing.loads(token, salt=_salt(), max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError):
        return None
    account = Account.objects.able_to_sign_in().filter(pk=UUID(account_id)).first()
    if account is None or not constant_time_compare(address, _of_address(account)):
        return None
    return OwnersLink(
        account,
        UUID(journey_id) if journey_id else None,
        secures=password == _of_password(account),
        doubts_since=datetime.fromtimestamp(mailed_at, UTC) - DOUBTED_FOR,
    )


def secure(link: OwnersLink) -> None:
    """Sign the account out everywhere, and let nobody in by the password it had, or by what was added of late: its
    owner chooses another one.
    """
    account, actor = link.account, actor_of(link.account)
    with transaction.atomic():
        record("customer.secured", actor=actor, target=account)
        stop_recovery(account, actor=actor)
        take_away_added(account, since=link.doubts_since)
        if has_password(account):
            remove_password(account, actor=actor)
        else:
            # Another that nobody can type: the link is bound to the one there was.
            account.set_unusable_password()
            account.save(update_fields=["password"])
            sign_out_everywhere(account, actor=actor)


def _of_address(account: Account) -> str:
    return salted_hmac(_salt(), canonical_email(account.email), algorithm="sha256").hexdigest()[:HEX_DIGITS]


def _of_password(account: Account) -> str:
    """Changes with the password, so an account isn't secured by what was mailed before its owner chose another."""
    return salted_hmac(_salt(), f"password {account.password}", algorithm="sha256").hexdigest()[:HEX_DIGITS]


def _salt() -> str:
    """What one tenant has signed is worth nothing at another."""
    return f"owner's link {current_schema()}"
