from django.urls import URLPattern, re_path

from branding.views import customer

portal_urlpatterns: list[URLPattern] = []
customer_urlpatterns: list[URLPattern] = [
    re_path(r"^images/(?P<digest>[0-9a-f]{64})$", customer.image, name="image"),
    re_path(r"^themes/(?P<digest>[0-9a-f]{32})\.css$", customer.theme, name="theme"),
]
