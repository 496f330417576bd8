"""Where a journey leads, answered along with its last form: the browser of whoever came through it is spared a request.

Whoever begins journeys may offer to answer so. Where nobody does, the browser is sent there.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from userflows.journeys.addresses import return_url, see_other
from userflows.models import Journey

Arrival = Callable[[HttpRequest, Journey], HttpResponse | None]
_arrivals: list[Arrival] = []


def answer_arrivals(arrival: Arrival) -> None:
    """Let this answer at the end of journeys. It returns None for those that it hasn't begun, or doesn't answer so."""
    _arrivals.append(arrival)


def arrive(request: HttpRequest, journey: Journey) -> HttpResponse:
    """What follows the journey of whoever was just signed in by it."""
    answers = (answer(request, journey) for answer in _arrivals)
    return next((answer for answer in answers if answer is not None), None) or see_other(return_url(journey))
