"""Addresses as they are typed on the first page of a journey."""

import pytest
from django_tenants.utils import tenant_context

from accounts.models import Account
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.userflows.customer import Customer

pytestmark = pytest.mark.django_db


def asked(acme: Tenant, typed: str) -> Customer:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    customer.submit({"email": typed})
    return customer


def test_a_slip_in_a_well_known_domain_is_asked_about_and_what_was_meant_is_one_press_away(acme: Tenant) -> None:
    customer = asked(acme, "carol@gmial.com")
    assert "Did you mean" in customer.text
    assert 'value="carol@gmail.com"' in customer.text

    customer.submit({"email": "carol@gmail.com"})
    assert "Enter your password" in customer.text
    assert "carol@gmail.com" in customer.text


def test_whoever_insists_on_an_address_is_asked_once(acme: Tenant) -> None:
    customer = asked(acme, "carol@gmial.com")
    customer.submit({"email": "carol@gmial.com", "insists": "carol@gmial.com"})
    assert "Enter your password" in customer.text


def test_insisting_on_one_address_is_no_word_for_another(acme: Tenant) -> None:
    customer = asked(acme, "carol@gmial.com")
    customer.submit({"email": "carol@hotmal.com", "insists": "carol@gmial.com"})
    assert 'value="carol@hotmail.com"' in customer.text


def test_the_question_tells_nothing_about_who_has_an_account(acme: Tenant, carol: Account) -> None:
    assert "Did you mean" not in asked(acme, carol.email).text
    assert "Did you mean" not in asked(acme, "nobody@acme.example").text


def test_an_address_from_a_japanese_keyboard_signs_in(acme: Tenant, carol: Account) -> None:
    customer = asked(acme, carol.email.replace("@", "＠").replace(".", "．"))
    customer.submit({"password": PASSWORD})
    assert customer.is_signed_in


@pytest.mark.parametrize("sent", ["carol@münchen.example", "carol@xn--mnchen-3ya.example"])
def test_an_address_is_shown_as_it_was_typed_though_browsers_send_its_domain_in_ascii(acme: Tenant, sent: str) -> None:
    customer = asked(acme, sent)
    assert "carol@münchen.example" in customer.text
    assert "xn--" not in customer.text


def test_both_spellings_of_a_domain_are_one_account(acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        assert not Account.objects.with_email("carol@fass.example").exists()
        Account.objects.filter(pk=carol.pk).update(
            email="carol@faß.example", canonical_email="carol@xn--fa-hia.example"
        )
    for spelling in ("carol@faß.example", "carol@xn--fa-hia.example", "CAROL@FAß.example"):
        customer = asked(acme, spelling)
        customer.submit({"password": PASSWORD})
        assert customer.is_signed_in
    stranger = asked(acme, "carol@fass.example")
    stranger.submit({"password": PASSWORD})
    assert not stranger.is_signed_in
