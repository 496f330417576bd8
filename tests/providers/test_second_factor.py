"""Providers and second factors together: what was shown elsewhere is one factor, and a code by mail may be another."""

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from applications.services.application import change_application
from audit.models import Event
from providers.models import IdentityProvider, LinkedIdentity
from tenants.models import Tenant
from tests.cast import PASSWORD, grow_old
from tests.oidc.relying_party import RelyingParty
from tests.providers.conftest import COMMAND, come_back, offer, press
from tests.providers.elsewhere import Elsewhere
from tests.providers.people import CAROL, NINA, linked_with
from tests.userflows.customer import Customer, new_code
from tests.userflows.factors.phone import Clock, Phone, with_phone
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


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("accounts.factors.services.now", clock)
    return clock


def _comes_linked(customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, carol: Account) -> None:
    """Carol, whose account is linked, has signed in elsewhere and comes back to the page where she was."""
    with tenant_context(customer.tenant):
        LinkedIdentity.objects.create(
            account=carol, issuer=provider.issuer, subject=str(CAROL["sub"]), provider=provider
        )
    elsewhere.person = CAROL
    customer.visit(elsewhere.sign_in(press(customer, provider)))


def _method_noted(acme: Tenant) -> str:
    with tenant_context(acme):
        return Event.objects.filter(action="customer.signed_in").newest_first()[0].method


def test_a_provider_and_a_recovery_code_let_in_and_both_are_noted(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant, carol: Account, clock: Clock
) -> None:
    phone = with_phone(acme, carol, clock)
    customer.visit("/sign-in/")
    _comes_linked(customer, provider, elsewhere, carol)

    customer.submit({"code": phone.recovery_codes[0]}, to="recovery-code")

    assert customer.is_signed_in
    assert _method_noted(acme) == f"provider:{provider.pk}+recovery-code"


def test_so_do_a_provider_a_code_by_mail_and_the_app_that_an_application_asks_for(
    customer: Customer,
    provider: IdentityProvider,
    elsewhere: Elsewhere,
    acme: Tenant,
    carol: Account,
    clock: Clock,
    bookshop: Application,
    bookshop_secret: str,
) -> None:
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), factors=("app", "mail"), actor=COMMAND)
        change_application(bookshop, second_factor="always", factors=("app",), actor=COMMAND)
    customer.follow(RelyingParty(customer.browser, bookshop, bookshop_secret).authorize())
    _comes_linked(customer, provider, elsewhere, carol)
    phone = Phone(clock)
    customer.submit({"code": new_code(acme, carol.email)})
    phone.scan(customer.text)
    customer.submit({"code": phone.code})
    customer.browser.post(customer.path)

    assert _method_noted(acme) == f"provider:{provider.pk}+second-mail+app-code"


def test_who_comes_back_as_somebody_unknown_to_confirm_it_is_they_is_mailed_no_code_that_opens_nothing(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    """Without a password the way on is a new one."""
    elsewhere.person = NINA
    come_back(customer, provider, elsewhere)
    customer.submit({"givenName": "Nina", "surname": "Novak"})
    customer.submit({"code": new_code(acme, "nina@new.example")})
    with tenant_context(acme):
        nina = Account.objects.with_email("nina@new.example").get()
    grow_old(nina, home=acme, seconds=301)
    customer.visit("/profile/email/")
    assert "Choose a new password" in customer.text

    elsewhere.person = {**NINA, "sub": "another"}
    customer.visit(elsewhere.sign_in(press(customer, provider)))

    assert customer.path.endswith("/password/")
    assert "Forgot password?" in customer.text
