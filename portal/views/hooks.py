"""The portal's pages about servers that are asked at certain moments."""

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.web.outgoing import TooManyWaiting
from hooks.calls.deliveries import request_of
from hooks.calls.trial import HookTrial, NothingKept, try_hook
from hooks.calls.trial import replay as replay_delivery
from hooks.description import HookDescription, described, told_url
from hooks.models import Delivery, Hook
from hooks.policies import MOMENTS
from hooks.services import MOST_HOOKS, apply, create_hook, delete_hook, exchange_secret
from hooks.wire.answers import (
    BLOCK,
    BLOCK_PASSWORD,
    CLAIMS,
    CONTINUE,
    INVALID,
    MIGRATE,
    MODIFY,
    PREFILL,
    RETRY,
    UPDATE,
)
from oidc.tokens.hook_claims import judge_of_test
from portal.forms.hooks import HookForm, names_of
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from portal_frame.shown_once import show_once, shown_once
from tenants.models import Tenant

ADDED_ON = gettext_lazy("%(name)s was added and is asked from now on. Store its secret and test it.")
ADDED_OFF = gettext_lazy("%(name)s was added. Store its secret and test it. It’s off until you tick “It is asked”.")
JUDGEMENTS: dict[str, tuple[str, Any]] = {
    CONTINUE: ("green", gettext_lazy("Go on")),
    PREFILL: ("green", gettext_lazy("Filled in")),
    MODIFY: ("green", gettext_lazy("Changed")),
    CLAIMS: ("green", gettext_lazy("Added claims")),
    INVALID: ("yellow", gettext_lazy("Found something wrong")),
    MIGRATE: ("green", gettext_lazy("Right")),
    UPDATE: ("green", gettext_lazy("Right, and another one needed")),
    RETRY: ("yellow", gettext_lazy("Wrong password")),
    BLOCK_PASSWORD: ("yellow", gettext_lazy("Turned away")),
    BLOCK: ("yellow", gettext_lazy("Turned away")),
    "": ("red", gettext_lazy("No good answer")),
}


