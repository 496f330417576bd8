"""Speaking another language from here on."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, get_script_prefix, resolve
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.identity.services.accounts import keep_language
from accounts.models import Account
from common.web.language import remember_language
from userflows.journeys.addresses import see_other
from userflows.journeys.entry import journey_of
from userflows.journeys.next_step import Step
from userflows.journeys.progress import keep_typed, speak_language
from userflows.journeys.registry import step_named
from userflows.models import Journey
from userflows.views.customer.start import return_path


@sensitive_post_parameters()
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Come back to the page the choice was made on, in the chosen language, with what was typed there.

    The page's own form may come along; the hyphen keeps the choice apart from any attribute in it.
    """
    back, chosen = return_path(request), request.POST.get("in-language", "")
    journey, step = _place_of(request, back)
    if journey:
        keep_typed(journey, typed=(step.kept(journey, request.POST) if step and step.kept else {}) or journey.typed)
    response = see_other(back)
    if chosen in {code for code, _ in settings.LANGUAGES}:
        _keep_choice(request, response, chosen, journey)
    return response


def _keep_choice(request: HttpRequest, response: HttpResponse, chosen: str, journey: Journey | None) -> None:
    """In a cookie, with the account signed in here, and with the journey under way."""
    remember_language(response, chosen)
    if isinstance(request.user, Account):
        keep_language(request.user, chosen)
    if journey and journey.language:
        speak_language(journey, language=chosen)


def _place_of(request: HttpRequest, path: str) -> tuple[Journey | None, Step | None]:
    """The journey under way that the page at this path belongs to, if it does, and its step."""
    own_path = "/" + path.partition("?")[0].removeprefix(get_script_prefix())
    try:
        found = resolve(own_path, urlconf=request.urlconf)
    except Resolver404:
        return None, None
    journey_id = found.kwargs.get("journey_id")
    journey = journey_of(request, journey_id) if isinstance(journey_id, UUID) else None
    return journey, step_named(found.kwargs.get("name", ""))
