from django.urls import URLPattern, path

from frame.tabs import SETTINGS_TABS
from logs.views import portal

SETTINGS_TABS.add("Logs", "log-settings", place=60)

LOGS = "tenants/<slug:slug>/settings/logs/"

portal_urlpatterns: list[URLPattern] = [
    path(LOGS, portal.log_settings, name="log-settings"),
    path(f"{LOGS}check", portal.check, name="log-check"),
]
