"""What a suspended or deleted tenant's address serves: its brand, and a page that says it is out of service."""

from django.urls import include, path, re_path

import branding.urls
from ciam_portal.views.unavailable import unavailable

handler400 = "ciam_portal.views.errors.bad_request"
handler404 = "ciam_portal.views.errors.not_found"
handler500 = "ciam_portal.views.errors.server_error"

urlpatterns = [
    path("brand/", include((branding.urls.customer_urlpatterns, "brand"))),
    re_path(r"", unavailable),
]
