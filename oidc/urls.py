from django.urls import URLPattern, path

from oidc.views import portal

APPLICATION = "tenants/<slug:slug>/applications/<uuid:client_id>/"

portal_urlpatterns: list[URLPattern] = [
    path(f"{APPLICATION}endpoints/", portal.endpoints, name="application-endpoints"),
    path(f"{APPLICATION}quick-start/", portal.quick_start, name="application-quick-start"),
]
protocol_urlpatterns: list[URLPattern] = []
