"""A user name in the place of an address: where a flow takes it, it opens what the address opens, and tells no more."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import delete_account, update_profile
from accounts.models import Account
from audit.models import Event
from audit.services import Actor
from common.problems import Refused
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.userflows.customer import Customer, mails_to
from tests.worker import run_jobs
from userflows.flows.answers import AnswerRules
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import change_user_flow
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()
NEW = "new@acme.example"
USER_NAME = "preferred_username"


@pytest.fixture
def flow(acme: Tenant) -> UserFlow:
    """Acme's takes user names, and asks for one at sign-up."""
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        rows = (AttributeLayout(USER_NAME), AttributeLayout("givenName"))
        change_user_flow(flow, takes_user_names=True, attributes=rows, actor=COMMAND)
    return flow


@pytest.fixture
def cc(acme: Tenant, carol: Account, flow: UserFlow) -> Account:
    """Carol, who is called cc."""
    with tenant_context(acme):
        update_profile(carol, attributes={USER_NAME: "CC.1"}, actor=COMMAND)
    assert carol.user_name == "cc.1"
    return carol


def at_password(acme: Tenant, name: str, *, ip: str = "192.0.2.1") -> Customer:
    customer = Customer(acme)
    customer.browser.defaults["REMOTE_ADDR"] = ip
    customer.visit("/sign-in/")
    customer.submit({"email": name})
    return customer


def test_a_password_is_tried_for_a_user_name_in_whatever_capitals(acme: Tenant, cc: Account) -> None:
    customer = at_password(acme, "cc.1")
    customer.submit({"username": "CC.1", "password": PASSWORD})
    assert customer.is_signed_in


@pytest.mark.parametrize("turn", [1, -1])
def test_a_password_manager_that_kept_the_other_name_of_the_same_account_gets_its_owner_in(
    acme: Tenant, cc: Account, turn: int
) -> None:
    typed, kept = ("cc.1", "Carol@Acme.example")[::turn]
    customer = at_password(acme, typed)
    customer.submit({"username": kept, "password": PASSWORD})
    assert customer.is_signed_in


def test_a01_eve_learns_by_no_wrong_password_whether_two_names_are_one_account_and_each_is_a_try(
    acme: Tenant, cc: Account, dan: Account
) -> None:
    """A-01, A-10. Nor does the right one get in whoever names somebody else beside it."""
    told = []
    for kept in (cc.email, dan.email, "nobody@acme.example"):
        eve = at_password(acme, "cc.1")
        page = eve.submit({"username": kept, "password": "a guess"})
        told.append(_comparable(page, kept))
    assert told[0] == told[1] == told[2]
    eve = at_password(acme, "cc.1")
    eve.submit({"username": dan.email, "password": PASSWORD})
    assert not eve.is_signed_in
    for number in range(4):
        last = eve.submit({"username": cc.email, "password": f"guess {number}"})
    assert last.status_code == 429


def _comparable(page: Any, name: str) -> tuple[Any, ...]:
    body = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "JOURNEY", page.content.decode().replace(name, "NAME"))
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)
    headers = {name: value for name, value in page.headers.items() if name not in {"Content-Length", "X-Request-ID"}}
    return page.status_code, headers, sorted(page.cookies), body


def test_no_answer_tells_eve_whether_a_user_name_is_somebodys_nor_their_address(acme: Tenant, cc: Account) -> None:
    """A-01, A-03, A-04: pages, mails asked for, statements."""
    answers, costs = [], []
    for name in ("cc.1", "zz.1"):
        eve = Customer(acme)
        eve.visit("/sign-in/")
        with CaptureQueriesContext(connection) as queries:
            pages = [eve.submit({"email": name}), eve.submit({"password": "wrong password"})]
            pages += [eve.switch("reset"), eve.submit({"code": "000000"}), eve.submit(to="send")]
        answers.append([_comparable(page, name) for page in pages])
        costs.append(len(queries))
        assert cc.email not in "".join(page.content.decode() for page in pages)
    assert answers[0] == answers[1]
    assert costs[0] == costs[1]


def test_guesses_by_name_and_by_address_are_counted_together(acme: Tenant, cc: Account) -> None:
    """A-10."""
    for name in (cc.email, "cc.1", "CC.1"):
        guesser = at_password(acme, name)
        for number in range(2):
            last = guesser.submit({"password": f"guess {name} {number}"})
    assert last.status_code == 429
    assert at_password(acme, "zz.1").submit({"password": "guess"}).status_code == 400


@pytest.mark.parametrize("typed", ["cc.1", " CC.1 ", "ＣＣ.1", "carol@acme.example"])
def test_carol_signs_in_by_her_user_name_as_by_her_address(acme: Tenant, cc: Account, typed: str) -> None:
    customer = at_password(acme, typed)
    customer.submit({"password": PASSWORD})
    assert customer.is_signed_in
    with tenant_context(acme):
        assert Event.objects.get(action="customer.signed_in").target_id == str(cc.pk)


def test_a07_a_reset_by_user_name_goes_to_the_address_of_the_account_alone(acme: Tenant, cc: Account) -> None:
    """To nothing that was typed."""
    customer = Customer(acme)
    customer.visit("/reset/")
    customer.submit({"email": "cc.1"})
    run_jobs()
    assert "If this user name has an account" in customer.text
    assert cc.email not in customer.text
    customer.submit({"code": customer.code_from_mail(cc.email)})
    assert "Don&#x27;t base your password on “cc.1”." in _said(customer.submit({"password": "cc.1 cc.1 cc.1"}))
    customer.submit({"password": "another horse battery staple"})
    assert customer.is_signed_in


