"""What every page about one customer shows around its content."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy

from accounts.models import ACCOUNT_RESTORABLE_FOR, Account, Standing
from portal.views.customers.columns import TONES
from portal_frame.access import Need
from portal_frame.pages import PortalRequest
from portal_frame.tabs import TabBar
from tenants.models import Tenant
from userflows.journeys.attempts.lockouts import holds_of
from userflows.lookup import default_flow

CUSTOMER_TABS = TabBar()


def taken(tenant: Tenant, email: str) -> str:
    """That somebody has this address, with the way to them; without it, where it waits for somebody who has another."""
    sentence = gettext("A customer with this address already exists.")
    found = Account.objects.with_email(email).first()
    if found is None:
        return sentence
    url = reverse("portal:customer", args=[tenant.slug, found.pk])
    return format_html('{} <a href="{}">{}</a>', sentence, url, gettext("Open the customer"))


@dataclass(frozen=True)
class Lock:
    """Why somebody is kept out after too many tries, in words, and until when."""

    what: str
    until: datetime


LOCKS = {
    "passwords by account": gettext_lazy("Too many wrong passwords were tried."),
    "passwords by account and day": gettext_lazy("Too many wrong passwords were tried."),
    "passwords by account and address": gettext_lazy("Too many wrong passwords were tried from one network."),
    "wrong codes by account": gettext_lazy("Too many wrong codes were tried."),
    "wrong codes by account and day": gettext_lazy("Too many wrong codes were tried."),
    "codes sent by account": gettext_lazy("Too many codes were asked for."),
    "codes sent by account and day": gettext_lazy("Too many codes were asked for."),
    "wrong second factors by account": gettext_lazy("Too many wrong codes of a second factor were tried."),
    "wrong second factors by account and day": gettext_lazy("Too many wrong codes of a second factor were tried."),
    "wrong second factors by account and month": gettext_lazy("Too many wrong codes of a second factor were tried."),
    "second codes sent by account": gettext_lazy("Too many codes for a second factor were asked for."),
}


def customer_frame(request: PortalRequest, tenant: Tenant, account: Account) -> dict[str, Any]:
    """Template variables of a page about this customer: themselves, how they stand, and their tabs.

    A block doesn't hide a lock: both are told.
    """
    return {
        "account": account,
        "tone": TONES[account.standing],
        "locks": locks_of(account) if account.standing != Standing.DELETED else [],
        "tabs": CUSTOMER_TABS.at(request, of=account, named=[tenant.slug, account.pk]),
        "takes_passwords": default_flow().rules.has_passwords,
        "may_change": Need.CUSTOMERS_CHANGE in request.allowed,
        "may_read_log": Need.LOGS_READ in request.allowed,
        "may_purge": Need.CUSTOMERS_PURGE in request.allowed,
        "may_recover": Need.CUSTOMERS_RECOVER in request.allowed,
        "restorable_until": account.deleted_at + ACCOUNT_RESTORABLE_FOR if account.deleted_at else None,
        "blocked": getattr(account, "block", None) if account.standing == Standing.BLOCKED else None,
    }


def locks_of(account: Account) -> list[Lock]:
    """What keeps the account out now, whatever password or code is tried."""
    now, found = timezone.now(), dict[str, datetime]()
    for limit, _, wait in holds_of(account):
        until = now + timedelta(seconds=wait)
        what = str(LOCKS.get(limit.name, LOCKS["passwords by account and address"]))
        found[what] = max(until, found.get(what, until))
    return [Lock(what, until) for what, until in found.items()]
