"""Where the address is verified last, a hook says nothing about one that nobody has proved yet."""

from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from audit.services import Actor
from hooks.policies import START
from tenants.models import Tenant
from tests.hooks.conftest import AddHook
from tests.hooks.receiver import Answered, Receiver, action
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
