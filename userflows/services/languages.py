from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, get_script_prefix, resolve

from accounts.models import Account
from userflows.models import Journey
from userflows.services.journeys import journey_of, see_other
from userflows.services.steps import speak_language

ONE_YEAR = 365 * 24 * 3600


def choose_language(request: HttpRequest, *, chosen: str, back: str, journey: Journey | None) -> HttpResponse:
    """Keep the customer's choice: in a cookie, with the account signed in here, and with the journey under way."""
    response = see_other(back)
    if chosen not in {code for code, _ in settings.LANGUAGES}:
        return response
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=ONE_YEAR,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )
    if isinstance(request.user, Account) and request.user.language != chosen:
        Account.objects.filter(pk=request.user.pk).update(language=chosen)
    if journey and journey.language:
        speak_language(journey, language=chosen)
    return response


def journey_at(request: HttpRequest, path: str) -> tuple[str, Journey | None]:
    """The name of the page at this path, and the journey under way that it belongs to, if it does."""
    own_path = "/" + path.partition("?")[0].removeprefix(get_script_prefix())
    try:
        found = resolve(own_path, urlconf=request.urlconf)
    except Resolver404:
        return "", None
    journey_id = found.kwargs.get("journey_id")
    return found.view_name, journey_of(request, journey_id) if isinstance(journey_id, UUID) else None
