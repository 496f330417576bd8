"""Ada decides what customers' passwords have to be like; they read what is wrong with theirs, and how strong it is."""

from collections.abc import Callable

import pytest
from django_tenants.utils import tenant_context
from playwright.sync_api import Page

from accounts.credentials.guessable import strength_of
from accounts.credentials.rules import PasswordRules, describe
from accounts.credentials.services.rules import change_password_rules
from accounts.models import Account
from audit.services import Actor
from tenants.models import Tenant
from tests.browser import Browser
from tests.screens import PHONE, check_down_to_narrowest
from tests.userflows.customer import Customer, new_code

PAGE = "/tenants/acme/settings/passwords/"
CHOSEN = {
    "min_length": "12",
    "refuses_common": "on",
    "refuses_patterns": "on",
    "refuses_names": "on",
    "blocked_words": "Bookshop\n reading club, bookshop",
    "history": "5",
    "character_kinds": "0",
}


def at_details(acme: Tenant) -> Customer:
    """Somebody new who is about to choose a password."""
    customer = Customer(acme)
    customer.sign_up_to_code("nora@acme.example")
    customer.submit({"code": new_code(acme, "nora@acme.example")})
    return customer


@pytest.mark.django_db
def test_what_is_chosen_counts_at_once_and_what_was_typed_stays(ada_portal: Browser, acme: Tenant) -> None:
    wrong = ada_portal.post(PAGE, {**CHOSEN, "blocked_words": "abc", "history": "99"})
    assert set(wrong.context["form"].errors) == {"history"}
    wrong = ada_portal.post(PAGE, {**CHOSEN, "blocked_words": "abc"})
    assert wrong.context["form"].errors == {"blocked_words": ["A word has 4 to 64 characters: “abc” doesn’t."]}
    assert "abc</textarea>" in wrong.content.decode()
    assert "Saved." in ada_portal.post(PAGE, CHOSEN, follow=True).content.decode()
    with tenant_context(acme):
        assert describe() == PasswordRules(min_length=12, blocked_words=("bookshop", "reading club"), history=5)
    customer = at_details(acme)
    assert "At least 12 characters." in customer.text
    assert 'minlength="12"' in customer.text
    customer.submit({"givenName": "Nora", "password": "B00kshop!"})
    for said in ("Use at least 12 characters.", "Don&#x27;t base your password on “bookshop”.", "Weak password"):
        assert said in customer.text
    assert 'value="Nora"' in customer.text
    customer.submit({"givenName": "Norabelle", "password": "Norabelle 1990"})
    assert "on “norabelle”" in customer.text
    customer.submit({"givenName": "Norabelle", "password": "seven purple kites"})
    assert customer.is_signed_in


@pytest.mark.django_db
def test_without_scripts_the_page_says_how_strong_a_password_is_while_something_else_is_wrong(acme: Tenant) -> None:
    customer = at_details(acme)
    assert 'data-level="0"' in customer.text
    customer.submit({"givenName": "", "password": "seven purple kites"})
    assert '<span role="status">Strong password</span>' in customer.text


@pytest.mark.django_db
def test_t20_a_tenants_rules_are_its_own_administrators_matter(grace_portal: Browser, acme: Tenant) -> None:
    assert grace_portal.get(PAGE).status_code == 404
    assert grace_portal.post(PAGE, CHOSEN).status_code == 404
    with tenant_context(acme):
        assert describe() == PasswordRules()


@pytest.mark.django_db
def test_an_administrators_own_password_obeys_the_home_tenant(ada_portal: Browser, home: Tenant, ada: Account) -> None:
    with tenant_context(home):
        change_password_rules(min_length=20, actor=Actor.command())
    page = ada_portal.get("/me/password/").content.decode()
    assert "At least 20 characters." in page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_meter_says_while_typing_what_the_page_says_afterwards(
    acme: Tenant, open_page: Callable[..., Page]
) -> None:
    page = open_page(viewport=PHONE)
    page.fill("#email", "nora@acme.example")
    page.keyboard.press("Enter")
    page.locator("#code").wait_for()
    page.locator("#code").press_sequentially(new_code(acme, "nora@acme.example"))
    page.locator("#password").wait_for()
    assert not page.locator(".strength").is_visible()
    for password in ("abcabcabc", "tr0ub4dor", "Tr0ub4dor&3", "seven purple kites", "пароль для сада"):
        page.fill("#password", password)
        assert page.locator(".strength").get_attribute("data-level") == str(strength_of(password)), password
    assert page.locator(".strength [role=status]").inner_text() == "Strong password"
    check_down_to_narrowest(page)
    page.fill("#password", "short")
    assert page.locator(".strength [role=status]").inner_text() == "Weak password"
