"""The door for web servers."""

import gc
import os

from django.conf import settings
from django.core.cache import close_caches
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import reset_queries
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ciam_portal.settings")
_django = get_wsgi_application()

# What these import has to find Django set up.
from ciam_portal.requests import Utf8Request  # noqa: E402
from oidc.document_cache import DocumentCache  # noqa: E402
from oidc.fast_path import FastPath  # noqa: E402
from tenants.schema.upgrade import migration_state  # noqa: E402

_django.request_class = Utf8Request
application = FastPath(DocumentCache(_django))

# At each request Django would close its cache, which keeps nothing, and empty a list of statements that nobody fills.
request_finished.disconnect(close_caches)
request_started.disconnect(reset_queries)

# What first requests would load: forked processes share it, and nobody waits for it.
for _urlconf in (settings.HOME_URLCONF, settings.TENANT_URLCONF, settings.UNAVAILABLE_URLCONF):
    _ = get_resolver(_urlconf).url_patterns
migration_state()

# What is loaded by now stays for good: the collector need not look through it again at every turn.
gc.collect()
gc.freeze()
