from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.web.outgoing import TooManyWaiting
from logs.forms import ChangeDestinationForm, DestinationForm, ReplayForm
from logs.forwarding import services
from logs.forwarding.description import DestinationDescription, describe, told_address
from logs.forwarding.progress import TONES, progress_of
from logs.models import Destination
from portal_frame.access import Need
from portal_frame.forms import ProblemsShownAt, sent
from portal_frame.pages import PortalRequest, tenant_page
from portal_frame.shown_once import show_once, shown_once
from tenants.models import Tenant


@tenant_page(needs=Need.LOGS_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: PortalRequest, tenant: Tenant) -> HttpResponse:
    """Forward the log to somewhere else, too. The secret of a web-hook is shown by its page, once."""
    form = DestinationForm(sent(request))
    if form.is_valid():
        with ProblemsShownAt(form):
            description = DestinationDescription(**form.cleaned_data)
            destination, secret = services.create_destination(description, actor=request.actor)
            words = _("What happens from now on goes to %(name)s, about a minute later.")
            messages.success(request, words % {"name": destination.name})
            page = _page(tenant, destination)
            return show_once(request, secret, at=page) if secret else redirect(page)
    return render(request, "portal/log_keeping/create.html", {"tenant": tenant, "form": form})


@tenant_page(needs=Need.LOGS_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: PortalRequest, tenant: Tenant, destination_id: UUID) -> HttpResponse:
    """Give a destination another name or address."""
    found = get_object_or_404(Destination, pk=destination_id)
    now = describe(found)
    form = ChangeDestinationForm(sent(request), kept={"name": now.name, "address": now.address}, version=now.version)
    if form.is_valid():
        with ProblemsShownAt(form):
            description = DestinationDescription(kind=found.kind, **form.cleaned_data)
            services.change_destination(found, description, expected_version=form.current, actor=request.actor)
            messages.success(request, _("Saved. Send a test event to see whether it arrives."))
            return redirect(_page(tenant, found))
    page = {"tenant": tenant, "destination": found, "form": form}
    return render(request, "portal/log_keeping/change.html", page)


@tenant_page(needs=Need.LOGS_READ)
@require_safe
def destination(request: PortalRequest, tenant: Tenant, destination_id: UUID) -> HttpResponse:
    """How a destination stands, and what came of the last calls."""
    found = get_object_or_404(Destination, pk=destination_id)
    progress = progress_of(found)
    context = {
        "tenant": tenant,
        "destination": found,
        "progress": progress,
        "tone": TONES[progress.state],
        "deliveries": found.deliveries.order_by("-pk"),
        "value": shown_once(request),
        "may_change": Need.LOGS_CHANGE in request.allowed,
        "address": found.address if Need.LOGS_CHANGE in request.allowed else told_address(found),
    }
    return render(request, "portal/log_keeping/destination.html", context)


@tenant_page(needs=Need.LOGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def replay(request: PortalRequest, tenant: Tenant, destination_id: UUID) -> HttpResponse:
    """Send all again since a moment."""
    found = get_object_or_404(Destination, pk=destination_id)
    form = ReplayForm(sent(request))
    if form.is_valid():
        services.replay(found, since=form.cleaned_data["since"], actor=request.actor)
        messages.success(request, _("It is sent again, from the oldest event on."))
        return redirect(_page(tenant, found))
    return render(request, "portal/log_keeping/replay.html", {"tenant": tenant, "destination": found, "form": form})


@tenant_page(needs=Need.LOGS_CHANGE)
@require_POST
def test(request: PortalRequest, tenant: Tenant, destination_id: UUID) -> HttpResponse:
    """Send one event that never happened, and say what came of it."""
    found = get_object_or_404(Destination, pk=destination_id)
    try:
        outcome = services.send_test(found, actor=request.actor)
    except TooManyWaiting:
        messages.warning(request, _("Another test is running. Try again in a moment."))
        return redirect(_page(tenant, found))
    if outcome.has_arrived:
        messages.success(request, _("The test event has arrived."))
    else:
        messages.error(request, _("The test event didn’t arrive. %(answer)s") % {"answer": outcome.told})
    return redirect(_page(tenant, found))


@tenant_page(needs=Need.LOGS_CHANGE, asks_for_proof=True)
@require_POST
def suspend(request: PortalRequest, tenant: Tenant, destination_id: UUID) -> HttpResponse:
    found = get_object_or_404(Destination, pk=destination_id)
    services.suspend(found, actor=request.actor)
    messages.success(request, _("%(name)s is suspended. Events wait until you resume it.") % {"name": found.name})
    return redirect(_page(tenant, found))


@tenant_page(needs=Need.LOGS_CHANGE)
@require_POST
def resume(request: PortalRequest, tenant: Tenant, destination_id: UUID) -> HttpResponse:
    found = get_object_or_404(Destination, pk=destination_id)
    services.resume(found, actor=request.actor)
    messages.success(request, _("%(name)s gets everything that was waiting.") % {"name": found.name})
    return redirect(_page(tenant, found))


@tenant_page(needs=Need.LOGS_CHANGE, asks_for_proof=True)
@require_POST
def secret(request: PortalRequest, tenant: Tenant, destination_id: UUID) -> HttpResponse:
    """Exchange the secret of a web-hook; the new one is shown once, and the old one signs as well for a day."""
    found = get_object_or_404(Destination, pk=destination_id, kind=Destination.Kind.WEB_HOOK)
    value = services.exchange_secret(found, actor=request.actor)
    return show_once(request, value, at=_page(tenant, found))


@tenant_page(needs=Need.LOGS_CHANGE, asks_for_proof=True)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: PortalRequest, tenant: Tenant, destination_id: UUID) -> HttpResponse:
    """Say what goes with a destination, and delete it."""
    found = get_object_or_404(Destination, pk=destination_id)
    if request.method == "POST":
        services.delete(found, actor=request.actor)
        messages.success(request, _("%(name)s is deleted.") % {"name": found.name})
        return redirect("portal:log-settings", tenant.slug)
    context = {"destination": found, "progress": progress_of(found), "address": told_address(found)}
    return render(request, "portal/log_keeping/delete.html", context)


def _page(tenant: Tenant, destination: Destination) -> str:
    return reverse("portal:log-destination", args=[tenant.slug, destination.pk])
