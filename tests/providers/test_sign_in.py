"""Signing in with an account elsewhere: who is let in, who makes an account, and who proves first that it is theirs."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import create_account, disable_account
from accounts.models import Account, Session
from audit.models import Event
from providers.models import IdentityProvider
from providers.relying_party import fetched
from providers.relying_party.exchange import Identity
from providers.services import create_provider
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.providers.conftest import COMMAND, USUAL, come_back, go_there, offer, press
from tests.providers.elsewhere import ISSUER, SECRET, Elsewhere
from tests.providers.people import CAROL, NINA, change, linked_with
from tests.userflows.customer import Customer, new_code
from userflows.flows.removal import delete_provider_everywhere
from userflows.flows.services import change_user_flow
from userflows.models import UserFlow
from userflows.state import method_of_provider

pytestmark = pytest.mark.django_db


def test_somebody_new_signs_up_without_a_password_and_comes_back_at_one_press(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    elsewhere.person = NINA
    customer.visit("/sign-in/")
    # Chromium would hold it against the redirect that follows the button, and all that follow that one.
    assert "form-action" not in customer.page["Content-Security-Policy"]
    customer.visit(elsewhere.sign_in(press(customer, provider)))
    assert "Complete your account" in customer.text
    assert 'value="Nina"' in customer.text
    assert 'type="password"' not in customer.text

    customer.submit({"givenName": "Nina", "surname": "Novak"})

    assert customer.is_signed_in
    with tenant_context(acme):
        account = Account.objects.with_email("nina@new.example").get()
        assert (account.email_verified, account.has_usable_password(), account.display_name) == (True, False, "")
        event = Event.objects.get(action="customer.signed_in")
        assert (event.method, event.details["provider"]) == (method_of_provider(provider.pk), "Elsewhere")
    assert linked_with(acme) == [("nina@new.example", "nina")]
    again = Customer(acme)
    come_back(again, provider, elsewhere)
    assert again.is_signed_in


def test_a20_who_has_an_account_proves_once_that_it_is_theirs(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    elsewhere.person = CAROL
    come_back(customer, provider, elsewhere)
    assert "You already have an account." in customer.text
    assert not customer.is_signed_in
    assert linked_with(acme) == []

    customer.submit({"password": "not hers"})
    assert linked_with(acme) == []
    customer.submit({"password": PASSWORD})

    assert customer.is_signed_in
    assert linked_with(acme) == [("carol@acme.example", "carol-at-elsewhere")]
    again = Customer(acme)
    # What counts is who she is there; the address may change.
    elsewhere.person = {**CAROL, "email": "other@new.example"}
    come_back(again, provider, elsewhere)
    assert again.is_signed_in


def test_a20_an_address_that_nobody_vouches_for_takes_nothing_over(
    provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    """Whether the address has an account or not, the same page asks for a code from its mailbox."""
    pages = []
    for email in ("carol@acme.example", "nobody@acme.example"):
        eve = Customer(acme)
        elsewhere.person = {"sub": "eve", "email": email, "email_verified": False}
        come_back(eve, provider, elsewhere)
        assert eve.path.rpartition("/code/")[1], eve.path
        pages.append(eve.page.status_code)
        eve.submit({"code": "123456"})
        assert not eve.is_signed_in
    assert pages == [200, 200]
    assert linked_with(acme) == []


@pytest.mark.parametrize("trust", ["none", "domains"])
def test_a20_a_verified_address_counts_where_the_tenant_believes_it(
    trust: str, customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    with tenant_context(acme):
        domains = ("elsewhere.example",) if trust == "domains" else ()
        change(provider, trust=trust, trusted_domains=domains)
    elsewhere.person = NINA
    come_back(customer, provider, elsewhere)
    assert "/code/" in customer.path

    customer.submit({"code": new_code(acme, "nina@new.example")})
    assert "Complete your account" in customer.text
    customer.submit({"givenName": "Nina", "surname": ""})

    assert customer.is_signed_in
    assert linked_with(acme) == [("nina@new.example", "nina")]


def test_a20_a_squatter_keeps_nothing(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    """Somebody set an account up with Nina's address before, and never showed to read its mail."""
    with tenant_context(acme):
        account = create_account(
            email="nina@new.example", password="the squatter's own", email_verified=False, actor=COMMAND
        )
    squatter = Customer(acme)
    squatter.sign_in("nina@new.example", "the squatter's own")
    assert squatter.is_signed_in
    elsewhere.person = NINA
    come_back(customer, provider, elsewhere)
    assert "/code/" in customer.path, "a password that the squatter knows proves nothing"
    assert "Use your password instead" not in customer.text

    customer.submit({"code": new_code(acme, "nina@new.example")})

    assert customer.is_signed_in
    assert not squatter.is_signed_in
    with tenant_context(acme):
        account.refresh_from_db()
        assert not account.has_usable_password()
        assert Session.objects.of_account(account.pk).count() == 1
    assert linked_with(acme) == [("nina@new.example", "nina")]


