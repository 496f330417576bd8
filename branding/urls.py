from django.urls import URLPattern

portal_urlpatterns: list[URLPattern] = []
customer_urlpatterns: list[URLPattern] = []
