"""The door for granian: what needs no thread, how much may be sent where, and who mustn't have all threads."""

import re

from django.conf import settings

from ciam_portal.wsgi import application as product
from serving.front import Answer, Front
from tenants.addressing import PATH_PREFIX

ALIVE = Answer(200, [("content-type", "application/json"), ("cache-control", "no-store")], b'{"status": "ok"}')
# Pages with a field for a file. A picture that is too large by far shall be refused there, in the page's own words.
TAKES_FILES = re.compile(r"/tenants/[^/]+/(branding/[^/]+|applications/[^/]+/appearance)/")
MOST_OF_FILES = 8 * 1024 * 1024
TENANT = re.compile(rf"{PATH_PREFIX}([^/]+)")


def limit_of(path: str) -> int:
    """How many bytes may be sent to this path."""
    return MOST_OF_FILES if TAKES_FILES.fullmatch(path) else settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def tenant_of(host: str, path: str) -> str:
    """Whose request it is, as far as the address tells."""
    in_path = TENANT.match(path)
    return in_path[0] if in_path else host


application = Front(
    product, threads=settings.CIAM_WEB_THREADS, limit_of=limit_of, key_of=tenant_of, at_once={"/healthz": ALIVE}
)