def test_who_is_not_told_an_address_is_asked_for_it(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    elsewhere.person = {"sub": "nina"}
    come_back(customer, provider, elsewhere)
    assert (
        "didn&#x27;t tell us your email address" in customer.text
        or "didn't tell us your email address" in customer.text
    )

    customer.submit({"email": "nina@new.example"})
    customer.submit({"code": new_code(acme, "nina@new.example")})
    customer.submit({"givenName": "Nina", "surname": ""})

    assert linked_with(acme) == [("nina@new.example", "nina")]


def test_what_userinfo_tells_fills_in_what_the_token_lacks(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere
) -> None:
    elsewhere.person, elsewhere.told_by_userinfo = {"sub": "nina"}, {**NINA, "given_name": "N."}
    come_back(customer, provider, elsewhere)

    assert 'value="N."' in customer.text
    assert elsewhere.calls[-1][0::2] == ("userinfo", {"Authorization": "Bearer an-access-token"})


def test_parts_of_an_address_fill_attributes(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    """By the token and by userinfo; a claim whose own name has dots goes before a part."""
    street, city = "https://elsewhere.example/claims/street", "address.locality"
    with tenant_context(acme):
        change(provider, claims={"givenName": "given_name", "streetAddress": street, "city": city, "state": "a.b"})
    elsewhere.person = {**NINA, street: "Main St 1", "a.b": "Berlin", "a": {"b": "Eve"}}
    elsewhere.told_by_userinfo = {"address": {"locality": "Köln", "formatted": "Main St 1\nKöln"}}
    come_back(customer, provider, elsewhere)
    customer.submit({"givenName": "Nina", "surname": "Novak"})

    with tenant_context(acme):
        account = Account.objects.with_email("nina@new.example").get()
    assert (account.street_address, account.city, account.state) == ("Main St 1", "Köln", "Berlin")


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"address": "Köln"},
        {"address": ["Köln"]},
        {"address": None},
        {"address": {"locality": {"locality": "Köln"}}},
        {"address": {"locality": ["Köln"]}},
        {"address": {"locality": "K\0ln"}},
        {"address": {"locality": "K" * 1025}},
        {"address.": {"locality": "Köln"}},
        {"address": {"locality.": "Köln"}},
        json.loads('{"address":' * 900 + '{"locality": "Köln"}' + "}" * 900),
    ],
)
def test_eve_at_a_provider_fills_an_attribute_with_texts_alone(told: dict[str, Any]) -> None:
    provider = IdentityProvider(claims={"city": "address.locality", "state": "address", "displayName": "." * 200})
    filled = Identity(ISSUER, "eve", told).attributes(provider)
    assert filled in ({}, {"state": "Köln"})


