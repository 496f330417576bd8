"""What the audit log can be asked on an ordinary day, and what it can be asked of a flood."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from audit import services
from audit.models import Event
from audit.reasons import Reason
from audit.search import Requests, Sought, read_network
from audit.services import FAILURES_NOTED, REFUSALS_NOTED, Actor, Circumstances, record, record_refused
from common.web.current_request import WithRequestId
from common.web.limits import Limit, TooManyAttempts
from tenants.models import Tenant
from tests.browser import Browser
from tests.cast import PASSWORD
from tests.oidc.relying_party import RelyingParty
from tests.userflows.customer import Customer
from userflows.journeys.attempts.limits import CODES_SENT

pytestmark = pytest.mark.django_db
CAROL = Actor("customer", "0f9a5c54-5bd8-4a4c-9d5e-000000000001", "carol@acme.example")
ADA = Actor("administrator", "0f9a5c54-5bd8-4a4c-9d5e-000000000002", "ada@home.example")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def fail_password(customer: Customer, email: str) -> None:
    customer.visit("/sign-in/")
    customer.submit({"email": email})
    customer.submit({"password": "wrong"})


def test_a_failed_sign_in_says_who_where_how_and_why(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.browser.defaults["HTTP_USER_AGENT"] = FIREFOX
    fail_password(customer, carol.email)

    with tenant_context(acme):
        event = Event.objects.of_account(carol.pk).failures().get()
    assert (event.action, event.reason, event.method) == ("customer.sign_in_failed", "password_wrong", "password")
    assert (event.category, event.user_flow) == ("activity", "Sign up and sign in")
    assert (event.ip, event.browser) == ("127.0.0.1", "Firefox, Windows")
    assert event.details == {}


def test_the_answer_bears_the_id_under_which_its_events_are_found(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    answer = customer.submit({"password": "wrong"})
    request_id = UUID(answer.headers["X-Request-ID"])

    with tenant_context(acme):
        assert [event.action for event in Event.objects.filter(request_id=request_id)] == ["customer.sign_in_failed"]


def test_eve_cannot_choose_the_id_of_her_request(acme: Tenant) -> None:
    theirs = "00000000-0000-4000-8000-000000000000"
    customer = Customer(acme)
    customer.browser.defaults["HTTP_X_REQUEST_ID"] = theirs
    assert customer.visit("/sign-in/").headers["X-Request-ID"] != theirs


def test_a_line_in_the_log_says_which_request_it_belongs_to(acme: Tenant, caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(WithRequestId())
    answer = Customer(acme).visit("/no-such-page/")
    assert [vars(line)["request_id"] for line in caplog.records if "Not Found" in line.message] == [
        answer.headers["X-Request-ID"]
    ]


def test_what_an_administrator_changes_is_apart_from_what_customers_do(acme: Tenant, bookshop: Application) -> None:
    with tenant_context(acme):
        record("application.changed", actor=ADA, target=bookshop)
        record("customer.signed_in", actor=CAROL, circumstances=Circumstances(client_id=bookshop.client_id))

        assert Event.objects.filter(actor_id=ADA.id).get().action == "application.changed"
        assert Event.objects.activity().newest_first()[0].action == "customer.signed_in"
        assert {event.action for event in Event.objects.filter(client_id=bookshop.client_id)} >= {
            "application.changed",
            "customer.signed_in",
        }


def test_pages_of_the_log_neither_repeat_nor_leave_out_events_of_one_moment(acme: Tenant) -> None:
    with tenant_context(acme):
        for number in range(7):
            record("customer.signed_in", actor=CAROL, details={"number": number})
        pages, page = [], list(Event.objects.activity().newest_first()[:3])
        while page:
            pages += [event.details["number"] for event in page]
            page = list(
                Event.objects.activity()
                .filter(at__lte=page[-1].at)
                .exclude(at=page[-1].at, pk__gte=page[-1].pk)
                .newest_first()[:3]
            )
    assert pages == [6, 5, 4, 3, 2, 1, 0]


def test_an_attempt_that_a_limit_refused_leaves_an_event_too(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": carol.email})
    answers = [customer.submit({"password": f"wrong {n}"}).status_code for n in range(6)]
    assert answers[-1] == 429

    with tenant_context(acme):
        event = Event.objects.of_account(carol.pk).filter(reason=Reason.TOO_MANY_ATTEMPTS).get()
    assert (event.action, event.step, event.method) == ("customer.sign_in_failed", "password", "password")
    assert event.ip == "127.0.0.1"
    opens = datetime.fromisoformat(event.details.pop("until"))
    assert timedelta() < opens - timezone.now() <= timedelta(minutes=5)
    limit = {"limit": "passwords by account and address", "allowed": 5, "seconds": 300, "refused": 1}
    assert event.details == {**limit, "methods": ["password"]}
    assert customer.submit({"password": PASSWORD}).status_code == 429


def test_a_flood_of_refused_attempts_leaves_a_trace_and_no_heap(acme: Tenant) -> None:
    limit = Limit("tries in this test", 1, 3600)
    with tenant_context(acme):
        limit.count("eve")
        for _ in range(100):
            with pytest.raises(TooManyAttempts) as refusal:
                limit.count("eve")
            record_refused("customer.sign_in_failed", actor=CAROL, refusal=refusal.value)
        noted = [event.details["refused"] for event in Event.objects.failures().newest_first()]
    assert noted == [64, 32, 16, 8, 4, 2, 1]


def test_a_flood_of_codes_asked_for_is_no_heap_of_firsts(acme: Tenant) -> None:
    """What is refused on the way to the next step is rolled back, but for its count."""
    eve = Customer(acme)
    for _ in range(CODES_SENT.attempts + 9):
        eve.visit("/sign-up/")
        answer = eve.submit({"email": "new@acme.example"})
    assert answer.status_code == 429
    with tenant_context(acme):
        noted = [event.details["refused"] for event in Event.objects.failures().newest_first()]
    assert noted == [8, 4, 2, 1]


def test_a_flood_from_everywhere_is_noted_a_thousand_times_an_hour(acme: Tenant) -> None:
    first = TooManyAttempts(60, attempt=(Limit("tries", 1, 60), "eve"), refused=1)
    with tenant_context(acme):
        for _ in range(REFUSALS_NOTED.attempts - 1):
            REFUSALS_NOTED.count("")
        record_refused("customer.sign_in_failed", actor=CAROL, refusal=first)
        record_refused("customer.sign_in_failed", actor=CAROL, refusal=first)
        assert Event.objects.failures().count() == 1


def test_a_flood_of_wrong_passwords_from_everywhere_fills_no_disk(
    acme: Tenant, carol: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "JUDGED_NOTED", replace(services.JUDGED_NOTED, attempts=3))
    for number in range(12):
        eve = Customer(acme, Browser(acme, REMOTE_ADDR=f"198.51.100.{number}"))
        eve.sign_in(carol.email, "wrong")
    with tenant_context(acme):
        noted = [event.details.get("left_out", 0) for event in Event.objects.failures().newest_first()]
    assert noted == [8, 4, 2, 1, 0, 0, 0]


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_tenants_role_prunes_no_event_of_the_installation(acme: Tenant) -> None:
    with tenant_context(acme), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        run("SELECT public.prune_installation_events(now() - interval '800 days')")


def plan(tenant: Tenant, phrase: str, *about: object) -> str:
    """How the newest of what a phrase finds would be read from a table that isn't as small as this one."""
    with tenant_context(tenant), transaction.atomic():
        run("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        found = getattr(Event.objects.all(), phrase)(*about)
        return str(found.newest_first()[:51].explain())


@pytest.mark.parametrize(
    ("phrase", "about", "index"),
    [
        ("activity", (), "audit_event_category"),
        ("of_account", (UUID(CAROL.id),), "audit_event_account"),
    ],
)
def test_each_question_is_answered_from_its_index(
    acme: Tenant, phrase: str, about: tuple[object, ...], index: str
) -> None:
    assert index in plan(acme, phrase, *about)


@pytest.mark.parametrize(
    ("sought", "index"),
    [
        (Sought(name="Typo@acme.example"), "audit_event_unknown"),
        (Sought(account_id=UUID(CAROL.id)), "audit_event_account"),
        (Sought(requests=Requests.read("7D9B-F051")), "audit_event_request"),
        (Sought(network=read_network("192.0.2.7")), "audit_event_ip"),
        (Sought(administrator=ADA.id), "audit_event_administrator"),
        (Sought(administrator="ada@portal.example"), "audit_event_admin_name"),
        (Sought(client_id="shop"), "audit_event_app"),
        (Sought(user_flow="partners"), "audit_event_flow"),
        (Sought(journey_id=UUID(CAROL.id)), "audit_event_journey"),
        (Sought(reason="code_expired", result="failure"), "audit_event_reason"),
        (Sought(reason="code_expired"), "audit_event_reason"),
        (Sought(step="code"), "audit_event_step"),
        (Sought(action="customer.disabled"), "audit_event_action"),
    ],
)
def test_what_few_events_have_is_found_by_its_index_whenever_it_was(acme: Tenant, sought: Sought, index: str) -> None:
    with tenant_context(acme), transaction.atomic():
        run("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
        assert index in str(sought.among(Event.objects.all()).order_by("-at", "-id")[:51].explain())


def test_a_wrong_client_secret_leaves_an_event_and_a_flood_of_them_sixty(acme: Tenant, bookshop: Application) -> None:
    eve = RelyingParty(Browser(acme), bookshop, "guess")
    for _ in range(3):
        assert eve.token(grant_type="client_credentials").status_code == 401
    with tenant_context(acme):
        events = Event.objects.failures().filter(client_id=bookshop.client_id)
        assert {(event.action, event.reason) for event in events} == {
            ("application.authentication_failed", "credentials_wrong")
        }
        assert events.count() == 3
        for _ in range(FAILURES_NOTED.attempts - 3):
            FAILURES_NOTED.count(f"application.authentication_failed {bookshop.client_id}")
    assert eve.token(grant_type="client_credentials").status_code == 401
    with tenant_context(acme):
        assert Event.objects.failures().filter(client_id=bookshop.client_id).count() == 3
