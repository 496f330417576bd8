"""What the pages share that ask somebody who is signed in, before an application gets its answer.

An application takes one answer to a request. Whoever comes back to a page whose question they have answered is led to
where that has led, or on to the application.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import Account
from accounts.sessions.beside import accounts_here, others_here
from oidc.authorization.views.authorize import CHOOSE_ACCOUNT, over
from oidc.wire.errors import PageRefusal
from oidc.wire.pages import refusal_page, send_browser_to
from oidc.wire.requests import TenantRequest
from userflows.journeys.addresses import step_url
from userflows.journeys.dead_ends import SECOND_PRESS, on_to_application
from userflows.journeys.entry import any_journey_of, journey_of
from userflows.middleware import speak_for
from userflows.models import Journey

ANOTHER = "another"
Question = Callable[..., HttpResponse]


LED_ON = "led_on"


def led_on(journey: Journey, response: HttpResponse) -> HttpResponse:
    """The response to an answer, which is noted with the journey: to where among our pages it leads, if to any."""
    address = response.headers.get("Location", "")
    note = {"at": timezone.now().isoformat(), "to": address if address.startswith("/") else ""}
    Journey.objects.filter(pk=journey.pk).update(context={**journey.context, LED_ON: note})
    return response


def _is_second_press(request: HttpRequest, journey: Journey) -> bool:
    """Whether the button was pressed twice: the first answer may not have arrived."""
    answered_at = datetime.fromisoformat(journey.context[LED_ON]["at"])
    return request.method == "POST" and timezone.now() - answered_at <= SECOND_PRESS


def _after_answer(request: HttpRequest, journey: Journey) -> HttpResponse:
    address = journey.context[LED_ON]["to"]
    return send_browser_to(address) if address else on_to_application(request, journey)


def _have_chosen(journey: Journey) -> HttpResponse:
    """Let the journey go on at the page that asks which account it shall be."""
    Journey.objects.filter(pk=journey.pk).update(context={**journey.context, "page": CHOOSE_ACCOUNT})
    return send_browser_to(reverse(CHOOSE_ACCOUNT, args=[journey.pk]))


def question_page(name: str, *, answered_by: str) -> Callable[[Question], Callable[..., HttpResponse]]:
    """A page that an open journey was begun for, by the page's name. Any other journey is led to where it is.

    So is whoever answers, in the field `answered_by`, that it shall be another account; where others are signed in in
    this browser, to the page that shows them. The view is given the current account; None where there are others alone.
    """

    def decorate(view: Question) -> Callable[..., HttpResponse]:
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def page(request: HttpRequest, journey_id: UUID) -> HttpResponse:
            request = cast(TenantRequest, request)
            journey = journey_of(request, journey_id)
            if journey is None or "parameters" not in journey.context:
                return refusal_page(request, over(any_journey_of(request, journey_id)))
            # A journey that signs somebody in first has another journey for the question afterwards.
            is_for_this = journey.context.get("page") == name
            account = request.user if isinstance(request.user, Account) else None
            wants_another = request.POST.get(answered_by) == ANOTHER
            comes_from_here = name != CHOOSE_ACCOUNT and journey.context.get("page") in {name, CHOOSE_ACCOUNT}
            if wants_another and comes_from_here and others_here(request):
                return _have_chosen(journey)
            if not accounts_here(request) or not is_for_this or wants_another:
                return send_browser_to(step_url(journey))
            request.journey = journey  # type: ignore[attr-defined]
            if LED_ON in journey.context and not _is_second_press(request, journey):
                return _after_answer(request, journey)
            speak_for(request, journey)
            try:
                return view(request, journey, account)
            except PageRefusal as refusal:
                return refusal_page(request, refusal)

        return page

    return decorate
