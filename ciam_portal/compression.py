"""Compresses what travels as text and isn't compressed already.

How well an answer could be compressed shows in its length, on the network; over many requests of somebody's choosing
that tells what stands in it (BREACH, CVE-2013-3587). So an answer to somebody who is signed in is compressed only if
they, or a page of ours, asked for it: another site can't have it sent again and again with guesses in its address.
Whoever isn't signed in gets nothing secret but form tokens, which Django writes differently each time. Its middleware
also lengthens each answer at random.
"""

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXTS = frozenset({"text/html", "text/css", "text/javascript", "image/svg+xml"})
# Fetch Metadata (W3C): "none" is an address that was typed or kept, "same-origin" one that a page of ours named. A
# browser that says nothing of it might have been told by anybody.
ASKED_BY_OURSELVES = frozenset({"none", "same-origin"})


class CompressionMiddleware(GZipMiddleware):
    """Stands outside of all that makes pages. Files compressed ahead of time, as in the image, go as they are.

    What is meant for machines isn't touched: its answers are short, and some are kept for whoever asks next.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        content_type = response.headers.get("Content-Type", "").partition(";")[0]
        if content_type not in TEXTS or not _is_whole(request, response) or not _may_show_its_length(request):
            return response
        return super().process_response(request, response)


def _is_whole(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Neither headers alone nor a range of bytes."""
    return request.method != "HEAD" and response.status_code != HTTPStatus.PARTIAL_CONTENT


def _may_show_its_length(request: HttpRequest) -> bool:
    # In path addressing the cookie's name ends with the tenant's.
    is_signed_in = any(name.startswith(settings.SESSION_COOKIE_NAME) for name in request.COOKIES)
    return not is_signed_in or request.headers.get("Sec-Fetch-Site") in ASKED_BY_OURSELVES
