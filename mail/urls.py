from django.urls import path

from mail.views import portal

portal_urlpatterns = [
    path("tenants/<slug:slug>/outbox/", portal.outbox, name="outbox"),
    path("tenants/<slug:slug>/outbox/<uuid:message_id>/", portal.message, name="outbox-message"),
    path("tenants/<slug:slug>/outbox/<uuid:message_id>/html", portal.message_html, name="outbox-message-html"),
]