@tenant_page(needs=Need.HOOKS_READ)
@require_safe
def hooks(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """All of them, in the order in which they were added."""
    found = list(Hook.objects.all())
    moments = [MOMENTS[each.moment] for each in found]
    rows = [
        (each, moment.label, moment.by, serves, *_state(each))
        for each, moment, serves in zip(found, moments, names_of([described(each) for each in found]), strict=True)
    ]
    return render(request, "portal/hooks/list.html", {"tenant": tenant, "rows": rows, "most": MOST_HOOKS})


@tenant_page(needs=Need.HOOKS_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Choose the moment, then all the rest. The secret is shown by the hook's page, once."""
    moment = request.GET.get("moment", "")
    if moment not in MOMENTS:
        return render(request, "portal/hooks/choose.html", {"tenant": tenant, "moments": MOMENTS.items()})
    usual = HookDescription(name="", moment=moment, url="", on_failure=MOMENTS[moment].on_failure, is_on=False)
    form = HookForm(sent(request), description=usual)
    if form.is_valid():
        with ProblemsShownAt(form):
            made, secret = create_hook(form.wished, header_value=form.value_of_header, actor=request.actor)
            messages.success(request, (ADDED_ON if made.is_on else ADDED_OFF) % {"name": made.name})
            return show_once(request, secret, at=_page_of(tenant, made))
    page = {"tenant": tenant, "form": form, "moment": MOMENTS[moment]}
    return render(request, "portal/hooks/create.html", page)


@tenant_page(needs=Need.HOOKS_READ, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def hook(request: PortalRequest, tenant: Tenant, hook_id: UUID) -> HttpResponse:
    """What is set up about one hook, how it stands, and what came of its requests."""
    found = get_object_or_404(Hook, pk=hook_id)
    form = _form(request, found, sent(request))
    if form.is_valid():
        with ProblemsShownAt(form):
            value = form.value_of_header
            apply(found, form.wished, header_value=value, expected_version=form.current, actor=request.actor)
            messages.success(request, _("Saved."))
            return redirect(_page_of(tenant, found))
    return _page(request, tenant, found, form)


@tenant_page(needs=Need.HOOKS_CHANGE)
@require_POST
def test(request: PortalRequest, tenant: Tenant, hook_id: UUID) -> HttpResponse:
    """Send a request about nobody, and say what came of it."""
    found = get_object_or_404(Hook, pk=hook_id)
    try:
        trial = try_hook(found, judge=judge_of_test(found), actor=request.actor)
    except TooManyWaiting:
        messages.warning(request, _("Another test is running. Try again in a moment."))
        return redirect(_page_of(tenant, found))
    return _page(request, tenant, found, _form(request, found), trial)


@tenant_page(needs=Need.HOOKS_CHANGE, asks_for_proof=True)
@require_POST
def secret(request: PortalRequest, tenant: Tenant, hook_id: UUID) -> HttpResponse:
    """Exchange the secret; the new one is shown once, and the old one signs as well for a day."""
    found = get_object_or_404(Hook, pk=hook_id)
    value = exchange_secret(found, actor=request.actor)
    messages.success(
        request, _("Requests are signed with both secrets for a day. Replace the old one on your server until then.")
    )
    return show_once(request, value, at=_page_of(tenant, found))


@tenant_page(needs=Need.HOOKS_READ)
@require_safe
def delivery(request: PortalRequest, tenant: Tenant, hook_id: UUID, delivery_id: int) -> HttpResponse:
    """What came of one request; what was asked, to whoever may know customers."""
    found = get_object_or_404(Delivery.objects.select_related("hook"), hook_id=hook_id, pk=delivery_id)
    return _delivery_page(request, tenant, found)


@tenant_page(needs=Need.HOOKS_CHANGE | Need.CUSTOMERS_READ)
@require_POST
def replay(request: PortalRequest, tenant: Tenant, hook_id: UUID, delivery_id: int) -> HttpResponse:
    """Send the same request once more; what it answers changes nothing."""
    found = get_object_or_404(Delivery.objects.select_related("hook"), hook_id=hook_id, pk=delivery_id)
    try:
        trial = replay_delivery(found, judge=judge_of_test(found.hook), actor=request.actor)
    except NothingKept:
        messages.warning(request, _("What was asked isn’t kept, so it can’t be sent again."))
    except TooManyWaiting:
        messages.warning(request, _("Another test is running. Try again in a moment."))
    else:
        return _delivery_page(request, tenant, found, trial)
    return redirect("portal:hook-delivery", tenant.slug, hook_id, delivery_id)


@tenant_page(needs=Need.HOOKS_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: PortalRequest, tenant: Tenant, hook_id: UUID) -> HttpResponse:
    """Say what becomes of it all without the hook, and delete it."""
    found = get_object_or_404(Hook, pk=hook_id)
    if request.method == "POST":
        delete_hook(found, actor=request.actor)
        messages.success(request, _("%(name)s is deleted.") % {"name": found.name})
        return redirect("portal:hooks", tenant.slug)
    page = {"tenant": tenant, "hook": found, "moment": MOMENTS[found.moment], "serves": names_of([described(found)])[0]}
    return render(request, "portal/hooks/delete.html", page)


def _form(request: PortalRequest, found: Hook, data: Any = None) -> HookForm:
    description = described(found)
    shown = description if _may_change(request) else replace(description, url=told_url(description.url))
    return HookForm(data, description=shown, version=description.version)


def _page(
    request: PortalRequest, tenant: Tenant, found: Hook, form: HookForm, trial: HookTrial | None = None
) -> HttpResponse:
    deliveries = found.deliveries.order_by("-pk")
    page: dict[str, Any] = {
        "tenant": tenant,
        "hook": found,
        "moment": MOMENTS[found.moment],
        "state": _state(found),
        "form": form,
        "value": shown_once(request),
        "may_change": _may_change(request),
        "old_signs": found.old_secret_until is not None and found.old_secret_until > timezone.now(),
        "deliveries": [(each, *JUDGEMENTS[each.judgement]) for each in deliveries],
        **_told(trial),
    }
    return render(request, "portal/hooks/hook.html", page)


def _delivery_page(
    request: PortalRequest, tenant: Tenant, found: Delivery, trial: HookTrial | None = None
) -> HttpResponse:
    may_know = Need.CUSTOMERS_READ in request.allowed
    asked = request_of(found) if may_know else None
    page: dict[str, Any] = {
        "tenant": tenant,
        "hook": found.hook,
        "delivery": found,
        "judgement": JUDGEMENTS[found.judgement],
        "may_know": may_know,
        "may_replay": may_know and _may_change(request) and asked is not None,
        "asked": _as_json(asked) if asked else "",
        **_told(trial),
    }
    return render(request, "portal/hooks/delivery.html", page)


def _told(trial: HookTrial | None) -> dict[str, Any]:
    """What a test or a replay came to, for the page."""
    if trial is None:
        return {}
    answer = trial.answer
    said = {name: value for name, value in trial.told.items() if name != "action"}
    return {
        "trial": trial,
        "trial_judgement": JUDGEMENTS[answer.action if answer else ""],
        "trial_answer": _as_json(said) if said else "",
        "trial_request": _as_json(trial.request),
    }


def _as_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _state(found: Hook) -> tuple[str, str]:
    """How it stands: a tone and a word."""
    if not found.is_on:
        return "", _("Switched off")
    if found.rests_until and found.rests_until > timezone.now():
        return "red", _("Not asked for a while")
    return ("yellow", _("Failing")) if found.failures else ("green", _("On"))


def _may_change(request: PortalRequest) -> bool:
    return Need.HOOKS_CHANGE in request.allowed


def _page_of(tenant: Tenant, found: Hook) -> str:
    return reverse("portal:hook", args=[tenant.slug, found.pk])
