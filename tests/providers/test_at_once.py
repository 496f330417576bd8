"""The same answer, and the same newcomer, many times at the same moment."""

from collections.abc import Iterator
from functools import partial

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from providers.models import IdentityProvider, LinkedIdentity
from tenants.models import Tenant
from tests.browser import Browser
from tests.crowd import at_once
from tests.providers.conftest import come_back, go_there, offer
from tests.providers.elsewhere import Elsewhere
from tests.providers.people import NINA, linked_with
from tests.userflows.customer import Customer
from userflows.state import method_of_provider

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def some_rounds(rounds: int) -> int:
    """A tenth of them: each has pages to go through."""
    return max(1, rounds // 10)


def twin_of(browser: Browser, tenant: Tenant) -> Browser:
    """Another request of the same browser."""
    twin = Browser(tenant)
    for name, kept in browser.cookies.items():
        twin.cookies[name] = kept.value
    return twin


def test_a23_an_answer_that_comes_six_times_at_once_counts_once(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant, some_rounds: int
) -> None:
    elsewhere.person = NINA
    for number in range(1, some_rounds + 1):
        back = elsewhere.sign_in(go_there(customer, provider))
        answers = at_once(6, lambda: twin_of(customer.browser, acme).get(back))  # noqa: B023 - done before the next

        # Whoever found no place to wait for the provider in is told to wait, with the answer as good as before.
        assert {answer.status_code for answer in answers} <= {303, 503}
        assert [path for path, _, _ in elsewhere.calls].count("token") == number


def test_one_newcomer_in_two_browsers_at_once_gets_one_account(
    provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant, some_rounds: int
) -> None:
    newcomers = [(f"nina{number}@new.example", f"nina{number}") for number in range(some_rounds)]
    for email, subject in newcomers:
        elsewhere.person = {**NINA, "sub": subject, "email": email}
        customers = [Customer(acme) for _ in range(2)]
        for each in customers:
            each.visit(elsewhere.sign_in(go_there(each, provider)))
            assert "Complete your account" in each.text

        assert sorted(at_once(2, partial(submit, iter(customers)))) == [303, 409]
        with tenant_context(acme):
            assert Account.objects.with_email(email).count() == 1
    assert linked_with(acme) == newcomers


def submit(customers: Iterator[Customer]) -> int:
    """The next of them makes the account."""
    each = next(customers)
    return int(each.browser.post(each.path, {"givenName": "Nina", "surname": ""}).status_code)


def test_of_the_last_two_ways_in_that_go_at_once_one_stays(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    with tenant_context(acme):
        other = IdentityProvider.objects.create(kind="oidc", name="Other", issuer="https://other.example")
        offer(provider, method_of_provider(provider.pk), method_of_provider(other.pk))
    elsewhere.person = NINA
    come_back(customer, provider, elsewhere)
    customer.submit({"givenName": "Nina", "surname": ""})
    with tenant_context(acme):
        nina = Account.objects.with_email("nina@new.example").get()
        LinkedIdentity.objects.create(provider=other, issuer=other.issuer, subject="nina", account=nina)
        doors = iter([f"/profile/providers/{each.pk}/remove/" for each in LinkedIdentity.objects.of_account(nina.pk)])

    answers = at_once(2, lambda: twin_of(customer.browser, acme).post(next(doors)))

    assert sorted(answer.status_code for answer in answers) == [303, 409]
    assert len(linked_with(acme)) == 1
