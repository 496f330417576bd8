"""What a second factor costs those who aren't asked for one: nothing. A number that rises is a question to answer."""

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account, AuthenticatorApp
from applications.models import Application
from applications.services.application import change_application
from audit.services import Actor
from common.database.caches import forget_everything
from sms.senders.description import TextDescription
from sms.services import choose_sender
from tenants.models import Tenant
from tests.browser import Browser
from tests.configured import PROVIDERS, THEMES_HINT, configure_everything
from tests.oidc.relying_party import RelyingParty, answer_in
from tests.statements import WHOLE_SIGN_IN, statements
from tests.userflows.customer import PASSWORD, Customer
from tests.userflows.factors.authenticator import Authenticator, shows, with_passkey
from tests.userflows.factors.phone import Phone
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import change_user_flow, set_page_layout
from userflows.models import UserFlow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nobody_came_before")]


def _signs_in(shop: RelyingParty, email: str) -> None:
    customer = Customer(shop.browser.tenant, shop.browser)
    customer.follow(shop.authorize())
    customer.submit({"email": email})
    ended = customer.browser.post(customer.path, {"password": PASSWORD})
    assert "code" in answer_in(shop.browser.get(ended["Location"]))


@pytest.fixture
def shop(acme: Tenant, bookshop: Application, bookshop_secret: str) -> RelyingParty:
    return RelyingParty(Browser(acme), bookshop, bookshop_secret)


def test_a_plain_sign_in_costs_what_it_did(shop: RelyingParty, carol: Account) -> None:
    _signs_in(shop, carol.email)
    shop.browser.post("/sign-out/")
    with statements(WHOLE_SIGN_IN):
        _signs_in(shop, carol.email)


def test_all_that_is_configured_and_asks_for_nothing_costs_no_statement_more(
    acme: Tenant, shop: RelyingParty, carol: Account, phone: Phone
) -> None:
    """Second factors in a browser that is remembered, three providers on the page, hooks of other applications, a theme
    that was published three times, and changed words.
    """
    configure_everything(acme)
    customer = Customer(acme, shop.browser)
    customer.follow(shop.authorize())
    assert all(said in customer.text for said in (*PROVIDERS, THEMES_HINT, "· Continue"))
    customer.sign_in(carol.email)
    customer.submit({"code": phone.next_code(), "remember": "on"})
    shop.browser.post("/sign-out/")
    _signs_in(shop, carol.email)
    shop.browser.post("/sign-out/")
    with statements(WHOLE_SIGN_IN):
        _signs_in(shop, carol.email)
    # Nor where the application never asks, whatever its flow says, in a browser that nobody knows.
    with tenant_context(acme):
        AuthenticatorApp.objects.all().delete()
        Account.objects.update(has_app=False)
        change_application(shop.application, second_factor="never", actor=Actor.command())
    elsewhere = RelyingParty(Browser(acme), shop.application, shop.secret)
    _signs_in(elsewhere, carol.email)
    elsewhere.browser.post("/sign-out/")
    with statements(WHOLE_SIGN_IN):
        _signs_in(elsewhere, carol.email)


def test_what_could_be_asked_at_a_sign_in_and_is_not_costs_none(
    acme: Tenant, shop: RelyingParty, carol: Account
) -> None:
    """Neither terms that she has accepted, nor a question that she has answered, nor one that waits for later."""
    with tenant_context(acme):
        layout = [
            AttributeLayout("givenName", is_required=True, asked="missing"),
            AttributeLayout("city", asked="later", after_sign_ins=50),
        ]
        flow = UserFlow.objects.get(is_default=True)
        set_page_layout(flow, layout=layout, actor=Actor.command())
        change_user_flow(flow, terms_version="1", actor=Actor.command())
        Account.objects.filter(pk=carol.pk).update(accepted_terms={"1": "2026-01-01T00:00:00+00:00"})
        forget_everything()
    _signs_in(shop, carol.email)
    shop.browser.post("/sign-out/")
    with statements(WHOLE_SIGN_IN):
        _signs_in(shop, carol.email)


def test_a_flow_with_passkeys_costs_a_password_no_statement_more(
    acme: Tenant, shop: RelyingParty, carol: Account
) -> None:
    with tenant_context(acme):
        UserFlow.objects.update(methods=["password", "passkey"], factors=["app", "passkey"])
        forget_everything()
    with_passkey(acme, carol, Authenticator())
    _signs_in(shop, carol.email)
    shop.browser.post("/sign-out/")
    with statements(WHOLE_SIGN_IN):
        _signs_in(shop, carol.email)


def test_a_passkey_costs_one_more_than_a_password(acme: Tenant, shop: RelyingParty, carol: Account) -> None:
    """It asks for a key and for the journey once more, and has no address to write."""
    with tenant_context(acme):
        UserFlow.objects.update(methods=["passkey"])
        forget_everything()
    laptop = Authenticator()
    with_passkey(acme, carol, laptop)

    def signs_in() -> None:
        customer = Customer(acme, shop.browser)
        customer.follow(shop.authorize())
        shows(customer, laptop, to="passkey")

    signs_in()
    shop.browser.post("/sign-out/")
    with statements(WHOLE_SIGN_IN + 1):
        signs_in()


def test_links_and_text_messages_on_offer_cost_no_statement_more(
    acme: Tenant, shop: RelyingParty, carol: Account
) -> None:
    with tenant_context(acme):
        choose_sender(TextDescription(sender="outbox", countries=("DE",)), actor=Actor.command())
        UserFlow.objects.update(methods=["password", "code", "link", "sms"], factors=["app", "mail", "sms"])
        forget_everything()
    _signs_in(shop, carol.email)
    shop.browser.post("/sign-out/")
    with statements(WHOLE_SIGN_IN):
        _signs_in(shop, carol.email)
