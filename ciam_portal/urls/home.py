"""What the home tenant's address serves: the portal, and all that any tenant's address serves."""

from django.urls import include, path

import applications.urls
import branding.urls
import bulk.urls
import captcha.urls
import logs.urls
import mail.urls
import oidc.urls
import sms.urls
import userflows.urls
from ciam_portal.urls import tenant
from portal.urls import invitation_urlpatterns, portal_urlpatterns

handler400 = tenant.handler400
handler404 = tenant.handler404
handler500 = tenant.handler500

urlpatterns = [
    path(
        "",
        include(
            (
                [
                    *portal_urlpatterns,
                    *applications.urls.portal_urlpatterns,
                    *userflows.urls.portal_urlpatterns,
                    *branding.urls.portal_urlpatterns,
                    *logs.urls.portal_urlpatterns,
                    *mail.urls.portal_urlpatterns,
                    *sms.urls.portal_urlpatterns,
                    *captcha.urls.portal_urlpatterns,
                    *oidc.urls.portal_urlpatterns,
                    *bulk.urls.portal_urlpatterns,
                ],
                "portal",
            )
        ),
    ),
    path("", include((invitation_urlpatterns, "invitation"))),
    *tenant.urlpatterns,
]
