"""The same answer, and the same newcomer, many times at the same moment."""

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from providers.models import IdentityProvider
from tenants.models import Tenant
from tests.browser import Browser
from tests.crowd import at_once
from tests.providers.conftest import go_there
from tests.providers.elsewhere import Elsewhere
from tests.providers.people import NINA, linked_with
from tests.userflows.customer import Customer

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


def twin_of(browser: Browser, tenant: Tenant) -> Browser:
    """Another request of the same browser."""
    twin = Browser(tenant)
    for name, kept in browser.cookies.items():
        twin.cookies[name] = kept.value
    return twin


def test_a23_an_answer_that_comes_six_times_at_once_counts_once(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    elsewhere.person = NINA
    back = elsewhere.sign_in(go_there(customer, provider))
    answers = at_once(6, lambda: twin_of(customer.browser, acme).get(back))

    # Whoever found no place to wait for the provider in is told to wait, with the answer as good as before.
    assert {answer.status_code for answer in answers} <= {303, 503}
    assert [path for path, _, _ in elsewhere.calls].count("token") == 1


def test_one_newcomer_in_two_browsers_at_once_gets_one_account(
    provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    elsewhere.person = NINA
    customers = [Customer(acme) for _ in range(2)]
    for each in customers:
        each.visit(elsewhere.sign_in(go_there(each, provider)))
        assert "Complete your account" in each.text
    paths = iter(customers)

    def submit() -> int:
        each = next(paths)
        return int(each.browser.post(each.path, {"givenName": "Nina", "surname": ""}).status_code)

    assert sorted(at_once(2, submit)) == [303, 409]
    with tenant_context(acme):
        assert Account.objects.with_email("nina@new.example").count() == 1
    assert linked_with(acme) == [("nina@new.example", "nina")]
