"""What a journey says that can't go on: it is over, nobody here has begun it, or something stands in its way."""

from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.errors import AccountRefused, NotEnoughProved
from audit.reasons import Reason
from hooks.calls.asking import HookDown
from userflows.journeys import entry, events
from userflows.journeys.account.admission import NotAdmitted, turn_away
from userflows.journeys.account.hooks import TurnedAway
from userflows.journeys.account.offered import NoLongerOffered
from userflows.journeys.addresses import return_url, see_other
from userflows.models import Journey, UserFlow
from userflows.pages import render_customer
from userflows.policies import application_address

# Within this time a second press may still have to lead to where the first, whose answer was dropped, would have led.
SECOND_PRESS = timedelta(seconds=10)
OUT_OF_DATE = _("This page was out of date, so nothing was changed.")
STOPPING = NoLongerOffered, AccountRefused, NotEnoughProved, NotAdmitted, TurnedAway, HookDown


def unknown(request: HttpRequest, journey_id: UUID) -> HttpResponse:
    """No journey of this browser's: its cookies are gone, it began elsewhere, or too long ago. The page leads back.

    Of somebody else's it tells the application alone, whose address is nobody's secret.
    """
    application = entry.application_of(journey_id)
    events.record_unknown(request, journey_id, application=application.get("application_name", ""))
    client_id = application.get("client_id", "")
    return render_customer(request, "customer/unknown_journey.html", application, status=404, client_id=client_id)


def over(request: HttpRequest, journey: Journey) -> HttpResponse:
    """The journey has come to its end, or its time has passed."""
    ago = timezone.now() - journey.finished_at if journey.finished_at else None
    if ago is None and not journey.is_open:
        events.record_expired(request, journey)
    is_theirs = request.user.pk == journey.account_id
    if ago and ago > SECOND_PRESS and is_sent_too_late(request, journey):
        return sent_too_late(request, journey)
    if ago and journey.redirect_origins and not (is_theirs and request.method == "POST"):
        # An application takes one answer. Whoever comes back, by the back button or days later, has been there with it.
        return on_to_application(request, journey, is_signed_in=is_theirs)
    if ago and is_theirs and ago <= entry.COLLECTABLE_FOR:
        return see_other(return_url(journey))
    if ago and journey.user_flow.finished_url:
        return see_other(journey.user_flow.finished_url)
    return render_customer(request, "customer/expired.html", status=410)


def is_sent_too_late(request: HttpRequest, journey: Journey) -> bool:
    """Whether this was sent from a page that stood open while another tab came to the journey's end."""
    if request.method != "POST" or journey.finished_at is None or request.user.pk != journey.account_id:
        return False
    return bool(journey.redirect_origins) or timezone.now() - journey.finished_at <= entry.COLLECTABLE_FOR


def sent_too_late(request: HttpRequest, journey: Journey) -> HttpResponse:
    """It changes nothing: the page says so, and leads to where the journey has led."""
    onward = _beyond(journey) if journey.redirect_origins else return_url(journey)
    return render_customer(request, "customer/already_signed_in.html", {"too_late": OUT_OF_DATE, "onward": onward})


def on_to_application(request: HttpRequest, journey: Journey, *, is_signed_in: bool = True) -> HttpResponse:
    """To its front page, if it is a website, else to where the user flow leads; what else isn't is opened by its
    customer.
    """
    if url := _beyond(journey):
        return see_other(url)
    page, status = ("already_signed_in", HTTPStatus.OK) if is_signed_in else ("unknown_journey", HTTPStatus.GONE)
    return render_customer(request, f"customer/{page}.html", status=status)


def _beyond(journey: Journey) -> str:
    """Where an application's customers go on after its journey; empty if only they know."""
    start_url = journey.application_look.get("start_url", "")
    return application_address(journey.redirect_origins, start_url=start_url) or journey.user_flow.finished_url


def closed(
    request: HttpRequest,
    user_flow: UserFlow,
    journey: Journey | None = None,
    *,
    reason: Reason = Reason.SIGN_UP_CLOSED,
) -> HttpResponse:
    """Nobody can sign up by this flow, or to this tenant."""
    events.record_closed(request, user_flow, journey, reason=reason)
    return render_customer(request, "customer/closed.html", status=403)


def stopped(
    request: HttpRequest,
    journey: Journey,
    reason: NoLongerOffered | AccountRefused | NotEnoughProved | NotAdmitted | TurnedAway | HookDown,
    *,
    step: str,
) -> HttpResponse:
    """The journey can't go on for this reason, which is noted; the page says so."""
    match reason:
        case NoLongerOffered():
            events.record_provider_off(journey, reason.method)
            return over(request, journey)
        case AccountRefused():
            events.record_failure(journey, step=step, reason=Reason.ACCOUNT_DISABLED)
            return over(request, journey)
        case NotEnoughProved():
            events.record_failure(journey, step=step, reason=Reason.SECOND_FACTOR_MISSING)
            return render_customer(request, "customer/not_enough.html", status=HTTPStatus.FORBIDDEN)
        case NotAdmitted():
            return turn_away(request, journey, reason.reason, step=step)
        case TurnedAway():
            if not reason.is_told_again:
                events.record_hook(journey, step=step, reason=Reason.HOOK_REFUSED, hook=reason.hook)
            said = {"title": reason.title, "message": reason.message}
            return render_customer(request, "customer/turned_away.html", said, status=HTTPStatus.FORBIDDEN)
        case HookDown():
            # What was proved is kept, and the page leads back to it.
            events.record_hook(journey, step=step, reason=Reason.HOOK_FAILED, hook=reason.hook, problem=str(reason))
            return render_customer(request, "customer/held_up.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
