from django.urls import path
from django.utils.translation import gettext_lazy

from captcha import views
from captcha.attention import silent_captcha
from portal_frame.access import Need
from portal_frame.attention import ATTENTION
from portal_frame.tabs import SECURITY, SETTINGS_TABS

SETTINGS_TABS.add(gettext_lazy("CAPTCHA"), "captcha", place=16, group=SECURITY)

ATTENTION.add(silent_captcha, needs=Need.FLOWS_READ)

portal_urlpatterns = [
    path("tenants/<slug:slug>/settings/captcha/", views.captcha, name="captcha"),
    path("tenants/<slug:slug>/settings/captcha/test", views.test, name="captcha-test"),
]
