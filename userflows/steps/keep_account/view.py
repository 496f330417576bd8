from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from accounts.errors import AccountRefused
from accounts.identity.services.accounts import actor_of
from accounts.identity.services.closing import take_deletion_back
from common.text.time_zones import UTC, zone_named
from tenants.lookup import current_tenant
from userflows.forms.fields import StayForm
from userflows.journeys.dispatch import JourneyRequest, go_on
from userflows.journeys.progress import hold_journey, save_progress
from userflows.models import Journey
from userflows.pages import render_customer

KEEP_ACCOUNT = "keep-account"


def blank(_request: JourneyRequest, journey: Journey) -> tuple[StayForm, dict[str, Any]]:
    return StayForm(initial={"stay": journey.stays}), _about(journey)


def submit(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The account stays."""
    return go_on(request, journey, change=lambda: _keep(journey))


def let_go(request: JourneyRequest, journey: Journey) -> HttpResponse:
    """It goes as it was wanted, and nobody is signed in."""
    about = _about(journey)
    save_progress(journey, expires_at=timezone.now())
    return render_customer(request, "customer/account/closing.html", {**about, "email": journey.email})


def _keep(journey: Journey) -> None:
    hold_journey(journey)
    account = journey.account
    if account is None:
        raise AccountRefused
    take_deletion_back(account, actor=actor_of(account))


def _about(journey: Journey) -> dict[str, Any]:
    """When it goes, in the zone of its owner."""
    account, tenant = journey.account, current_tenant()
    if account is None or account.closes_at is None:
        raise AccountRefused
    zone = zone_named(account.time_zone or (tenant.time_zone if tenant else UTC))
    return {"closes_at": timezone.localtime(account.closes_at, zone)}
