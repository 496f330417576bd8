"""The door for web servers."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ciam_portal.settings")
_django = get_wsgi_application()

from oidc.door import DocumentDoor  # noqa: E402 - what it imports has to find Django set up

application = DocumentDoor(_django)

# What is loaded by now stays for good: the collector need not look through it again at every turn.
gc.collect()
gc.freeze()
