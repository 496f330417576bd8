from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from logs.attention import destinations_that_fail, log_found_wrong
from logs.views import destinations, portal
from portal_frame.access import Need
from portal_frame.attention import ATTENTION
from portal_frame.tabs import SETTINGS_TABS

SETTINGS_TABS.add(_("Logs"), "log-settings", place=60)

ATTENTION.add(log_found_wrong, needs=Need.LOGS_READ)
ATTENTION.add(destinations_that_fail, needs=Need.LOGS_READ)

LOGS = "tenants/<slug:slug>/settings/logs/"
DESTINATION = f"{LOGS}destinations/<uuid:destination_id>/"

portal_urlpatterns: list[URLPattern] = [
    path(LOGS, portal.log_settings, name="log-settings"),
    path(f"{LOGS}check", portal.check, name="log-check"),
    path(f"{LOGS}destinations/new/", destinations.create, name="log-destination-create"),
    path(DESTINATION, destinations.destination, name="log-destination"),
    path(f"{DESTINATION}change/", destinations.change, name="log-destination-change"),
    path(f"{DESTINATION}test", destinations.test, name="log-destination-test"),
    path(f"{DESTINATION}suspend", destinations.suspend, name="log-destination-suspend"),
    path(f"{DESTINATION}resume", destinations.resume, name="log-destination-resume"),
    path(f"{DESTINATION}replay/", destinations.replay, name="log-destination-replay"),
    path(f"{DESTINATION}secret", destinations.secret, name="log-destination-secret"),
    path(f"{DESTINATION}delete/", destinations.delete, name="log-destination-delete"),
]
