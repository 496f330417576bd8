"""The portal's pages about tenants themselves."""

from django.urls import URLPattern

portal_urlpatterns: list[URLPattern] = []
