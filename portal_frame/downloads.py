"""Files that are made while they are sent, however long they are.

What makes them runs after the middleware has gone, when the connection may serve anybody: so each piece is made in the
tenant it is of, and nothing stays in force between two pieces.
"""

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django_tenants.utils import schema_context, tenant_context

from common.web.outgoing import Places, TooManyWaiting
from tenants.lookup import PUBLIC
from tenants.models import Tenant

CSV, JSON_LINES = "text/csv; charset=utf-8", "application/jsonl; charset=utf-8"


AT_ONCE = max(1, settings.CIAM_WEB_THREADS * 3 // 8)
OF_ONE_TENANT = max(1, AT_ONCE - 1)
"""In each process: each keeps a thread, as long as its reader takes, and one is left for other tenants."""
_places = Places(AT_ONCE, share=OF_ONE_TENANT)


class TooManyDownloads(Exception):
    """As many files are being sent as may be, of all tenants or of this one."""


class Download(StreamingHttpResponse):
    """A file whose pieces are handed on as they come (`serving.downloads`), unlike those of a page."""


def streamed(
    tenant: Tenant | None, pieces: Iterator[bytes], *, file_name: str, content_type: str = CSV
) -> HttpResponse:
    """The answer with a file of this tenant's, or of the installation, by a name of ASCII without quotation marks."""
    answer = Download(_inside(tenant, pieces), content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer  # type: ignore[return-value] # what a view returns is typed as one with content


def _inside(tenant: Tenant | None, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, each made in the tenant, or in public. Raises `TooManyDownloads` before the first."""
    try:
        with _places.one(tenant.schema_name if tenant else PUBLIC):
            while True:
                with tenant_context(tenant) if tenant else schema_context(PUBLIC):
                    piece = next(pieces, None)
                if piece is None:
                    return
                yield piece
    except TooManyWaiting as error:
        raise TooManyDownloads from error
