"""Passwords known from breaches: what the list learns, what customers read, and what happens while it is down."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from django_tenants.utils import schema_context, tenant_context

from accounts.credentials import breaches
from accounts.credentials.breaches import is_breached, sha1_of
from accounts.credentials.services.rules import change_password_rules
from accounts.models import Account, UncheckedPassword
from audit.services import Actor
from common.web.outgoing import HttpAnswer, OutgoingError
from tenants.lookup import PUBLIC
from tenants.models import Tenant
from tests.userflows.customer import Customer, mails_to, new_code
from tests.worker import run_jobs

pytestmark = pytest.mark.django_db
LEAKED, FINE = "seven purple kites", "nine orange boats"


class List:
    """What it is asked, and what it says: lines, a status, or nothing at all."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.status, self.is_down = 200, False

    def call(self, url: str, **how: Any) -> HttpAnswer:
        self.asked.append((url, how))
        if self.is_down:
            raise OutgoingError("It is down.")
        padding = "".join(f"{number:035X}:0\r\n" for number in range(800))
        return HttpAnswer(self.status, {}, f"{padding}{sha1_of(LEAKED)[5:]}:37\r\n".encode())


@pytest.fixture
def the_list(acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> List:
    """Acme looks passwords up there."""
    it = List()
    monkeypatch.setattr(breaches, "call", it.call)
    with tenant_context(acme):
        change_password_rules(checks_breaches=True, actor=Actor.command())
    return it


def chooses(acme: Tenant, password: str, email: str = "nora@acme.example") -> Customer:
    customer = Customer(acme)
    customer.sign_up_to_code(email)
    customer.submit({"code": new_code(acme, email)})
    customer.submit({"givenName": "Nora", "password": password})
    return customer


def let_time_pass() -> None:
    """What waits for later is due now."""
    with schema_context(PUBLIC):
        DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now() - timedelta(seconds=1))
    run_jobs()


def test_what_is_known_is_refused_with_its_reason(acme: Tenant, the_list: List) -> None:
    customer = chooses(acme, LEAKED)
    assert "This password is known from a data breach. Choose another one." in customer.text
    assert "Weak password" in customer.text
    customer.submit({"givenName": "Nora", "password": FINE})
    assert customer.is_signed_in


def test_the_list_learns_five_digits_and_is_asked_for_padding(acme: Tenant, the_list: List) -> None:
    with tenant_context(acme):
        assert is_breached(sha1_of(LEAKED)) is True
        assert is_breached(sha1_of(FINE)) is False
        # What pads an answer was never seen.
        assert is_breached(f"ABCDE{7:035X}") is False
    url, how = the_list.asked[0]
    assert url == f"https://api.pwnedpasswords.com/range/{sha1_of(LEAKED)[:5]}"
    assert how["headers"] == {"Add-Padding": "true"}
    assert how["seconds"] == 1
    assert sha1_of(LEAKED)[5:] not in str(the_list.asked)


def test_nobody_is_asked_where_the_tenant_does_not_want_it(acme: Tenant, the_list: List) -> None:
    with tenant_context(acme):
        change_password_rules(checks_breaches=False, actor=Actor.command())
    assert chooses(acme, LEAKED).is_signed_in
    assert the_list.asked == []


@pytest.mark.parametrize("status", [500, 404])
def test_a_list_that_gives_no_answer_refuses_nobody(acme: Tenant, the_list: List, status: int) -> None:
    the_list.status = status
    assert chooses(acme, LEAKED).is_signed_in


def test_what_could_not_be_asked_is_looked_up_later_and_replaced(acme: Tenant, the_list: List) -> None:
    the_list.is_down = True
    assert chooses(acme, LEAKED).is_signed_in
    with tenant_context(acme):
        [kept] = UncheckedPassword.objects.all()
        assert sha1_of(LEAKED) not in kept.sealed_digest
    let_time_pass()
    the_list.is_down = False
    let_time_pass()
    with tenant_context(acme):
        assert not UncheckedPassword.objects.exists()
        assert Account.objects.with_email("nora@acme.example").get().needs_new_password
        assert mails_to("nora@acme.example")[0].subject == "Choose another password for Acme"
    customer = Customer(acme)
    customer.sign_in("nora@acme.example", LEAKED)
    assert "<h1>Choose a new password</h1>" in customer.text
    customer.submit({"password": FINE})
    assert customer.is_signed_in


def test_a_password_that_is_kept_while_something_else_is_put_right_is_looked_up_as_well(
    acme: Tenant, the_list: List
) -> None:
    """One that takes its place is its own matter."""
    the_list.is_down = True
    nora = Customer(acme)
    nora.sign_up_to_code("nora@acme.example")
    nora.submit({"code": new_code(acme, "nora@acme.example")})
    nora.submit({"givenName": "N" * 65, "password": LEAKED})
    assert "Your password is kept." in nora.text
    nora.submit({"givenName": "Nora"})
    the_list.is_down = False
    let_time_pass()
    with tenant_context(acme):
        assert Account.objects.with_email("nora@acme.example").get().needs_new_password
    the_list.is_down = True
    zoe = Customer(acme)
    zoe.sign_up_to_code("zoe@acme.example")
    zoe.submit({"code": new_code(acme, "zoe@acme.example")})
    zoe.submit({"givenName": "Z" * 65, "password": LEAKED})
    the_list.is_down = False
    zoe.submit({"givenName": "Zoë", "password": FINE})
    let_time_pass()
    with tenant_context(acme):
        assert not Account.objects.with_email("zoe@acme.example").get().needs_new_password


def test_it_is_asked_four_times_within_a_day_and_then_forgotten(acme: Tenant, the_list: List) -> None:
    the_list.is_down = True
    chooses(acme, LEAKED)
    before = len(the_list.asked)
    for _ in range(6):
        let_time_pass()
    assert len(the_list.asked) - before == 4
    with tenant_context(acme):
        assert not UncheckedPassword.objects.exists()
        assert not Account.objects.with_email("nora@acme.example").get().needs_new_password


def test_what_was_replaced_meanwhile_is_not_asked_about(acme: Tenant, the_list: List, carol: Account) -> None:
    the_list.is_down = True
    customer = Customer(acme)
    customer.visit("/reset/")
    customer.submit({"email": carol.email})
    customer.submit({"code": new_code(acme, carol.email)})
    customer.submit({"password": LEAKED})
    the_list.is_down = False
    customer.visit("/reset/")
    customer.submit({"email": carol.email})
    customer.submit({"code": new_code(acme, carol.email)})
    customer.submit({"password": FINE})
    let_time_pass()
    with tenant_context(acme):
        assert not Account.objects.get(pk=carol.pk).needs_new_password
