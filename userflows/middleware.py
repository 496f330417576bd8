from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from branding.languages.offered import offer
from branding.words.in_force import words_in_force
from common.text import spoken
from common.web import language as portal_language
from common.web.limits import TooManyAttempts
from userflows.forms.pages import try_again_page
from userflows.models import Journey


class TryAgainMiddleware:
    """Tells whoever came to a page too often when to try again, where the page itself doesn't."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 429, unless it was something else."""
        return try_again_page(request, exception) if isinstance(exception, TooManyAttempts) else None


class LanguageMiddleware:
    """Chooses the language of customer pages, and lets them say what the tenant says otherwise than the product.

    The language is the customer's choice, else the browser's, else the tenant's. A journey may speak one of its own,
    and has the words of its user flow, which its pages set. The portal speaks fewer languages
    (`common.web.language`), and nobody's words but the product's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = offer()
        language = offered.for_browser(request)
        with spoken.speaking_language(*offered.spoken_as(language)), spoken.speaking(words_in_force()):
            request.LANGUAGE_CODE = language
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Let the portal's own pages speak one of its languages; who is signed in may have chosen another."""
        if request.resolver_match and "portal" in request.resolver_match.namespaces:
            portal_language.speak(request)


def speak(request: HttpRequest, language: str) -> None:
    """Answer this request in another language, if it is one of those the tenant offers (`de` serves `de-AT`)."""
    offered = offer()
    code = offered.first_of([language])
    if code:
        spoken.speak_language(*offered.spoken_as(code))
        request.LANGUAGE_CODE = code


def speak_for(request: HttpRequest, journey: Journey) -> None:
    """Answer this request in the journey's language, if it has one of its own, and in the words of its user flow and of
    the theme of its application.
    """
    if journey.language:
        speak(request, journey.language)
    spoken.speak(words_in_force(journey.user_flow_id, journey.client_id))


def first_spoken(languages: Sequence[str]) -> str:
    """The first of these languages, such as those of `ui_locales`, that the tenant offers; "" if it offers none."""
    return offer().first_of(languages[:10])
