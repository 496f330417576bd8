"""A country is chosen from a list, kept as its two letters, and one that was typed of old blocks nobody."""

import re
from collections.abc import Sequence
from importlib import import_module

import pytest
from django.db import connection
from django_tenants.utils import tenant_context

from accounts.models import Account
from audit.services import Actor
from common.problems import Refused
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.userflows.customer import Customer
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import set_page_layout
from userflows.models import FlowAttribute, UserFlow

pytestmark = pytest.mark.django_db
NEW = "nora@acme.example"
CHOSEN = re.compile(r'<option value="([^"]*)" selected>([^<]*)')


def ask_for_country(acme: Tenant, **how: object) -> None:
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        layout = [AttributeLayout("givenName"), AttributeLayout("country", **how)]  # type: ignore[arg-type]
        set_page_layout(flow, layout=layout, actor=Actor.command())


def country_of(acme: Tenant, email: str) -> str:
    with tenant_context(acme):
        return str(Account.objects.with_email(email).get().country)


def at_the_details(acme: Tenant, *, language: str = "") -> Customer:
    customer = Customer(acme)
    if language:
        customer.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    customer.sign_up_to_code(NEW)
    customer.submit({"code": customer.code_from_mail(NEW)})
    return customer


def signed_in(acme: Tenant, carol: Account, *, country: str) -> Customer:
    with tenant_context(acme):
        Account.objects.filter(pk=carol.pk).update(country=country)
    customer = Customer(acme)
    customer.browser.sign_in(carol)
    customer.visit("/profile/")
    return customer


@pytest.mark.parametrize("sent", ["Utopia", "ZZ", "<script>", "DE\x00"])
def test_eve_makes_up_no_country(acme: Tenant, sent: str) -> None:
    ask_for_country(acme)
    customer = at_the_details(acme)
    customer.submit({"password": PASSWORD, "givenName": "Nora", "country": sent})
    assert customer.page.status_code == 400
    assert "Select one of the options." in customer.text
    assert 'value="Nora"' in customer.text


def test_a_new_customer_chooses_in_their_language_and_the_letters_are_kept(acme: Tenant) -> None:
    ask_for_country(acme, is_required=True)
    customer = at_the_details(acme, language="de")
    assert '<option value="NO">Norwegen</option>' in customer.text
    assert 'autocomplete="country"' in customer.text
    customer.submit({"password": PASSWORD, "givenName": "Nora", "country": ""})
    assert "Wählen Sie Ihr Land oder Ihre Region aus." in customer.text
    customer.submit({"password": PASSWORD, "givenName": "Nora", "country": "NO"})
    assert country_of(acme, NEW) == "NO"


def test_a_name_typed_of_old_is_found_in_the_list(acme: Tenant, carol: Account) -> None:
    ask_for_country(acme)
    customer = signed_in(acme, carol, country="Deutschland")
    assert CHOSEN.findall(customer.text) == [("DE", "Germany")]
    customer.submit({"givenName": "Carol", "country": "DE"})
    assert country_of(acme, carol.email) == "DE"


def test_what_was_typed_of_old_and_is_no_country_stays_and_blocks_nothing(acme: Tenant, carol: Account) -> None:
    ask_for_country(acme, is_required=True)
    customer = signed_in(acme, carol, country="The moon")
    assert CHOSEN.findall(customer.text) == [("The moon", "The moon")]
    customer.submit({"givenName": "Caroline", "country": "The moon"})
    with tenant_context(acme):
        kept = Account.objects.get(pk=carol.pk)
    assert (kept.given_name, kept.country) == ("Caroline", "The moon")


THREE = (("Deutschland", "DE"), ("Österreich", "AT"), ("Schweiz", "CH"))


def test_a_few_countries_may_be_offered_alone(acme: Tenant) -> None:
    ask_for_country(acme, input_type="radio", options=THREE)
    customer = at_the_details(acme)
    customer.submit({"password": PASSWORD, "givenName": "Nora", "country": "NO"})
    assert "Select one of the options." in customer.text
    customer.submit({"password": PASSWORD, "givenName": "Nora", "country": "CH"})
    assert country_of(acme, NEW) == "CH"


@pytest.mark.parametrize("options", [[("Germany", "Germany")], [("Here", "DE"), ("Elsewhere", "other")]])
def test_an_option_that_is_no_country_is_refused(acme: Tenant, options: Sequence[tuple[str, str]]) -> None:
    with pytest.raises(Refused, match="isn’t a country"):
        ask_for_country(acme, input_type="radio", options=options)


def test_options_of_old_that_are_no_countries_give_way_to_the_list(acme: Tenant) -> None:
    ask_for_country(acme, input_type="radio", options=THREE)
    with tenant_context(acme):
        options = [{"text": "Germany", "value": "Germany"}, {"text": "Elsewhere", "value": "other"}]
        FlowAttribute.objects.filter(attribute="country").update(options=options)
    customer = at_the_details(acme)
    customer.submit({"password": PASSWORD, "givenName": "Nora", "country": "NO"})
    assert country_of(acme, NEW) == "NO"


def test_a_text_box_of_a_release_before_becomes_the_list(acme: Tenant) -> None:
    ask_for_country(acme)
    with tenant_context(acme):
        FlowAttribute.objects.filter(attribute="country").update(input_type="text")
        with connection.cursor() as cursor:
            cursor.execute(import_module("userflows.migrations.0002_countries").TO_A_LIST)
        kinds = dict(FlowAttribute.objects.values_list("attribute", "input_type"))
    assert (kinds["country"], kinds["givenName"]) == ("countries", "text")
