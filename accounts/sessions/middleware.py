from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

from accounts.sessions.beside import cookies_to_write, stop_acting
from accounts.sessions.cookies import write_cookies


class SeveralSessionsMiddleware(SessionMiddleware):
    """Django's, for the session of the current account; and the cookies of those beside it."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        stop_acting(request)
        answer = super().process_response(request, response)
        write_cookies(request, answer, cookies_to_write(request))
        return answer
