"""What is asked of whoever lacks it when they sign in: at once or after so many sign-ins; seldom, where it may wait."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import Account, Activity
from audit.services import Actor
from tenants.models import Tenant
from tests.userflows.customer import PASSWORD, Customer
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import set_page_layout
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
COMMAND = Actor.command()


def ask(acme: Tenant, *rows: AttributeLayout) -> None:
    with tenant_context(acme):
        define_custom_attribute(name="size", data_type="Int", actor=COMMAND)
        define_custom_attribute(name="news", data_type="Boolean", actor=COMMAND)
        set_page_layout(UserFlow.objects.get(is_default=True), layout=rows, actor=COMMAND)


def signed_in(acme: Tenant, carol: Account) -> Customer:
    customer = Customer(acme)
    customer.sign_in(carol.email)
    return customer


def carols(acme: Tenant) -> Account:
    with tenant_context(acme):
        return Account.objects.with_email("carol@acme.example").get()


def test_eve_signs_in_without_no_answer_that_is_required(acme: Tenant, carol: Account) -> None:
    ask(acme, AttributeLayout("size", is_required=True, asked="missing"))
    customer = signed_in(acme, carol)
    assert "<h1>Complete your profile</h1>" in customer.text
    assert "Not now" not in customer.text
    for sent in ({}, {"not-now": "1"}, {"size": ""}, {"size": "many"}, {"givenName": "Eve"}):
        assert customer.submit(sent).status_code == 400
        assert not customer.is_signed_in
    customer.submit({"size": "42", "givenName": "Eve"})
    assert customer.is_signed_in
    assert (carols(acme).attribute("size"), carols(acme).given_name) == (42, "Carol")
    assert signed_in(acme, carol).is_signed_in


def test_what_may_wait_is_asked_once_in_thirty_days(acme: Tenant, carol: Account) -> None:
    ask(acme, AttributeLayout("city", asked="missing"), AttributeLayout("news", asked="missing"))
    customer = signed_in(acme, carol)
    assert 'name="city"' in customer.text
    customer.submit({"not-now": "1"})
    assert customer.is_signed_in
    assert signed_in(acme, carol).is_signed_in
    with tenant_context(acme):
        Account.objects.update(asked_at=timezone.now() - timedelta(days=31))
    later = signed_in(acme, carol)
    later.submit({"city": "Oslo"})
    assert later.is_signed_in
    assert (carols(acme).city, carols(acme).attribute("news")) == ("Oslo", False)
    with tenant_context(acme):
        Account.objects.update(asked_at=None)
    assert signed_in(acme, carol).is_signed_in, "nothing is missing"


def test_a_later_question_waits_for_its_sign_in_and_is_none_at_sign_up(acme: Tenant, carol: Account) -> None:
    ask(acme, AttributeLayout("city", asked="later", after_sign_ins=3))
    new = Customer(acme)
    new.sign_up_to_code("nora@acme.example")
    new.submit({"code": new.code_from_mail("nora@acme.example")})
    assert 'name="city"' not in new.text
    new.submit({"password": PASSWORD})
    assert new.is_signed_in
    with tenant_context(acme):
        activity = Activity.objects.create(account=carol, last_sign_in_at=timezone.now(), sign_ins=2)
    assert signed_in(acme, carol).is_signed_in
    with tenant_context(acme):
        Activity.objects.filter(pk=activity.pk).update(sign_ins=3)
    assert 'name="city"' in signed_in(acme, carol).text


def test_whoever_had_their_account_made_agrees_at_their_first_sign_in_and_is_not_asked_for_more(
    acme: Tenant, carol: Account
) -> None:
    """An administrator or an import has made it, with a password and an address that counts as verified."""
    ask(
        acme,
        AttributeLayout("city", is_required=True),
        AttributeLayout("size", asked="missing"),
        AttributeLayout("news", label="I agree", is_required=True),
    )
    customer = signed_in(acme, carol)
    assert "I agree</bdi></span>" in customer.text
    assert 'name="city"' not in customer.text
    assert customer.submit({"size": "42"}).status_code == 400
    customer.submit({"size": "42", "news": "on"})
    assert customer.is_signed_in
    assert set(carols(acme).agreed_at) == {"news"}


def test_what_is_to_be_agreed_to_since_somebody_has_come_stops_nobody(acme: Tenant, carol: Account) -> None:
    ask(acme, AttributeLayout("news", label="I agree", is_required=True))
    with tenant_context(acme):
        Activity.objects.create(account=carol, last_sign_in_at=timezone.now(), sign_ins=1)
    assert signed_in(acme, carol).is_signed_in


def test_whoever_has_just_come_confirms_it_is_them_without_agreeing_to_what_is_new(
    acme: Tenant, carol: Account
) -> None:
    """Before it is counted that she has come, and long before nobody's sign-ins were counted."""
    customer = signed_in(acme, carol)
    ask(acme, AttributeLayout("news", label="I agree", is_required=True))
    customer.visit("/sign-in/again/")
    customer.submit({"password": PASSWORD})
    assert customer.path == "/t/acme/profile/"


def test_what_was_typed_stays_when_the_language_is_changed(acme: Tenant, carol: Account) -> None:
    ask(acme, AttributeLayout("city", asked="missing"))
    customer = signed_in(acme, carol)
    sent = {"in-language": "de", "city": "Oslo"}
    answer = customer.browser.post(f"/language/?next={customer.path}", sent)
    customer.visit(answer["Location"])
    assert "Vervollständigen Sie Ihr Profil" in customer.text
    assert 'value="Oslo"' in customer.text
