"""What a tenant's pages load: images and the style sheet, each named by its content and so never changing."""

from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import condition, require_safe

from branding.look import style_sheet_with_digest
from branding.models import BrandingImage
from branding.pictures.encoding import WEBP

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
    """The image of that digest in the schema served now, as WebP for who can read that. Raises `Http404`."""
    takes_webp = WEBP in request.headers.get("Accept", "")
    best = Coalesce(F("webp"), F("content")) if takes_webp else F("content")
    rows = BrandingImage.objects.with_digest(digest)
    found = rows.values_list(best, "content_type", IsNull(F("webp"), False)).first()
    if found is None:
        raise Http404
    content, content_type, has_webp = found
    is_webp = takes_webp and has_webp
    response = unchanging(
        request,
        f"{digest}-webp" if is_webp else digest,
        content=bytes(content),
        content_type=WEBP if is_webp else content_type,
    )
    patch_vary_headers(response, ["Accept"])
    return response


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
