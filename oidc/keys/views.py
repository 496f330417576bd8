"""The portal's page about a tenant's signing keys: their states, their schedule, rotation, withdrawal."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from oidc.keys.forms import ScheduleForm, WithdrawForm
from oidc.keys.life import can_rotate_at, keys_by_state, next_rotation_at, when_it_goes
from oidc.keys.loaded import RS256
from oidc.keys.policies import may_sign_from
from oidc.keys.services import rotate_signing_keys, set_rotation_schedule, withdraw_signing_keys
from oidc.models import RotationSchedule, SigningKey
from oidc.wire.addresses import endpoints_of
from oidc.wire.errors import SigningKeyGone
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from portal_frame.tabs import SETTINGS_TABS
from portal_frame.templatetags.portal import day_and_time
from tenants.models import Tenant

TONES = {SigningKey.State.ACTIVE: "green", SigningKey.State.NEXT: "blue", SigningKey.State.RETIRING: ""}


@tenant_page(needs=Need.SIGNING_KEYS_READ, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def signing_keys(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Each key and the schedule, which can be changed here."""
    form = ScheduleForm(sent(request), every_days=RotationSchedule.days())
    if request.method == "POST" and form.is_valid():
        with ProblemsShownAt(form):
            set_rotation_schedule(every_days=form.cleaned_data["every_days"], actor=request.actor)
            messages.success(request, _("The schedule is saved."))
            return redirect("portal:signing-keys", tenant.slug)
    keys, now = keys_by_state(), timezone.now()
    can_rotate = can_rotate_at(keys)
    page = {
        "tabs": SETTINGS_TABS.at(request, of=tenant, named=[tenant.slug]),
        "rows": [_row(key) for key in keys],
        "form": form,
        "now": now,
        "next_rotation": next_rotation_at(),
        "can_rotate_at": can_rotate,
        "can_rotate": can_rotate is not None and can_rotate <= now,
        "jwks_uri": endpoints_of(tenant)["jwks_uri"],
    }
    return render(request, "portal/signing_keys/list.html", page)


@tenant_page(needs=Need.SIGNING_KEYS_CHANGE, asks_for_proof=True)
@require_POST
def rotate(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Rotate: the next keys sign, if every client knows them by now. Where there are none, publish them."""
    rotation = rotate_signing_keys(actor=request.actor)
    if rotation.active:
        messages.success(request, _("The keys were rotated. Applications aren’t affected."))
        return redirect("portal:signing-keys", tenant.slug)
    moment = min(may_sign_from(key.since) for key in rotation.waiting)
    since = {"moment": day_and_time(moment)}
    if rotation.published:
        said = _("The next keys are published. They can sign from %(moment)s UTC on; then you can rotate.")
        messages.success(request, said % since)
    else:
        said = _(
            "The next keys haven’t been published long enough. They can sign from %(moment)s UTC on; rotate again "
            "then. A key that someone else may know can be withdrawn at any time."
        )
        messages.warning(request, said % since)
    return redirect("portal:signing-keys", tenant.slug)


@tenant_page(needs=Need.SIGNING_KEYS_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: PortalRequest, tenant: Tenant, key_id: UUID) -> HttpResponse:
    """Say what it costs to withdraw this key, and do it."""
    key = get_object_or_404(SigningKey, pk=key_id)
    successor = SigningKey.objects.next().filter(algorithm=key.algorithm).exclude(pk=key.pk).first()
    form = WithdrawForm(sent(request))
    if request.method == "POST" and form.is_valid():
        doomed = [key, successor] if successor and form.cleaned_data["with_next"] else [key]
        try:
            withdraw_signing_keys([each.kid for each in doomed], actor=request.actor)
        except SigningKeyGone as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The key is withdrawn. Nothing it signed is accepted any longer."))
        return redirect("portal:signing-keys", tenant.slug)
    page = {
        "tabs": SETTINGS_TABS.at(request, of=tenant, named=[tenant.slug]),
        "row": _row(key),
        "successor": successor,
        "form": form,
    }
    return render(request, "portal/signing_keys/withdraw.html", page)


def _row(key: SigningKey) -> dict[str, Any]:
    state = SigningKey.State(key.state)
    return {
        "key": key,
        "tone": TONES[state],
        "signs": _("Usually ID tokens") if key.algorithm == RS256 else _("Usually access tokens"),
        "can_sign_from": may_sign_from(key.since) if state == SigningKey.State.NEXT else None,
        "goes_at": when_it_goes(key),
    }
