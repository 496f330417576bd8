"""What a suspended or deleted tenant's address serves: its brand, and a page that says it is out of service."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
