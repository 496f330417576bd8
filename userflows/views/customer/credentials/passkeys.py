"""The customer's own passkeys: seen and named here, made and removed on a journey that asks for all proofs anew."""

import json
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from accounts.factors.passkeys import MOST_PASSKEYS, passkeys_of, rename_passkey
from accounts.identity.services.accounts import actor_of
from accounts.models import Account, Passkey
from common.problems import Refused
from userflows.factors.passkeys import party_of, related_origins
from userflows.forms.passkeys import PasskeyNameForm
from userflows.journeys.addresses import see_other
from userflows.models import UserFlow
from userflows.pages import render_customer
from userflows.sessions.signed_in import flow_of
from userflows.state import PASSKEY_REMOVAL, PASSKEY_SETUP
from userflows.views.customer.credentials.factors import begin_change
from userflows.views.customer.own import own_action, own_page

SECONDS_KEPT = 60 * 60


@require_safe
def related(request: HttpRequest) -> HttpResponse:
    """The origins that may ask for passkeys of this host (Web Authentication Level 3, section 5.11.1)."""
    origins = related_origins(request)
    if not origins:
        raise Http404
    response = JsonResponse({"origins": origins})
    patch_cache_control(response, public=True, max_age=SECONDS_KEPT)
    return response


@require_safe
@own_page
def listed(request: HttpRequest, account: Account) -> HttpResponse:
    """All of them."""
    return _page(request, account)


@require_safe
def add(request: HttpRequest) -> HttpResponse:
    """Begin to make one."""
    return begin_change(request, PASSKEY_SETUP, changed="passkey", is_for=_may_add)


@require_safe
def remove(request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    """Begin to take one away."""

    def is_owner(account: Account, _flow: UserFlow) -> bool:
        return any(each.pk == passkey_id for each in passkeys_of(account))

    return begin_change(request, PASSKEY_REMOVAL, changed="passkey-removed", is_for=is_owner, passkey=str(passkey_id))


@own_action("customer:passkeys")
def rename(request: HttpRequest, account: Account, passkey_id: UUID) -> HttpResponse:
    """Rename one: it changes nothing but how its owner tells it from the others."""
    passkey = next((each for each in passkeys_of(account) if each.pk == passkey_id), None)
    if passkey is None:
        raise Http404
    form = PasskeyNameForm(request.POST)
    if form.is_valid():
        try:
            rename_passkey(passkey, name=form.cleaned_data["name"], actor=actor_of(account))
            return see_other(f"{reverse('customer:passkeys')}?changed=passkey-renamed")
        except Refused as refusal:
            form.add_error("name", refusal.messages[0])
    return _page(request, account, renaming=passkey, form=form)


def _may_add(account: Account, flow: UserFlow) -> bool:
    return flow.rules.has_passkeys and len(passkeys_of(account)) < MOST_PASSKEYS


def _page(
    request: HttpRequest, account: Account, *, renaming: Passkey | None = None, form: PasskeyNameForm | None = None
) -> HttpResponse:
    passkeys, party = passkeys_of(account), party_of(request)
    here = [each for each in passkeys if each.rp_id == party.id]
    page: dict[str, Any] = {
        "passkeys": passkeys,
        "host": party.id,
        "may_add": _may_add(account, flow_of(request)),
        "most": MOST_PASSKEYS,
        "changed": request.GET.get("changed", "") if form is None else "",
        "renaming": renaming,
        "form": form,
        "problem": form is not None,
        "asked_at": reverse("customer:passkeys") if form else "",
        "accepted": _accepted(account, here, party.id),
    }
    return render_customer(request, "customer/passkeys.html", page, status=400 if form else 200)


def _accepted(account: Account, here: list[Passkey], host: str) -> str:
    """What the browser may forget of this account: all keys but these (Web Authentication Level 3, section 5.1.10)."""
    if not account.passkey_handle:
        return ""
    kept = [each.credential_id for each in here]
    return json.dumps({"rpId": host, "userId": account.passkey_handle, "allAcceptedCredentialIds": kept})
