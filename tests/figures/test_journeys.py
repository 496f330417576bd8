"""Where journeys end is counted once, before they are swept; whoever goes away in the middle is found at their step."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import Account
from audit.services import Actor
from figures.lookup.funnels import Funnel, Stretch, Version, funnels_in
from figures.lookup.ranges import DayRange
from figures.lookup.sums import ledger
from figures.models import Books, Sum
from figures.policies import JOURNEYS, WHOLE_DAY, WHOLE_MONTH
from figures.services.journeys import count_journeys
from figures.services.keeping import keep_books
from operations.housekeeping import forget_what_expired
from tenants.models import Tenant
from tests.figures.days import NOW, TODAY, at, journey, signed_in
from tests.userflows.customer import Customer, new_code
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import change_user_flow, set_page_layout
from userflows.models import Journey, UserFlow

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
    [funnel] = funnels_in(RANGE, ledger())
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


def test_whoever_leaves_when_asked_to_keep_their_account_is_found_there(carol: Account) -> None:
    Account.objects.filter(pk=carol.pk).update(closes_at=NOW + timedelta(days=3))
    [proof] = proved(carol.email)["proofs"]
    proof |= {"purpose": "sign_in", "account_id": str(carol.pk)}
    UserFlow.objects.update(methods=["code"])
    journey(at(1), purpose="sign_in", email=carol.email, account_id=carol.pk, proofs=[proof])
    count_journeys()
    [value] = Sum.objects.filter(metric=JOURNEYS, hour=WHOLE_DAY).values_list("value", flat=True)
    assert value.split(":")[1] == "keep-account"


def test_journeys_of_many_accounts_are_counted_in_as_many_statements_as_of_one(
    carol: Account,
) -> None:
    """Also where a box asks whether somebody has come before."""
    define_custom_attribute(name="news", data_type="Boolean", actor=Actor.command())
    box = AttributeLayout("news", label="I agree", is_required=True)
    set_page_layout(UserFlow.objects.get(is_default=True), layout=[box], actor=Actor.command())

    def statements(journeys: int) -> int:
        with transaction.atomic():
            for minute in range(journeys):
                journey(at(1, 9, minute), purpose="sign_in", email=carol.email, account_id=carol.pk)
            with CaptureQueriesContext(connection) as asked:
                assert count_journeys() == journeys
            transaction.set_rollback(True)
        return len(asked)

    assert statements(1) == statements(4)


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
        [funnel] = funnels_in(DayRange("7d", stopped_clock.moment.date()), ledger())
    assert {stretch.steps[0]: stretch.left for stretch in funnel.stretches} == {"address": 0, "code": 1, "details": 1}
    assert [version.number for version in funnel.versions] == [funnel.flow.number]
    # Both stood for less than five seconds at what they did.
    assert [stretch.median_seconds for stretch in funnel.stretches] == [2.5, 2.5, None]


def test_a_wrong_code_takes_time_of_its_step(acme: Tenant) -> None:
    errs = Customer(acme)
    errs.sign_up_to_code("errs@acme.example")
    with tenant_context(acme):
        Journey.objects.update(created_at=timezone.now() - timedelta(seconds=30), times={"address": 10.0})
    errs.submit({"code": "000000"})
    errs.submit({"code": new_code(acme, "errs@acme.example")})
    with tenant_context(acme):
        times = Journey.objects.get().times
    assert times["address"] == 10
    assert 20 <= times["code"] < 30


def test_what_customers_could_notice_makes_another_version() -> None:
    flow = UserFlow.objects.get(is_default=True)
    before = flow.number
    change_user_flow(flow, name="By another name", actor=Actor.command())
    assert flow.number == before
    change_user_flow(flow, allows_sign_up=False, actor=Actor.command())
    assert flow.number == before + 1


def test_versions_of_a_flow_and_the_time_for_each_step_are_told_apart() -> None:
    journey(at(1, 9), seconds=40, flow_number=1, times={"address": 12.0, "code": 28.0})
    journey(at(1, 9), seconds=20, flow_number=2, times={"address": 4.0, "code": 16.0})
    journey(at(1, 9), flow_number=2, times={"address": 4.5}, **proved("new@acme.example"))
    journey(at(1, 10))
    count_journeys()

    funnel = the_funnel()
    assert (funnel.begun, funnel.finished) == (4, 2)
    assert funnel.versions == [
        Version(2, begun=2, finished=1, median_seconds=17.5),
        Version(1, begun=1, finished=1, median_seconds=37.5),
        Version(None, begun=1, finished=0, median_seconds=None),
    ]
    assert [stretch.median_seconds for stretch in funnel.stretches] == [3.75, 20.0, None]


def test_what_an_older_release_counted_is_of_no_known_version() -> None:
    flow = str(UserFlow.objects.get(is_default=True).pk)
    kept = {"journeys": {"sign_up:finished": 3, "sign_up:address": 1}, "journey_seconds": {"sign_up:45": 3}}
    for metric, values in kept.items():
        for value, n in values.items():
            Sum.objects.create(day=TODAY, hour=WHOLE_DAY, metric=metric, dimension=flow, value=value, n=n)

    funnel = the_funnel()
    assert (funnel.begun, funnel.finished) == (4, 3)
    assert [(version.number, version.begun) for version in funnel.versions] == [(None, 4)]


def test_a_year_of_journeys_is_the_same_by_its_months_whenever_they_were_counted(carol: Account) -> None:
    signed_in(carol, at(101))
    for days_ago in (100, 60, 1):
        journey(at(days_ago, 9), seconds=40, flow_number=1, times={"address": 12.0})
    count_journeys()
    keep_books()
    assert Sum.objects.filter(hour=WHOLE_MONTH, metric="journeys").exists()
    Books.objects.update(journeys_counted_to=None)
    late = Journey.objects.get(created_at=at(100, 9))
    Journey.objects.exclude(pk=late.pk).delete()
    count_journeys()

    year = DayRange("12m", TODAY)
    by_months = funnels_in(year, ledger())
    Books.objects.update(journey_months_to=None)
    assert funnels_in(year, ledger()) == by_months
    assert by_months[0].begun == 4
