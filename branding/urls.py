from django.urls import URLPattern, path, re_path

from branding.views import customer, portal, preview

_TENANT = "tenants/<slug:slug>/branding"

portal_urlpatterns: list[URLPattern] = [
    path(f"{_TENANT}/", portal.overview, name="branding"),
    re_path(
        r"^tenants/(?P<slug>[a-z0-9]+)/branding/images/(?P<digest>[0-9a-f]{64})$", portal.image, name="branding-image"
    ),
    path(f"{_TENANT}/<slug:locale>/", portal.edit, name="branding-edit"),
    path(f"{_TENANT}/<slug:locale>/preview", preview.preview, name="branding-preview"),
    path(f"{_TENANT}/<slug:locale>/delete", portal.delete, name="branding-delete"),
]
customer_urlpatterns: list[URLPattern] = [
    re_path(r"^images/(?P<digest>[0-9a-f]{64})$", customer.image, name="image"),
    re_path(r"^themes/(?P<digest>[0-9a-f]{32})\.css$", customer.style_sheet, name="style-sheet"),
]