def test_a_flow_may_have_providers_alone(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    with tenant_context(acme):
        offer(provider, method_of_provider(provider.pk))
    customer.visit("/sign-in/")
    assert "Continue with" in customer.text
    assert 'type="email"' not in customer.text
    elsewhere.person = CAROL
    customer.visit(elsewhere.sign_in(press(customer, provider)))
    # Carol has an account from before; there is no password here, but her mailbox.
    customer.submit({"code": new_code(acme, "carol@acme.example")})

    assert customer.is_signed_in
    assert linked_with(acme) == [("carol@acme.example", "carol-at-elsewhere")]


def test_where_there_are_providers_alone_one_signs_up_by_them(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    with tenant_context(acme):
        offer(provider, method_of_provider(provider.pk))
    begun = customer.browser.get("/sign-up/")
    # Nobody is asked for an address here, so nobody is led to the page of one, and from there to itself for ever.
    assert begun["Location"].endswith("/provider/")
    customer.visit(begun["Location"])
    assert "Continue with" in customer.text
    elsewhere.person = NINA
    customer.visit(elsewhere.sign_in(press(customer, provider)))
    customer.submit({"givenName": "Nina", "surname": ""})

    assert linked_with(acme) == [("nina@new.example", "nina")]


def test_where_nobody_may_sign_up_nobody_new_comes_in(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    with tenant_context(acme):
        change_user_flow(UserFlow.objects.get(is_default=True), allows_sign_up=False, actor=COMMAND)
    elsewhere.person = NINA
    come_back(customer, provider, elsewhere)

    assert customer.page.status_code == 403
    with tenant_context(acme):
        assert not Account.objects.with_email("nina@new.example").exists()


def test_a31_a_blocked_customer_stays_out(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    elsewhere.person = CAROL
    come_back(customer, provider, elsewhere)
    customer.submit({"password": PASSWORD})
    with tenant_context(acme):
        disable_account(Account.objects.with_email("carol@acme.example").get(), actor=COMMAND)
    again = Customer(acme)
    come_back(again, provider, elsewhere)

    assert not again.is_signed_in
    assert "You can&#x27;t sign in with this account." in again.text
    with tenant_context(acme):
        assert Event.objects.filter(reason="account_disabled", details__provider="Elsewhere").exists()


def test_a_provider_that_is_off_is_offered_nowhere(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    there = go_there(customer, provider)
    with tenant_context(acme):
        change(provider, is_on=False)
    elsewhere.person = NINA
    customer.visit(elsewhere.sign_in(there))

    assert "Complete your account" not in customer.text
    assert "Continue with" not in customer.visit("/sign-in/").content.decode()
    assert [path for path, _, _ in elsewhere.calls if path == "token"] == []


@pytest.mark.parametrize("is_deleted", [False, True])
def test_a_provider_that_is_gone_lets_nobody_in_who_is_on_the_way(
    is_deleted: bool, customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    elsewhere.person = NINA
    come_back(customer, provider, elsewhere)
    assert "Complete your account" in customer.text
    with tenant_context(acme):
        other = create_provider(replace(USUAL, name="Other"), secret=SECRET, actor=COMMAND)
        offer(other, "password", method_of_provider(provider.pk), method_of_provider(other.pk))
        if is_deleted:
            delete_provider_everywhere(provider, actor=COMMAND)
        else:
            change(provider, is_on=False)
    customer.submit({"givenName": "Nina", "surname": ""})

    assert customer.page.status_code == 410
    assert not customer.is_signed_in
    with tenant_context(acme):
        assert not Account.objects.with_email("nina@new.example").exists()


def test_the_request_names_who_it_is_for_and_asks_anew_whom_it_knows(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere
) -> None:
    customer.visit("/sign-in/")
    customer.submit({"email": "carol@acme.example"})
    elsewhere.sign_in(press(customer, provider))
    assert elsewhere.asked["login_hint"] == "carol@acme.example"
    assert elsewhere.asked["ui_locales"] == "en"
    assert elsewhere.asked["code_challenge_method"] == "S256"
    assert "prompt" not in elsewhere.asked

    elsewhere.person = CAROL
    customer.visit(elsewhere.sign_in(press(customer, provider)))
    customer.submit({"password": PASSWORD})
    customer.visit("/sign-in/again/?next=/profile/")
    elsewhere.sign_in(press(customer, provider))

    assert elsewhere.asked["prompt"] == "login"
    assert elsewhere.asked["login_hint"] == "carol@acme.example"


def test_who_shall_be_somebody_else_there_is_asked_who(
    customer: Customer, provider: IdentityProvider, elsewhere: Elsewhere, acme: Tenant
) -> None:
    """A provider that knows who sits there would send the same person back, again and again."""
    elsewhere.person = {**CAROL, "email_verified": False}
    customer.visit("/sign-in/")
    customer.visit(elsewhere.sign_in(press(customer, provider), code=None, error="access_denied"))
    assert "prompt" not in elsewhere.asked
    elsewhere.sign_in(press(customer, provider))
    assert elsewhere.asked["prompt"] == "select_account", "it let nobody in the first time"

    customer.sign_in("carol@acme.example")
    customer.visit("/sign-in/")
    if "/go/" in customer.path:
        elsewhere.sign_in(press(customer, provider))
        assert elsewhere.asked["prompt"] == "select_account"
    there = customer.browser.post("/profile/providers/connect/", {"provider": provider.pk})
    elsewhere.sign_in(there["Location"])
    assert elsewhere.asked["prompt"] == "select_account", "which account is to be connected, its owner says"
    assert "login_hint" not in elsewhere.asked
    elsewhere.metadata = {"prompt_values_supported": ["none", "login"]}
    fetched.forget_documents()
    elsewhere.sign_in(customer.browser.post("/profile/providers/connect/", {"provider": provider.pk})["Location"])
    assert "prompt" not in elsewhere.asked, "it says that it knows no such word"
