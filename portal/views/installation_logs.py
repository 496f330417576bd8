"""The log of the installation, for operators: tenants and memberships, and what operators had done."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_tenants.utils import schema_context

from frame.access import Need
from frame.pages import PortalRequest, portal_page
from portal.forms.logs import InstallationLogForm
from portal.views.log_pages import MOST, Log, show_event, show_list
from tenants.lookup import PUBLIC
from tenants.models import InstallationEvent


@portal_page(needs=Need.INSTALLATION_READ)
@require_safe
def events(request: PortalRequest) -> HttpResponse:
    """What happened outside of any one tenant."""
    with schema_context(PUBLIC):
        list_url = reverse("portal:installation-logs")
        log = Log(InstallationEvent.objects.all(), InstallationLogForm(request.GET), list_url)
        return show_list(request, log, "portal/logs/installation.html", events_url=list_url)


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
