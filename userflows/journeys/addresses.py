"""Where the pages of a journey are found."""

from uuid import UUID

from django.http import HttpResponseRedirect

from common.web.places import place_of
from userflows.journeys.next_step import FINISH, Step, next_step
from userflows.journeys.registry import table
from userflows.models import Journey
from userflows.policies import JOURNEY_PLACE

ANY_JOURNEY = UUID(int=0)


def step_url(journey: Journey, step: Step | None = None) -> str:
    """The path of a step; without one, of the step that comes next, decided from the journey's row alone."""
    following = step or next_step(journey.state, journey.rules, table())
    if following is FINISH:
        return _page(journey, "customer:journey")
    return page_of_step(journey, following.name)


def page_of_step(journey: Journey, name: str) -> str:
    """The path of the step of this name, which was just begun there, whatever else was begun before."""
    return _page(journey, "customer:step", name)


def return_url(journey: Journey) -> str:
    """Where the journey leads at its end."""
    return journey.return_to.replace(JOURNEY_PLACE, str(journey.pk))


def see_other(url: str) -> HttpResponseRedirect:
    """A redirect that a browser follows by GET, whatever it sent before (RFC 9110 section 15.4.4)."""
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def _page(journey: Journey, page: str, *which: str) -> str:
    return place_of(page, ANY_JOURNEY, *which).replace(str(ANY_JOURNEY), str(journey.pk))
