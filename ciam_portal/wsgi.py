"""The door for web servers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ciam_portal.settings")
_django = get_wsgi_application()

from oidc.door import DocumentDoor  # noqa: E402 - what it imports has to find Django set up

application = DocumentDoor(_django)
