"""Rendering customer pages: each in the tenant's look, in the customer's language, and kept by no cache."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.sessions.beside import accounts_here
from branding.languages.offered import offer
from branding.look import Look, has_theme, look_for, look_for_request
from branding.words.in_force import words_in_force
from common.text.spoken import speak, spoken_language
from common.web.current_request import reference
from common.web.places import place_of
from userflows.models import Journey
from userflows.policies import application_address, usable_origins

Renderer = Callable[[str, dict[str, Any], HttpRequest], str]
SECONDS_FOR_APPLICATIONS = 5
BAD_REQUEST = HTTPStatus.BAD_REQUEST


def render_customer(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    client_id: str = "",
    render: Renderer = render_to_string,
) -> HttpResponse:
    """The page. Its context holds `look`, the language `spoken` and, when one is under way, `journey`.

    It has the look and words of the theme of the application that the journey was begun for, or that `client_id` names
    where there is none.
    """
    journey: Journey | None = getattr(request, "journey", None)
    origins = journey.redirect_origins if journey else []
    offered = offer()
    app_look = journey.application_look if journey else {}
    if client_id and not journey:
        speak(words_in_force(client_id=client_id))
    client_id = journey.client_id if journey else client_id
    page = {
        "look": look_on_page(request, client_id=client_id),
        "spoken": offered.language(spoken_language()),
        "has_languages": len(offered.codes) > 1,
        "language_url": place_of("customer:language"),
        "here": request.get_full_path(),
        "asked_at": _asked_at(request, status, context),
        "journey": journey,
        "application_name": journey.application_name if journey else "",
        "application_look": app_look,
        "application_url": application_address(origins, start_url=app_look.get("start_url", "")),
        # A form that says what is wrong with it needs nobody's help.
        "reference": reference() if status >= BAD_REQUEST and not _is_form(status, context) else "",
    }
    response = HttpResponse(render(template, {**page, **(context or {})}, request), status=status)
    response["Cache-Control"] = "no-store"
    if widget := (context or {}).get("widget"):
        _let_load(response, widget.origins)
    leads_on = journey and (journey.rules.providers or journey.user_flow.finished_url)
    leads_elsewhere = origins or leads_on or (context or {}).get("connectable")
    return lead_to_application(response) if leads_elsewhere else response


def look_on_page(request: HttpRequest, *, client_id: str) -> Look:
    """The look of the page that answers this, for the application of this client ID."""
    journey: Journey | None = getattr(request, "journey", None)
    if journey and journey.language:
        # What the journey asks for may be one of the tenant's own that is gone by now.
        return look_for(spoken_language(), client_id=client_id)
    return look_for_request(request, client_id=client_id)


def _asked_at(request: HttpRequest, status: int, context: Mapping[str, Any] | None) -> str:
    """Where the page that answers a form is asked for with nothing sent, as its script has the browser remember: an
    address with a form shows it, and one of a journey leads to where that is. Else "", as where something broke.
    """
    is_of_journey = request.resolver_match is not None and "journey_id" in request.resolver_match.kwargs
    has_page = "form" in (context or {}) or (is_of_journey and status < HTTPStatus.INTERNAL_SERVER_ERROR)
    return request.get_full_path() if request.method == "POST" and has_page else ""


def _is_form(status: int, context: Mapping[str, Any] | None) -> bool:
    return status == BAD_REQUEST and "form" in (context or {})


def _let_load(response: HttpResponse, origins: Sequence[str]) -> None:
    """Let this page, and no other, load what a widget is made of."""
    directives = ("script-src", "frame-src", "style-src", "connect-src", "img-src")
    response._csp_update = {each: list(origins) for each in directives}  # type: ignore[attr-defined]  # noqa: SLF001 - how django-csp is told


def lead_to_application(response: HttpResponse) -> HttpResponse:
    """Let the page's forms end at an application or a provider, wherever that sends the browser next: none is told.

    Chromium holds the directive against every redirect that follows a form, those of the application too, which nobody
    here can know; and no source expression names `http://[::1]:4000` or whatever a private scheme opens.
    """
    response._csp_replace = {"form-action": None}  # type: ignore[attr-defined]  # noqa: SLF001 - how django-csp is told
    return response


def signed_out_page(
    request: HttpRequest, addresses: Sequence[str], *, continue_to: str = "", client_id: str = ""
) -> HttpResponse:
    """What follows a sign-out: the page that says so, or `continue_to`, a URI the application has registered. It wears
    the theme of the application that asked for it, by its client ID.

    `addresses` are loaded unseen before, from exactly their origins (OpenID Connect Front-Channel Logout section 3);
    after a few seconds the browser goes on whatever became of them, with or without scripts.
    """
    if not addresses:
        leads_to = continue_to or _signed_out_address(client_id)
        return HttpResponse(status=303, headers={"Location": leads_to, "Cache-Control": "no-store"})
    context = {
        "addresses": addresses,
        "continue_to": continue_to,
        "here": reverse("customer:signed-out"),
        "people": accounts_here(request),
    }
    response = render_customer(request, "customer/signed_out.html", context, client_id=client_id)
    origins = dict.fromkeys(f"{urlsplit(address).scheme}://{urlsplit(address).netloc}" for address in addresses)
    response._csp_replace = {"frame-src": usable_origins(list(origins))}  # type: ignore[attr-defined]  # noqa: SLF001 - how django-csp is told
    if continue_to:
        response["Refresh"] = f"{SECONDS_FOR_APPLICATIONS}; url={continue_to}"
    return response


def _signed_out_address(client_id: str) -> str:
    """Of the page that says so; it is told for which application where that looks different."""
    about = f"?{urlencode({'client_id': client_id})}" if has_theme(client_id) else ""
    return reverse("customer:signed-out") + about
