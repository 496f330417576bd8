"""What a tenant's pages load: images and the style sheet, each named by its content and so never changing."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from branding.look import style_sheet_with_digest
from branding.models import BrandingImage

FOREVER = "public, max-age=31536000, immutable"
# Opened by itself, an image is a document: it may then do nothing at all.
INERT = "sandbox; default-src 'none'"


def _etag(_: HttpRequest, digest: str) -> str:
    return f'"{digest}"'


@require_safe
def image(request: HttpRequest, digest: str) -> HttpResponse:
    """An image of this tenant's brandings."""
    return serve_image(request, digest)


def serve_image(request: HttpRequest, digest: str) -> HttpResponse:
    """The image of that digest in the schema served now. Raises `Http404`."""
    found = BrandingImage.objects.filter(digest=digest).only("content", "content_type").first()
    if found is None:
        raise Http404
    return unchanging(request, digest, content=bytes(found.content), content_type=found.content_type)


@require_safe
def style_sheet(request: HttpRequest, digest: str) -> HttpResponse:
    """A style sheet of custom properties."""
    css = style_sheet_with_digest(digest)
    if css is None:
        raise Http404
    return unchanging(request, digest, content=css, content_type="text/css; charset=utf-8")


@condition(etag_func=lambda request, digest, **_: _etag(request, digest))
def unchanging(_: HttpRequest, __: str, **response: Any) -> HttpResponse:
    """An answer named by the digest of its content; as a document of its own it can do nothing."""
    return HttpResponse(
        **response,
        headers={
            "Cache-Control": FOREVER,
            "Content-Security-Policy": INERT,
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )
