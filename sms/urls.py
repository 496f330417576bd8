from django.urls import path
from django.utils.translation import gettext_lazy

from portal_frame.access import Need
from portal_frame.attention import ATTENTION
from portal_frame.tabs import MESSAGES, SETTINGS_TABS
from sms.attention import countries_at_limit, undelivered_texts
from sms.views import countries, log, sender

SETTINGS_TABS.add(gettext_lazy("Text messages"), "text-sender", place=15, group=MESSAGES)

ATTENTION.add(undelivered_texts, needs=Need.MAIL_READ)
ATTENTION.add(countries_at_limit, needs=Need.MAIL_READ)

portal_urlpatterns = [
    path("tenants/<slug:slug>/settings/sms/", sender.sender, name="text-sender"),
    path("tenants/<slug:slug>/settings/sms/test", sender.test, name="text-sender-test"),
    path("tenants/<slug:slug>/settings/sms/countries/<str:letters>/", countries.country, name="text-country"),
    path("tenants/<slug:slug>/settings/sms/messages/", log.messages, name="text-messages"),
    path("tenants/<slug:slug>/settings/sms/messages/<uuid:text_id>/", log.message, name="text-message"),
]
