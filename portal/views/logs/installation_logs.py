"""The log of the installation, for operators: tenants and memberships, and what operators had done."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_tenants.utils import schema_context

from common.problems import Refused
from logs.keeping.checks import ask_for_check
from portal.forms.logs import InstallationLogForm
from portal.views.logs.log_pages import MOST, Log, export, show_event, show_list
from portal_frame.access import Need
from portal_frame.pages import PortalRequest, portal_page
from tenants.lookup import PUBLIC
from tenants.models import InstallationEvent


@portal_page(needs=Need.INSTALLATION_READ)
@require_safe
def events(request: PortalRequest) -> HttpResponse:
    """What happened outside of any one tenant."""
    log = _log(request)
    may_export = Need.INSTALLATION_EXPORT in request.allowed
    context = {
        "events_url": log.list_url,
        "export_url": reverse("portal:installation-logs-export") if may_export else "",
    }
    with schema_context(PUBLIC):
        return show_list(request, log, "portal/logs/installation.html", **context)


@portal_page(needs=Need.INSTALLATION_EXPORT, asks_for_proof=True)
@require_POST
def export_events(request: PortalRequest) -> HttpResponse:
    """All that the list shows, as a file."""
    with schema_context(PUBLIC):
        return export(request, _log(request), of="installation", tenant=None, file_name="installation-logs")


@portal_page(needs=Need.INSTALLATION_READ)
@require_safe
def event(request: PortalRequest, installation_event_id: int) -> HttpResponse:
    """One of these events."""
    with schema_context(PUBLIC):
        found = get_object_or_404(InstallationEvent, pk=min(installation_event_id, MOST))
        context = {
            "list_url": reverse("portal:installation-logs"),
        }
        return show_event(request, found, "portal/logs/event.html", **context)


@portal_page(needs=Need.INSTALLATION_CHANGE)
@require_POST
def check(request: PortalRequest) -> HttpResponse:
    """Have the worker check the log now."""
    try:
        with schema_context(PUBLIC):
            ask_for_check(actor=request.actor)
    except Refused as refusal:
        messages.warning(request, refusal.problems[0].sentence)
    else:
        messages.success(request, _("The log is being verified. Reload this page in a moment."))
    return redirect("portal:installation-settings")


def _log(request: PortalRequest) -> Log:
    list_url = reverse("portal:installation-logs")
    return Log(InstallationEvent.objects.all(), InstallationLogForm(request.GET), list_url)
