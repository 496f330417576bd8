from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.credentials.hashers import Busy

RETRY_AFTER = "2"


class BusyMiddleware:
    """Answers 503 with a page that says to try again when too many passwords wait to be checked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Busy):
            return None
        response = render(request, "errors/unavailable.html", status=503)
        response["Retry-After"] = RETRY_AFTER
        return response
