"""What customers see of their own account, and the way out."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from accounts.identity.services.accounts import actor_of, update_profile
from accounts.models import Account
from common.problems import Refused
from providers.lookup import known_providers
from userflows.flows.collectable import collectable_attributes
from userflows.forms.attributes import rows_to_show, values_of
from userflows.forms.fields import tell_problems
from userflows.forms.pages import show
from userflows.forms.profile import ProfileForm
from userflows.journeys import entry
from userflows.journeys.addresses import see_other
from userflows.journeys.progress import can_be_kept
from userflows.lookup import default_flow
from userflows.models import UserFlow
from userflows.pages import render_customer, signed_out_page
from userflows.policies import JOURNEY_PLACE
from userflows.signed_in import flow_of, has_ended_session, sign_out, take_finished_purpose
from userflows.views.customer.factors import factors_of
from userflows.views.customer.providers import connectable, linked_identities
from userflows.views.customer.sessions import browsers_of


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """See and change the attributes of the flow one came by."""
    account = request.user
    if not isinstance(account, Account):
        return _sign_in_first(request)
    flow = flow_of(request)
    about: dict[str, Any] = {
        "account": account,
        "flow": flow,
        "can_reset": flow.rules.has_passwords,
        "is_saved": "saved" in request.GET,
        "finished_purpose": take_finished_purpose(request),
    }
    about |= {"changed": request.GET.get("changed", ""), **factors_of(account, flow)}
    about |= {"browsers": browsers_of(request, account), "has_ended": "ended" in request.GET}
    about |= _about_providers(request, account, flow)
    if request.method != "POST":
        unsaved = _unsaved(request, account)
        form = ProfileForm(flow, account, initial={**values_of(account, rows_to_show(flow)), **unsaved})
        return show(request, "profile", form, is_unsaved=bool(unsaved), **about)
    form = ProfileForm(flow, account, request.POST)
    if not form.is_valid():
        return show(request, "profile", form, status=400, **about)
    try:
        update_profile(account, attributes=form.attributes(), actor=actor_of(account))
    except Refused as refusal:
        tell_problems(form, refusal)
        return show(request, "profile", form, status=400, **about)
    return see_other(f"{reverse('customer:profile')}?saved")


def _about_providers(request: HttpRequest, account: Account, flow: UserFlow) -> dict[str, Any]:
    """By whom the customer signs in, where the tenant has any identity providers."""
    linked = linked_identities(account) if known_providers() else []
    return {
        "linked": linked,
        "connectable": connectable(flow, linked),
        "is_connected": "connected" in request.GET,
        "is_removed": "removed" in request.GET,
    }


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    """Say so, if the session has ended meanwhile; what was to be saved is there again afterwards."""
    if not has_ended_session(request):
        return see_other(f"{reverse('customer:sign-in')}?{urlencode({'next': reverse('customer:profile')})}")
    typed = {name: _sent(request, name) for name in collectable_attributes() if name in request.POST}
    context = {"unsaved": typed, "of": request.POST.get("account", "")}
    is_kept = bool(typed) and can_be_kept(context)
    response = entry.begin_journey(
        request,
        user_flow=default_flow(),
        return_to=reverse("customer:profile") + (f"?from={JOURNEY_PLACE}" if is_kept else ""),
        context=context if is_kept else {},
        because=entry.SESSION_ENDED,
    )
    response["Cache-Control"] = "no-store"
    return response


def _sent(request: HttpRequest, name: str) -> Any:
    values = request.POST.getlist(name)
    return values if len(values) > 1 else values[0]


def _unsaved(request: HttpRequest, account: Account) -> dict[str, Any]:
    """What this very account was about to save when its session ended."""
    try:
        journey = entry.finished_journey(request, UUID(request.GET.get("from", "")))
    except ValueError:
        return {}
    kept = journey.context if journey else {}
    return dict(kept.get("unsaved", {})) if kept.get("of") == str(account.pk) else {}


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out, by a press on the button: an address alone, which any page may link to, only asks."""
    if request.method == "POST":
        return signed_out_page(request, sign_out(request))
    if not request.user.is_authenticated:
        return see_other(reverse("customer:signed-out"))
    return render_customer(request, "customer/sign_out.html", {"account": request.user})


@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Nobody is signed in here any more."""
    return render_customer(request, "customer/signed_out.html")
