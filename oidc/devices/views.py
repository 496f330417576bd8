"""Where a customer lets a device in that has no browser of its own (RFC 8628 section 3.3), by the code it shows.

Nothing here approves by an address alone: a signed-in customer presses a button on a page that names the application.
"""

from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.models import Account
from applications.lookup.appearance import appearance_for_customers
from applications.lookup.clients import client_by_id, entitlements_by_id
from common.web.limits import TooManyAttempts, give_back
from oidc.consents.scope_words import allowances_of
from oidc.devices.forms import UserCodeForm
from oidc.devices.limits import count_user_code
from oidc.devices.policies import shown_user_code
from oidc.devices.services import (
    DeviceOver,
    approve_device,
    deny_device,
    device_of_journey,
    is_known_user_code,
    record_wrong_code,
    waiting_device,
)
from oidc.models import DeviceGrant
from oidc.tokens.services.codes import SessionEnded
from oidc.wire.addresses import issuer_of
from oidc.wire.pages import send_browser_to
from oidc.wire.requests import TenantRequest
from userflows.forms.pages import refuse, show
from userflows.journeys.addresses import step_url
from userflows.journeys.browsers.browser import with_key
from userflows.journeys.entry import More, begin_journey, finished_by_any_here, journey_of
from userflows.lookup import flow_by_id
from userflows.middleware import speak_for
from userflows.models import Journey
from userflows.pages import render_customer
from userflows.policies import JOURNEY_PLACE
from userflows.second_factors.asked import is_enough
from userflows.sessions.signed_in import facts_of, owes_answers

NO_SUCH_CODE = _("That code isn't valid. Check it, or get a new one on your device.")
PAGE = "device_code"


@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code. An address that brings it along (section 3.3.1) fills it in, and no more."""
    if request.method != "POST":
        brought = request.GET.get("user_code", "")[:32]
        page = show(request, PAGE, UserCodeForm(initial={"user_code": brought}), brought=bool(brought))
        return with_key(request, page)
    form = UserCodeForm(request.POST)
    if not form.is_valid():
        return show(request, PAGE, form, status=400)
    try:
        attempts = count_user_code(request)
    except TooManyAttempts as refusal:
        record_wrong_code(request.user, refusal=refusal)
        return refuse(request, PAGE, form, refusal)
    device = waiting_device(form.cleaned_data["user_code"])
    if device is None:
        if is_known_user_code(form.cleaned_data["user_code"]):
            # No guess: a link followed twice, or a code looked at for too long.
            give_back(*attempts)
        else:
            record_wrong_code(request.user)
        form.add_error("user_code", NO_SUCH_CODE)
        return show(request, PAGE, form, status=400)
    give_back(*attempts)
    return _begin(request, device, signs_in=not _is_signed_in_for(request, device))


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Ask the customer, who has signed in, whether this device may come in; afterwards, say what was decided."""
    journey = finished_by_any_here(request, journey_id) or journey_of(request, journey_id)
    device = device_of_journey(journey) if journey else None
    if journey is None or device is None:
        return _over(request)
    request.journey = journey  # type: ignore[attr-defined]
    speak_for(request, journey)
    account = request.user
    if not isinstance(account, Account):
        return send_browser_to(step_url(journey))
    try:
        # Whoever is signed in by now may be another than the one who was asked.
        if request.POST.get("account") == str(account.pk) and "decision" in request.POST:
            return _act(request, device, account)
    except DeviceOver:
        device.refresh_from_db()
    except SessionEnded:
        return send_browser_to(step_url(journey))
    return _show(request, device, account)


def _act(request: HttpRequest, device: DeviceGrant, account: Account) -> HttpResponse:
    """Raises `DeviceOver` or `SessionEnded`."""
    decision = request.POST["decision"]
    if decision == "another":
        return _begin(request, device, signs_in=True)
    if decision == "approve" and not _is_signed_in_for(request, device):
        return _begin(request, device, signs_in=True)
    if decision == "approve":
        entitlements = entitlements_by_id(device.application.client_id)
        consents = entitlements.keys_to_allow(device.scope.split()) if entitlements.asks_for_consent else ()
        approve_device(device, account=account, facts=facts_of(request), consents=consents)
    elif decision == "deny":
        deny_device(device, account=account)
    return send_browser_to(request.path)


def _show(request: HttpRequest, device: DeviceGrant, account: Account) -> HttpResponse:
    """What was decided, or the question."""
    name = device.application.name
    if device.status == DeviceGrant.AUTHORIZED:
        return render_customer(request, "customer/device_approved.html", {"application_name": name})
    if device.status == DeviceGrant.DENIED:
        return render_customer(request, "customer/device_denied.html", {"application_name": name})
    if device.expires <= datetime.now(UTC):
        return _over(request)
    context = {
        "application_name": name,
        "account": account,
        "user_code": shown_user_code(device.user_code),
        "allowances": allowances_of(device.scope.split(), client_id=device.application.client_id, email=account.email),
    }
    return render_customer(request, "customer/device.html", context)


def _is_signed_in_for(request: HttpRequest, device: DeviceGrant) -> bool:
    """Whether somebody is signed in here as strongly as the application and its user flow ask for, owing neither."""
    if not isinstance(request.user, Account):
        return False
    client = client_by_id(device.application.client_id)
    rules = flow_by_id(cast(UUID, client.flow_id)).rules.asking(client.second_factor, client.factors)
    return is_enough(facts_of(request).second_factor, rules) and not owes_answers(request.user, rules)


def _begin(request: HttpRequest, device: DeviceGrant, *, signs_in: bool) -> HttpResponse:
    """Keep with this browser which device it is about; who isn't signed in does so first, as the application wishes."""
    flow = device.application.user_flow
    assert flow is not None  # noqa: S101 - no service may have a device
    client = client_by_id(device.application.client_id)
    lacks_something = isinstance(request.user, Account) and not _is_signed_in_for(request, device)
    response = begin_journey(
        request,
        user_flow=flow,
        return_to=f"{reverse('device:enter-code')}/{JOURNEY_PLACE}/",
        purpose=Journey.Purpose.SIGN_IN,
        client_id=device.application.client_id,
        application_name=device.application.name,
        application_look=appearance_for_customers(client, issuer=issuer_of(cast(TenantRequest, request).tenant)),
        context={"device": device.pk},
        confirms=cast(Account, request.user) if lacks_something else None,
        more=More(client.second_factor, client.factors, adds_to_session=lacks_something),
        first_page="" if signs_in else "device:decide",
    )
    response["Cache-Control"] = "no-store"
    return response


def _over(request: HttpRequest) -> HttpResponse:
    return render_customer(request, "customer/device_over.html", status=410)