def _said(page: Any) -> str:
    said: str = page.content.decode()
    return said


def test_a_user_name_that_nobody_has_is_mailed_nothing_where_anybody_may_sign_up(acme: Tenant, flow: UserFlow) -> None:
    with tenant_context(acme):
        change_user_flow(flow, methods=("code",), actor=COMMAND)
    customer = at_password(acme, "nobody.here")
    run_jobs()
    assert "If this user name has an account" in customer.text
    assert customer.submit({"code": "123456"}).status_code == 400
    with tenant_context(acme):
        assert not mails_to("nobody.here")


def test_where_a_flow_takes_no_user_names_none_signs_in(acme: Tenant, cc: Account, flow: UserFlow) -> None:
    with tenant_context(acme):
        change_user_flow(flow, takes_user_names=False, actor=COMMAND)
    customer = Customer(acme)
    customer.visit("/sign-in/")
    assert "user name" not in customer.text
    assert customer.submit({"email": "cc.1"}).status_code == 400
    customer.visit("/sign-up/")
    assert customer.submit({"email": "cc.1"}).status_code == 400


def test_a_new_customer_chooses_a_user_name_that_nobody_has(acme: Tenant, cc: Account) -> None:
    """C-14: what is taken is said to be, not whose it is; nothing typed is lost."""
    with tenant_context(acme):
        delete_account(cc, actor=COMMAND)
    customer = Customer(acme)
    customer.sign_up_to_code(NEW)
    customer.submit({"code": customer.code_from_mail(NEW)})
    answers = {"password": PASSWORD, "givenName": "Nora"}
    refused = customer.submit({**answers, USER_NAME: "Cc.1"})
    assert refused.status_code == 400
    assert "This user name isn&#x27;t available. Choose another one." in customer.text
    assert "Nora" in customer.text
    assert cc.email not in customer.text
    customer.submit({"givenName": "Nora", USER_NAME: "Nora_B"})
    with tenant_context(acme):
        assert Account.objects.get(email=NEW).user_name == "nora_b"
    customer.submit(to="sign-out")
    again = at_password(acme, "nora_b")
    again.submit({"password": PASSWORD})
    assert again.is_signed_in


def test_a_customer_number_is_a_user_name_where_a_pattern_says_so(acme: Tenant, cc: Account, flow: UserFlow) -> None:
    """And nowhere else: where any name will do, Eve takes no number that other customers are known by."""
    customer = at_password(acme, "cc.1")
    customer.submit({"password": PASSWORD})
    assert "Use at least one letter." in _said(customer.browser.post("/profile/", {USER_NAME: "704211"}))

    six_digits = AnswerRules(pattern="[0-9]{6}", mismatch="Enter your customer number.")
    with tenant_context(acme):
        change_user_flow(flow, attributes=(AttributeLayout(USER_NAME, rules=six_digits),), actor=COMMAND)
    for typed in ("cc.2", "70421", "704-211"):
        assert "Enter your customer number." in _said(customer.browser.post("/profile/", {USER_NAME: typed}))
    assert customer.browser.post("/profile/", {USER_NAME: " ７04211 "}).status_code == 303

    again = at_password(acme, "704211")
    again.submit({"password": PASSWORD})
    assert again.is_signed_in
    with tenant_context(acme):
        change_user_flow(flow, attributes=(AttributeLayout(USER_NAME),), actor=COMMAND)
    assert again.browser.post("/profile/", {USER_NAME: "704211"}).status_code == 303


def test_carol_changes_her_user_name_and_eve_cannot_ask_for_all_there_are(acme: Tenant, cc: Account) -> None:
    """A-02: on a page of an account, too, names can be tried so often and no more."""
    with tenant_context(acme):
        update_profile(Account.objects.get(email="dan@acme.example"), attributes={USER_NAME: "dan"}, actor=COMMAND)
    customer = at_password(acme, "cc.1")
    customer.submit({"password": PASSWORD})
    page = customer.browser.post("/profile/", {USER_NAME: "DAN", "givenName": "Carol"})
    assert "This user name isn&#x27;t available" in _said(page)
    assert customer.browser.post("/profile/", {USER_NAME: "carol", "givenName": "Carol"}).status_code == 303
    tried = [customer.browser.post("/profile/", {USER_NAME: f"name{number}"}).status_code for number in range(19)]
    assert tried == [303] * 18 + [429]
    with tenant_context(acme):
        assert Account.objects.known_as("name17").get() == cc
        assert not Account.objects.known_as("cc.1").exists()


def test_of_two_who_want_a_user_name_at_once_the_database_lets_one_have_it(acme: Tenant, cc: Account) -> None:
    """C-14: an account that didn't see the other's when it was judged."""
    with tenant_context(acme):
        dan = Account.objects.get(email="dan@acme.example")
        with pytest.raises(Refused, match="available"):
            update_profile(dan, attributes={USER_NAME: "cc.1"}, actor=COMMAND)
        assert not Account.objects.get(pk=dan.pk).user_name
