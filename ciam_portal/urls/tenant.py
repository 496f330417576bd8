"""What a tenant's address serves: customer pages, branding, the issuer."""

from django.urls import include, path

import applications.urls
import branding.urls
import oidc.urls
import userflows.urls

handler400 = "ciam_portal.views.errors.bad_request"
handler404 = "ciam_portal.views.errors.not_found"
handler500 = "ciam_portal.views.errors.server_error"

urlpatterns = [
    path("oidc/", include((oidc.urls.protocol_urlpatterns, "oidc"))),
    path("", include((oidc.urls.device_urlpatterns, "device"))),
    path("brand/applications/", include((applications.urls.customer_urlpatterns, "application-brand"))),
    path("brand/", include((branding.urls.customer_urlpatterns, "brand"))),
    path("", include((userflows.urls.customer_urlpatterns, "customer"))),
]
