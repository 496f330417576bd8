"""Where the address is verified last, a hook says nothing about one that nobody has proved yet, and is got round by no
way back.
"""

import re
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from audit.services import Actor
from hooks.policies import START, SUBMIT
from tenants.models import Tenant
from tests.hooks.conftest import AddHook
from tests.hooks.receiver import GO_ON, Answered, Receiver, action
from tests.userflows.customer import PASSWORD, Customer, new_code
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import change_user_flow
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
NINA = "nina@new.example"
FORM = {"password": PASSWORD, "givenName": "Nina", "surname": "Novak"}


def change(acme: Tenant, **values: Any) -> None:
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), **values, actor=Actor.command())


def at_the_details(acme: Tenant, email: str = NINA) -> Customer:
    change(acme, verifies_last=True)
    customer = Customer(acme)
    customer.visit("/sign-up/")
    customer.submit({"email": email})
    return customer


@pytest.mark.parametrize(
    "knows", [action("setPreFillValues", inputs={"city": "Brno"}), action("showBlockPage", message="We know you.")]
)
def test_eve_reads_nothing_that_a_hook_knows_of_an_address_that_she_only_typed(
    acme: Tenant, carol: Account, add_hook: AddHook, server: Receiver, knows: Answered
) -> None:
    add_hook(START)
    server.answers(knows)
    change(acme, attributes=(AttributeLayout("givenName"), AttributeLayout("city")))
    for email in (carol.email, NINA):
        eve = at_the_details(acme, email)
        assert eve.page.status_code == 200
        assert "Brno" not in eve.text
        eve.submit({"password": PASSWORD, "givenName": "Eve"})
        assert "Enter the code" in eve.text
    assert server.asked == []


def test_whoever_sees_the_form_once_more_with_the_address_proved_keeps_their_own_answers(
    acme: Tenant, add_hook: AddHook, server: Receiver
) -> None:
    add_hook(START)
    server.answers(action("setPreFillValues", inputs={"givenName": "Antonina", "city": "Brno"}))
    nina = at_the_details(acme)
    nina.submit(FORM)
    asked_by_now = (AttributeLayout("givenName"), AttributeLayout("city", is_required=True))
    change(acme, verifies_last=False, attributes=asked_by_now)
    nina.submit({"code": new_code(acme, NINA)})
    assert 'value="Nina"' in nina.text
    assert 'value="Brno"' in nina.text


def test_eve_changes_no_page_behind_the_hook_that_has_agreed_to_all_of_them(
    acme: Tenant, add_hook: AddHook, server: Receiver
) -> None:
    add_hook(SUBMIT)
    server.answers(GO_ON, action("showValidationError", message="Not as Carol."))
    change(acme, attributes=(AttributeLayout("givenName"), AttributeLayout("city", begins_page=True)))
    eve = at_the_details(acme)
    eve.submit({"password": PASSWORD, "givenName": "Eve"})
    eve.submit({"at-page": "2", "city": "Brno"})
    assert "Enter the code" in eve.text
    to_code = eve.path
    eve.visit(re.sub(r"[^/]+/$", "details/?at-page=1", to_code))
    eve.submit({"at-page": "1", "givenName": "Carol"})

    code = new_code(acme, NINA)
    eve.path = to_code
    eve.submit({"code": code})
    assert not eve.is_signed_in
    assert "Step 3 of 4" in eve.text, "the last page is to be sent again"
    eve.submit({"at-page": "2", "city": "Brno"})
    assert "Not as Carol." in eve.text
    with tenant_context(acme):
        assert not Account.objects.with_email(NINA).exists()
    server.answers(GO_ON)
    eve.submit({"at-page": "2", "city": "Brno"})
    eve.submit({"code": code})
    assert eve.is_signed_in, "the code was mailed once"
