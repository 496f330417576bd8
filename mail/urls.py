from django.urls import path

from frame.access import Need
from frame.attention import ATTENTION
from mail.attention import undelivered_mail
from mail.views import portal

ATTENTION.add(undelivered_mail, needs=Need.OVERVIEW_READ)

portal_urlpatterns = [
    path("tenants/<slug:slug>/outbox/", portal.outbox, name="outbox"),
    path("tenants/<slug:slug>/outbox/<uuid:message_id>/", portal.message, name="outbox-message"),
    path("tenants/<slug:slug>/outbox/<uuid:message_id>/html", portal.message_html, name="outbox-message-html"),
]
