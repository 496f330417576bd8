"""Where journeys end is counted once, before they are swept; whoever goes away in the middle is found at their step."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django_tenants.utils import tenant_context

from figures.lookup.funnels import Funnel, Stretch, funnels_in
from figures.lookup.ranges import DayRange
from figures.models import Sum
from figures.services.journeys import count_journeys
from operations.housekeeping import forget_what_expired
from tenants.models import Tenant
from tests.figures.days import NOW, TODAY, at, journey
from tests.userflows.customer import Customer, new_code
from userflows.models import Journey

RANGE = DayRange("30d", TODAY)


@pytest.fixture(autouse=True)
def _at_acme(acme: Tenant, stopped_clock: SimpleNamespace) -> Iterator[None]:
    with tenant_context(acme):
        yield


def proved(email: str) -> dict[str, Any]:
    """The columns of a journey whose address was proved by a code."""
    proof = {
        "method": "code",
        "at": at(1).isoformat(),
        "amr": "otp",
        "purpose": "sign_up",
        "email": email,
        "account_id": None,
    }
    return {"email": email, "proofs": [proof]}


@pytest.fixture
def yesterdays_journeys() -> None:
    """Of six who wanted to sign up, two came to the end."""
    journey(at(1, 9), seconds=40)
    journey(at(1, 10), seconds=100)
    journey(at(1, 11))
    journey(at(1, 11, 5))
    journey(at(1, 11, 6), email="new@acme.example", step_data={"code": {"sent_at": at(1, 11, 7).isoformat()}})
    journey(at(1, 12), **proved("new@acme.example"))


def the_funnel() -> Funnel:
    [funnel] = funnels_in(RANGE)
    return funnel


@pytest.mark.usefixtures("yesterdays_journeys")
def test_the_way_says_at_which_step_people_leave_and_how_long_it_takes() -> None:
    count_journeys()

    funnel = the_funnel()
    assert (funnel.purpose, funnel.begun, funnel.finished) == ("sign_up", 6, 2)
    assert list(funnel.stretches) == [
        Stretch(("address",), 6, 2),
        Stretch(("code",), 4, 1),
        Stretch(("details",), 3, 1),
    ]
    assert funnel.dropped == pytest.approx(4 / 6)
    assert funnel.median_seconds == 45


@pytest.mark.usefixtures("yesterdays_journeys")
def test_housekeeping_counts_before_it_sweeps_and_nothing_twice(stopped_clock: SimpleNamespace) -> None:
    assert Journey.objects.exists()
    forget_what_expired()
    assert not Journey.objects.exists()
    assert the_funnel().begun == 6

    count_journeys()
    journey(NOW - timedelta(hours=2))
    count_journeys()
    assert the_funnel().begun == 6, "its hour was counted before it came: nobody begins a journey in the past"

    stopped_clock.moment = NOW + timedelta(hours=3)
    journey(NOW + timedelta(minutes=5))
    count_journeys()
    count_journeys()
    assert the_funnel().begun == 7


@transaction.atomic
def count_and_die() -> None:
    count_journeys()
    raise KeyboardInterrupt


@pytest.mark.usefixtures("yesterdays_journeys")
def test_a_count_that_is_broken_off_is_as_if_it_had_never_begun() -> None:
    with pytest.raises(KeyboardInterrupt):
        count_and_die()
    assert not Sum.objects.exists()

    count_journeys()
    assert the_funnel().begun == 6


def test_an_open_journey_and_an_administrators_run_are_not_counted() -> None:
    journey(NOW)
    journey(at(1), redirect_origins=[settings.CIAM_BASE_URL])
    assert count_journeys() == 0
    assert not Sum.objects.exists()


def test_somebody_at_the_pages_is_found_at_the_step_they_left(acme: Tenant, stopped_clock: SimpleNamespace) -> None:
    stays = Customer(acme)
    stays.sign_up_to_code("leaves@acme.example")
    goes_on = Customer(acme)
    goes_on.sign_up_to_code("goes-on@acme.example")
    goes_on.submit({"code": new_code(acme, "goes-on@acme.example")})
    with tenant_context(acme):
        begun = Journey.objects.order_by("created_at").values_list("created_at", flat=True)
        stopped_clock.moment = begun[0] + timedelta(hours=2)
        count_journeys()
        [funnel] = funnels_in(DayRange("7d", stopped_clock.moment.date()))
    assert {stretch.steps[0]: stretch.left for stretch in funnel.stretches} == {"address": 0, "code": 1, "details": 1}
