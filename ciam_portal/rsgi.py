"""The door for granian: what it serves, with `--interface rsgi`."""

from django.conf import settings
from django.db import OperationalError

from ciam_portal.wsgi import application as wsgi_application

# What these import has to find Django set up.
from serving.front import Front  # isort: skip
from tenants.postgresql.pooling import refuse_shared_sessions  # isort: skip

try:
    refuse_shared_sessions()
except OperationalError:
    # The database may come later. `/readyz` looks again.
    pass

application = Front(wsgi_application, threads=settings.CIAM_WEB_THREADS)
