"""Providers and second factors together: what was shown elsewhere is one factor, and a code by mail may be another."""

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from audit.models import Event
from providers.models import IdentityProvider
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.providers.conftest import COMMAND, come_back, offer
from tests.providers.elsewhere import Elsewhere
from tests.providers.people import CAROL, NINA, linked_with
from tests.userflows.customer import Customer, new_code
from userflows.flows.services import change_user_flow
from userflows.models import UserFlow
from userflows.state import method_of_provider

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_mail_alone(acme: Tenant, provider: IdentityProvider) -> None:
    """Acme's flow asks everybody at each sign-in, and has nothing but mail for it."""
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        change_user_flow(flow, second_factor="always", factors=("mail",), actor=COMMAND)


def test_somebody_new_shows_to_read_their_mail_and_has_an_account(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    elsewhere.person = NINA
    come_back(customer, provider, elsewhere)
    customer.submit({"givenName": "Nina", "surname": "Novak"})
    assert "<h1>Confirm it's you by email</h1>" in customer.text
    assert not customer.is_signed_in

    customer.submit({"code": new_code(acme, "nina@new.example")})

    assert customer.is_signed_in
    assert linked_with(acme) == [("nina@new.example", "nina")]


def test_so_does_who_is_asked_for_no_attributes(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        change_user_flow(flow, attributes=(), actor=COMMAND)
        offer(provider, method_of_provider(provider.pk))
    elsewhere.person = NINA
    come_back(customer, provider, elsewhere)
    assert not customer.is_signed_in

    customer.submit({"code": new_code(acme, "nina@new.example")})

    assert customer.is_signed_in
    with tenant_context(acme):
        assert Account.objects.with_email("nina@new.example").get().email_verified


def test_a20_who_comes_with_an_address_that_nobody_vouches_for_shows_both_its_password_and_its_mail(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    elsewhere.person = {**CAROL, "email_verified": False}
    come_back(customer, provider, elsewhere)
    assert customer.page.status_code == 200, customer.path
    customer.submit({"password": PASSWORD})
    assert not customer.is_signed_in
    assert linked_with(acme) == []

    customer.submit({"code": new_code(acme, "carol@acme.example")})

    assert customer.is_signed_in
    assert linked_with(acme) == [("carol@acme.example", "carol-at-elsewhere")]


def test_who_leaves_before_the_code_comes_back_by_the_provider(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    with tenant_context(acme):
        offer(provider, method_of_provider(provider.pk))
    elsewhere.person = NINA
    come_back(customer, provider, elsewhere)
    customer.submit({"givenName": "Nina", "surname": "Novak"})
    assert not customer.is_signed_in

    again = Customer(acme)
    come_back(again, provider, elsewhere)
    assert not again.is_signed_in
    again.submit({"code": new_code(acme, "nina@new.example")})

    assert again.is_signed_in


@pytest.mark.parametrize("factors", [("mail",), ("app", "mail")])
def test_somebody_new_whose_address_nobody_vouches_for_has_shown_two_factors_by_the_code(
    factors: tuple[str, ...], customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    with tenant_context(acme):
        offer(provider, method_of_provider(provider.pk))
        change_user_flow(UserFlow.objects.get(is_default=True), factors=factors, actor=COMMAND)
    elsewhere.person = {**NINA, "email_verified": False}
    come_back(customer, provider, elsewhere)
    customer.submit({"code": new_code(acme, "nina@new.example")})
    customer.submit({"givenName": "Nina", "surname": "Novak"})

    assert customer.is_signed_in
    assert linked_with(acme) == [("nina@new.example", "nina")]


def test_a20_a_mailbox_alone_opens_no_account_there_is(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    """Eve reads Carol's mail, and has a provider say Carol's address."""
    with tenant_context(acme):
        offer(provider, method_of_provider(provider.pk))
    elsewhere.person = {"sub": "eve", "email": "carol@acme.example", "email_verified": False}
    come_back(customer, provider, elsewhere)
    customer.submit({"code": new_code(acme, "carol@acme.example")})

    assert not customer.is_signed_in
    assert linked_with(acme) == []


def test_a_mailbox_is_no_second_factor_to_itself_and_the_page_says_so(
    provider: IdentityProvider, acme: Tenant, elsewhere: Elsewhere, customer: Customer
) -> None:
    """Carol's account isn't linked, providers are the only way in, and a code by mail the only second factor."""
    with tenant_context(acme):
        offer(provider, method_of_provider(provider.pk))
    elsewhere.person = CAROL
    come_back(customer, provider, elsewhere)
    customer.submit(to="send")
    customer.submit({"code": new_code(acme, "carol@acme.example")}, to="code")
    assert "<h1>You can't sign in this way</h1>" in customer.text
    assert not customer.is_signed_in
    with tenant_context(acme):
        assert Event.objects.failures().newest_first()[0].reason == "second_factor_missing"
