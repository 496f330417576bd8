from django.urls import URLPattern

portal_urlpatterns: list[URLPattern] = []
protocol_urlpatterns: list[URLPattern] = []
