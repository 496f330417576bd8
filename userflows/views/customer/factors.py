"""The customer's own second factor: seen on the profile, changed on a journey that asks for all proofs anew."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from accounts.factors.recovery import FEW
from accounts.factors.services import codes_left, newest_code
from accounts.models import Account
from userflows.journeys import entry
from userflows.journeys.addresses import see_other
from userflows.lookup import flow_by_id
from userflows.models import UserFlow
from userflows.signed_in import flow_of
from userflows.state import APP, APP_REMOVAL, APP_SETUP, NEWEST, OWN_ACCOUNT, RECOVERY_CODES
from userflows.views.customer.start import return_path


def factors_of(account: Account, flow: UserFlow) -> dict[str, Any]:
    """What the profile says of the account's second factor; nothing of one that its flow doesn't have."""
    if not account.has_app:
        return {"has_app": False, "offers_app": APP in flow.rules.factors}
    left = codes_left(account)
    return {"has_app": True, "offers_app": True, "codes_left": left, "are_few": left <= FEW}


def _there_are(step: str, account: Account) -> dict[str, int]:
    return {NEWEST: newest_code(account)} if step == RECOVERY_CODES else {}


@require_GET
def set_up(request: HttpRequest) -> HttpResponse:
    """Begin to set up an authenticator app, or another one in the place of the one there is."""
    return _begin(request, APP_SETUP, changed="app")


@require_GET
def remove(request: HttpRequest) -> HttpResponse:
    """Begin to take it away."""
    return _begin(request, APP_REMOVAL, changed="removed")


@require_GET
def renew_codes(request: HttpRequest) -> HttpResponse:
    """Begin to get new recovery codes."""
    return _begin(request, RECOVERY_CODES, changed="codes")


def _begin(request: HttpRequest, step: str, *, changed: str) -> HttpResponse:
    account = request.user
    if not isinstance(account, Account):
        response = see_other(f"{reverse('customer:sign-in')}?{urlencode({'next': request.get_full_path()})}")
    elif step != APP_SETUP and not account.has_app:
        response = see_other(return_path(request))
    else:
        flow = flow_of(request)
        if step == APP_SETUP and APP not in flow.rules.factors and not account.has_app:
            return see_other(return_path(request))
        response = entry.begin_journey(
            request,
            user_flow=flow_by_id(flow.pk),
            return_to=f"{return_path(request)}?{urlencode({'changed': changed})}",
            confirms=account,
            more=entry.More(OWN_ACCOUNT, notes={step: {"is_asked": True, **_there_are(step, account)}}),
        )
    patch_cache_control(response, no_store=True)
    return response
