"""What people see when a page doesn't exist, broke, or was sent too late."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.cache import patch_cache_control


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django calls it so
    """The form was sent from a page that is too old or from elsewhere."""
    return _page(request, "expired_form", 403, back_url=request.path)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django calls it so
    """One page for what doesn't exist and for what this person may not know of."""
    return _page(request, "not_found", 404, start_url=get_script_prefix())


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django calls it so
    """Rendered without the request: whatever broke may break a context processor too."""
    return HttpResponse(render_to_string("errors/unavailable.html"), status=500)


def _page(request: HttpRequest, name: str, status: int, **context: str) -> HttpResponse:
    response = render(request, f"errors/{name}.html", context, status=status)
    patch_cache_control(response, no_store=True)
    return response
