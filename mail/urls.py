from django.urls import path
from django.utils.translation import gettext_lazy

from mail.attention import own_server_unreached, undelivered_mail
from mail.views import portal, server
from portal_frame.access import Need
from portal_frame.attention import ATTENTION
from portal_frame.tabs import MESSAGES, SETTINGS_TABS

SETTINGS_TABS.add(gettext_lazy("Mail"), "tenant-mail", place=14, group=MESSAGES)

ATTENTION.add(undelivered_mail, needs=Need.MAIL_READ)
ATTENTION.add(own_server_unreached, needs=Need.MAIL_READ)

portal_urlpatterns = [
    path("tenants/<slug:slug>/settings/mail/", server.server, name="tenant-mail"),
    path("tenants/<slug:slug>/settings/mail/test", server.test, name="tenant-mail-test"),
    path("tenants/<slug:slug>/settings/mail/records/", server.records, name="tenant-mail-records"),
    path("tenants/<slug:slug>/settings/mail/drop/", server.drop, name="tenant-mail-drop"),
    path("tenants/<slug:slug>/outbox/", portal.outbox, name="outbox"),
    path("tenants/<slug:slug>/outbox/<uuid:message_id>/", portal.message, name="outbox-message"),
    path("tenants/<slug:slug>/outbox/<uuid:message_id>/html", portal.message_html, name="outbox-message-html"),
]
