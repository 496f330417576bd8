"""The door for granian: what it serves, with `--interface rsgi`."""

from django.conf import settings

from ciam_portal.wsgi import application as wsgi_application

# What this imports has to find Django set up.
from serving.front import Front  # isort: skip

application = Front(wsgi_application, threads=settings.CIAM_WEB_THREADS)
