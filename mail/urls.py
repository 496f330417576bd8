from django.urls import URLPattern

portal_urlpatterns: list[URLPattern] = []
