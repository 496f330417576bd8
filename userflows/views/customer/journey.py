"""What every step shares: its journey is this browser's and still open, and answers in the journey's language."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.models import Account
from accounts.sessions.rules import session_rules
from common.email_address import canonical_email
from common.limits import TooManyAttempts
from userflows.known_browsers import know_browser
from userflows.middleware import speak
from userflows.models import Journey
from userflows.pages import render_customer
from userflows.services import journeys
from userflows.services.journeys import see_other
from userflows.services.steps import JourneyOver


class JourneyRequest(HttpRequest):
    """A request for a page of this browser's journey."""

    journey: Journey


View = Callable[..., HttpResponse]


def journey_page(view: View) -> View:
    """A page of an open journey, given to the view. Any other journey says what has become of it."""

    @wraps(view)
    def page(request: HttpRequest, journey_id: UUID) -> HttpResponse:
        journey = journeys.any_journey_of(request, journey_id)
        if journey is None:
            return render_customer(request, "customer/unknown_journey.html", status=404)
        request = cast(JourneyRequest, request)
        request.journey = journey
        if journey.language:
            speak(request, journey.language)
        if not journeys.is_open(journey):
            return over(request)
        journey.stays = journey.stays or "stay" in request.POST
        try:
            return view(request, journey)
        except JourneyOver:
            journey.refresh_from_db()
            return over(request)

    return require_http_methods(["GET", "HEAD", "POST"])(page)


def button(view: View) -> View:
    """What a button of a step does. Whoever comes to its address by other ways is led to where the journey is."""

    @wraps(view)
    def page(request: JourneyRequest, journey: Journey) -> HttpResponse:
        if request.method != "POST":
            return see_other(journeys.step_url(journey))
        return view(request, journey)

    return page


def step_page(*, is_open_to: Callable[[Journey], bool]) -> Callable[[View], View]:
    """A step, for journeys that have come so far; others are led to where they are."""

    def decorate(view: View) -> View:
        @wraps(view)
        def page(request: JourneyRequest, journey: Journey) -> HttpResponse:
            if journey.purpose == Journey.Purpose.SIGN_UP and not journey.user_flow.allows_sign_up:
                return closed(request)
            if not is_open_to(journey):
                return see_other(journeys.step_url(journey))
            return view(request, journey)

        return journey_page(page)

    return decorate


@journey_page
def dispatch(_request: JourneyRequest, journey: Journey) -> HttpResponse:
    """The step the journey goes on with."""
    return see_other(journeys.step_url(journey))


@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """Go on after a journey has expired."""
    journey = journeys.any_journey_of(request, journey_id)
    if journey is None:
        return render_customer(request, "customer/unknown_journey.html", status=404)
    if request.method != "POST" or journeys.is_open(journey):
        return see_other(reverse("customer:journey", args=[journey.pk]))
    return journeys.begin_again(request, journey)


def arrive(request: HttpRequest, journey: Journey) -> HttpResponse:
    """Somebody has signed in by the journey: on to where it leads. The browser is known to the account from now on."""
    response = see_other(journeys.return_url(journey))
    know_browser(request, response, journey.email)
    return response


def over(request: JourneyRequest) -> HttpResponse:
    """The journey has come to its end, or its time has passed."""
    journey = request.journey
    is_fresh = journey.finished_at and journey.finished_at > timezone.now() - journeys.COLLECTABLE_FOR
    if is_fresh and request.user.pk == journey.account_id:
        return see_other(journeys.return_url(journey))
    return render_customer(request, "customer/expired.html", status=410)


def closed(request: HttpRequest) -> HttpResponse:
    """Nobody can sign up here."""
    return render_customer(request, "customer/closed.html", status=403)


def show(request: HttpRequest, step: str, form: Form, *, status: int = 200, **context: Any) -> HttpResponse:
    """A step's page; what is wrong stands at its field, and the first wrong field takes the focus."""
    for bound in form:
        if form.has_error(bound.name, "password_too_short"):
            # What is wrong says the same.
            bound.help_text = ""
        described = [f"{bound.name}-hint"] if bound.help_text else []
        if bound.errors:
            described.append(f"{bound.name}-wrong")
            bound.field.widget.attrs["aria-invalid"] = "true"
        if described:
            bound.field.widget.attrs["aria-describedby"] = " ".join(described)
        if bound.field.required and not bound.field.widget.attrs.get("multiple"):
            bound.field.widget.attrs["required"] = True
    page = {
        "form": form,
        "problem": status != HTTPStatus.OK,
        "offers_stay": session_rules().offers_stay,
        "changes_own_password": _changes_own_password(request),
        **context,
    }
    response = render_customer(request, f"customer/{step.replace('-', '_')}.html", page, status=status)
    if request.method == "POST" and not request.user.is_authenticated:
        # Back leads to this answer again, which the browser has only if it may keep it. No password stands in it.
        response["Cache-Control"] = "private, no-cache"
    return response


def _changes_own_password(request: HttpRequest) -> bool:
    """Whether somebody signed in has come from the profile, for a new password of that very account."""
    journey: Journey | None = getattr(request, "journey", None)
    if journey is None or journey.purpose != Journey.Purpose.RESET or not isinstance(request.user, Account):
        return False
    is_own = canonical_email(journey.email) == request.user.canonical_email
    return is_own and journey.return_to == reverse("customer:profile")


def refuse(request: HttpRequest, step: str, form: Form, refusal: TooManyAttempts, **context: Any) -> HttpResponse:
    """The step's page, telling when another attempt may be made."""
    response = show(request, step, form, status=429, refusal=when_to_try_again(refusal.retry_after), **context)
    response["Retry-After"] = str(refusal.retry_after)
    return response


def when_to_try_again(seconds: int) -> str:
    """The sentence for a used-up limit."""
    minutes = -(-seconds // 60)
    sentence = ngettext(
        "Too many attempts. Try again in %(count)d minute.",
        "Too many attempts. Try again in %(count)d minutes.",
        minutes,
    )
    return sentence % {"count": minutes}
