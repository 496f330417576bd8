from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.errors import AccountRefused
from accounts.identity.services.accounts import actor_of
from accounts.identity.services.closing import take_deletion_back
from accounts.models import Account
from common.text.time_zones import UTC, zone_named
from tenants.lookup import current_tenant
from userflows.forms.fields import StayForm
from userflows.journeys.addresses import see_other
from userflows.journeys.dispatch import JourneyRequest, go_on
from userflows.journeys.progress import hold_journey, save_progress
from userflows.models import Journey
from userflows.own_account.closing import token_of_closing

KEEP_ACCOUNT = "keep-account"


def blank(_request: JourneyRequest, journey: Journey) -> tuple[StayForm, dict[str, Any]]:
    return StayForm(initial={"stay": journey.stays}), _about(journey)


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The account stays."""
    return go_on(request, journey, change=lambda: _keep(journey))


def let_go(_request: JourneyRequest, journey: Journey) -> HttpResponse:
    """It goes as it was wanted, and nobody is signed in. The page that says so has an address of its own."""
    account = _closing(journey)
    save_progress(journey, expires_at=timezone.now())
    return see_other(reverse("customer:account-closing", args=[token_of_closing(account)]))


def _keep(journey: Journey) -> None:
    hold_journey(journey)
    account = journey.account
    if account is None:
        raise AccountRefused
    take_deletion_back(account, actor=actor_of(account))


def _about(journey: Journey) -> dict[str, Any]:
    """When it goes, in the zone of its owner."""
    account, tenant = _closing(journey), current_tenant()
    zone = zone_named(account.time_zone or (tenant.time_zone if tenant else UTC))
    return {"closes_at": timezone.localtime(account.closes_at, zone)}


def _closing(journey: Journey) -> Account:
    """Whose it is, as long as it is to be deleted."""
    account = journey.account
    if account is None or account.closes_at is None:
        raise AccountRefused
    return account
