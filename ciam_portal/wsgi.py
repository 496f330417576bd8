"""The door for web servers."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ciam_portal.settings")
_django = get_wsgi_application()

# What these import has to find Django set up.
from ciam_portal.requests import Utf8Request  # noqa: E402
from oidc.document_cache import DocumentCache  # noqa: E402
from oidc.door import Door  # noqa: E402

_django.request_class = Utf8Request
application = Door(DocumentCache(_django))

# What is loaded by now stays for good: the collector need not look through it again at every turn.
gc.collect()
gc.freeze()
