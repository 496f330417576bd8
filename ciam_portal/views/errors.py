import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenants.middleware import DATABASE_FAULTS, database_fault


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was sent from a page that is too old or from elsewhere."""
    return render(request, "errors/expired_form.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/not_found.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke. Where that was the database, under the feet of a middleware, it is a 503 as it is in a view."""
    if isinstance(sys.exception(), DATABASE_FAULTS):
        return database_fault()
    return render(request, "errors/unavailable.html", status=500)
