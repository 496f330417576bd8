"""Choosing a language, and speaking it from here on."""

from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, get_script_prefix, resolve, reverse
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.identity.services.accounts import keep_language
from accounts.models import Account
from branding.languages.offered import offer
from common.text.language_names import all_names_of, is_looked_for
from common.text.languages import ENGLISH, Language
from common.text.spoken import spoken_language
from common.web.language import remember_language
from userflows.journeys.addresses import see_other
from userflows.journeys.entry import journey_of
from userflows.journeys.next_step import Step
from userflows.journeys.progress import keep_typed, speak_language
from userflows.journeys.registry import step_named
from userflows.middleware import speak_for
from userflows.models import Journey
from userflows.pages import render_customer
from userflows.views.customer.start import return_path

# From how many languages on one of them is looked for, and how much is typed to find it.
MANY, MOST_TO_FIND = 8, 40
# What the list sends. With nothing else, no form came along, and what was typed stays as it was kept.
OF_THE_LIST = {"csrfmiddlewaretoken", "this-press", "in-language"}


class Listed(NamedTuple):
    """A language, and the names by which somebody may look for it."""

    language: Language
    names: str


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def language(request: HttpRequest) -> HttpResponse:
    """The list to choose from; once something is chosen, back to the page one came from, with what was typed there.

    The form of that page comes along on the way to the list; the hyphen keeps the choice apart from its attributes.
    """
    if request.method != "POST":
        return _list(request)
    back, chosen = return_path(request), request.POST.get("in-language", "")
    journey, step = _place_of(request, back)
    if journey and step and step.kept and request.POST.keys() - OF_THE_LIST:
        keep_typed(journey, typed={**journey.typed, **step.kept(journey, request.POST)})
    if not chosen:
        return see_other(f"{reverse('customer:language')}?{urlencode({'next': back})}")
    response = see_other(back)
    if chosen in offer().codes:
        _keep_choice(request, response, chosen, journey)
    return response


def _list(request: HttpRequest) -> HttpResponse:
    """The languages that the tenant offers, or those of them that are looked for by any of their names."""
    back = return_path(request)
    journey, _step = _place_of(request, back)
    if journey:
        # It is one of the pages of the journey: in its theme, and from where it may lead to the application.
        request.journey = journey  # type: ignore[attr-defined]
        speak_for(request, journey)
    languages, find = offer().languages, request.GET.get("find", "").strip()[:MOST_TO_FIND]
    reader = get_language() or ENGLISH
    listed = [Listed(each, all_names_of(each, reader)) for each in languages]
    found = [each for each in listed if is_looked_for(each.names, find)]
    context = {
        "back": back,
        "find": find,
        "is_found": bool(found),
        "listed": found or listed,
        "now": spoken_language(),
        "can_search": len(languages) > MANY,
        "has_languages": False,
    }
    return render_customer(request, "customer/language.html", context)


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
