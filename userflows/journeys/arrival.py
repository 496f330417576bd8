"""Where a journey leads, answered along with its last form: the browser of whoever came through it is spared a request.

Whoever begins journeys may offer to answer so. Where nobody does, the browser is sent there.
"""

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.db import connection
from django.http import HttpRequest, HttpResponse

from common.database.faults import DATABASE_FAULTS
from userflows.journeys.addresses import return_url, see_other
from userflows.models import Journey

logger = logging.getLogger(__name__)
Arrival = Callable[[HttpRequest, Journey], HttpResponse | None]
_arrivals: list[Arrival] = []


def answer_arrivals(arrival: Arrival) -> None:
    """Register what answers at the end of journeys. It returns None for those it hasn't begun or doesn't answer."""
    _arrivals.append(arrival)


def arrive(request: HttpRequest, journey: Journey) -> HttpResponse:
    """What follows the journey of whoever was just signed in by it.

    That is committed, and an answer that says that the server failed brings no session to the browser. So whoever can't
    be answered is sent on with it, and what fails there can be asked for again.
    """
    answer = _answer(request, journey)
    if answer is None or answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return see_other(return_url(journey))
    return answer


def _answer(request: HttpRequest, journey: Journey) -> HttpResponse | None:
    try:
        answers = (answer(request, journey) for answer in _arrivals)
        return next((answer for answer in answers if answer is not None), None)
    except DATABASE_FAULTS as fault:
        logger.error("The database didn't answer: %s", fault)
        connection.close()
    except Exception:
        logger.exception("Who was signed in couldn't be answered at once")
    return None
