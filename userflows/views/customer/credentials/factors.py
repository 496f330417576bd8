"""The customer's own second factor: seen on the profile, changed on a journey that asks for all proofs anew."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.factors.passkeys import passkeys_of
from accounts.factors.recovery_codes import FEW
from accounts.factors.services import codes_left, newest_code
from accounts.models import Account
from common.text.phone_numbers import masked_phone_number
from sms.senders.description import can_send
from userflows.journeys import entry
from userflows.journeys.addresses import see_other
from userflows.lookup import flow_by_id, ways_to_confirm
from userflows.models import UserFlow
from userflows.sessions.signed_in import flow_of
from userflows.state import (
    APP,
    APP_REMOVAL,
    APP_SETUP,
    NEWEST,
    OWN_ACCOUNT,
    PHONE_REMOVAL,
    PHONE_SETUP,
    RECOVERY_CODES,
    SMS,
)
from userflows.views.customer.start import return_path
from userflows.views.customer.way_back import keep_way_back


def factors_of(account: Account, flow: UserFlow) -> dict[str, Any]:
    """What the profile says of the account's second factor; nothing of one that its flow doesn't have."""
    passkeys = len(passkeys_of(account)) if account.passkeys_at else 0
    known: dict[str, Any] = {"passkeys": passkeys, "offers_passkeys": bool(passkeys) or flow.rules.has_passkeys}
    known |= {"phone": masked_phone_number(account.phone_number) if account.phone_number else ""}
    known |= {"offers_phone": _may_set_phone(account, flow)}
    if not account.has_app:
        return {"has_app": False, "offers_app": APP in flow.rules.factors, **known}
    left = codes_left(account)
    return {"has_app": True, "offers_app": True, "codes_left": left, "are_few": left <= FEW, **known}


def _there_are(step: str, account: Account) -> dict[str, int]:
    return {NEWEST: newest_code(account)} if step == RECOVERY_CODES else {}


@require_safe
def set_up(request: HttpRequest) -> HttpResponse:
    """Begin to set up an authenticator app, or another one in the place of the one there is."""
    return begin_change(request, APP_SETUP, changed="app", is_for=_may_set_up)


@require_safe
def remove(request: HttpRequest) -> HttpResponse:
    """Begin to take it away."""
    return begin_change(request, APP_REMOVAL, changed="removed", is_for=_has_app)


@require_safe
def renew_codes(request: HttpRequest) -> HttpResponse:
    """Begin to get new recovery codes."""
    return begin_change(request, RECOVERY_CODES, changed="codes", is_for=_has_app)


@require_safe
def set_phone(request: HttpRequest) -> HttpResponse:
    """Begin to confirm a phone number, or another one in the place of the one there is."""
    return begin_change(request, PHONE_SETUP, changed="phone", is_for=_may_set_phone)


@require_safe
def remove_phone(request: HttpRequest) -> HttpResponse:
    """Begin to take it away."""
    return begin_change(request, PHONE_REMOVAL, changed="phone-removed", is_for=_has_phone)


def begin_change(
    request: HttpRequest,
    step: str,
    *,
    changed: str,
    is_for: Callable[[Account, UserFlow], bool],
    **noted: str,
) -> HttpResponse:
    """Begin a journey that changes what the account proves itself by, if it is for it; the step is told what is noted.

    The page that it leads back to is told what was `changed`.
    """
    account = request.user
    if not isinstance(account, Account):
        response: HttpResponse = see_other(
            f"{reverse('customer:sign-in')}?{urlencode({'next': request.get_full_path()})}"
        )
    elif not is_for(account, flow_of(request)):
        response = see_other(return_path(request))
    else:
        keep_way_back(request)
        flow = flow_by_id(flow_of(request).pk)
        response = entry.begin_journey(
            request,
            user_flow=flow,
            return_to=f"{return_path(request)}?{urlencode({'changed': changed})}",
            confirms=account,
            wanted_methods=ways_to_confirm(account, flow),
            more=entry.More(OWN_ACCOUNT, notes={step: {"is_asked": True, **_there_are(step, account), **noted}}),
        )
    patch_cache_control(response, no_store=True)
    return response


def _has_app(account: Account, _flow: UserFlow) -> bool:
    return account.has_app


def _has_phone(account: Account, _flow: UserFlow) -> bool:
    return bool(account.phone_number)


def _may_set_phone(_account: Account, flow: UserFlow) -> bool:
    return can_send() and (SMS in flow.rules.factors or flow.rules.allows(SMS))


def _may_set_up(account: Account, flow: UserFlow) -> bool:
    return account.has_app or APP in flow.rules.factors
