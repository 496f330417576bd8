"""What the profile says on arrival, and what it doesn't let be undone by the way."""

import pytest
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import update_profile
from accounts.identity.services.attributes import define_custom_attribute
from accounts.models import Account
from audit.services import Actor
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.userflows.customer import Customer
from tests.worker import run_jobs
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import set_page_layout
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
NEW = "new@acme.example"
DONE = 'class="notice done"'


def test_whoever_signs_in_without_an_application_is_told_so_once(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert "You are signed in." in customer.text
    customer.visit("/profile/")
    assert DONE not in customer.text


def test_a_new_account_is_said_to_be_ready(acme: Tenant) -> None:
    customer = Customer(acme)
    customer.sign_up_to_code(NEW)
    customer.submit({"code": customer.code_from_mail(NEW)})
    customer.submit({"password": PASSWORD, "givenName": "Nora"})
    assert "Your account is ready, and you are signed in." in customer.text


@pytest.mark.parametrize("unseen", ["\u200b", " \u00ad ", "\u3164"])
def test_nobody_gives_a_name_that_is_required_but_shows_nothing(acme: Tenant, unseen: str) -> None:
    customer = Customer(acme)
    customer.sign_up_to_code(NEW)
    customer.submit({"code": customer.code_from_mail(NEW)})
    answer = customer.submit({"password": PASSWORD, "givenName": unseen})
    assert answer.status_code == 400
    assert "Enter your given name." in customer.text
    assert not customer.is_signed_in
    customer.submit({"password": PASSWORD, "givenName": "Nora"})
    customer.visit("/profile/")
    answer = customer.submit({"givenName": unseen})
    assert answer.status_code == 400
    with tenant_context(acme):
        assert Account.objects.with_email(NEW).get().attribute("givenName") == "Nora"


def test_a_new_password_is_said_to_be_saved(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.sign_in(carol.email)
    customer.visit("/reset/?next=/t/acme/profile/")
    customer.submit({"email": carol.email})
    run_jobs()
    customer.submit({"code": customer.code_from_mail(carol.email)})
    customer.submit({"password": "another horse battery staple"})
    assert "Your new password is saved, and you are signed in." in customer.text


def test_somewhere_else_nothing_is_kept_to_be_told_later(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/?next=/t/acme/sign-out/")
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    customer.visit("/profile/")
    assert DONE not in customer.text


def test_a_link_cannot_make_the_page_say_that_a_password_was_changed(acme: Tenant, carol: Account) -> None:
    """Eve sends Carol a link."""
    customer = Customer(acme)
    customer.browser.sign_in(carol)
    customer.visit("/profile/?arrival=reset")
    assert DONE not in customer.text


@pytest.fixture
def terms(acme: Tenant, carol: Account) -> None:
    """Acme's customers have to agree to its terms, and Carol has."""
    with tenant_context(acme):
        define_custom_attribute(name="terms", data_type="Boolean", actor=Actor.command())
        layout = [AttributeLayout("givenName"), AttributeLayout("terms", label="I agree", is_required=True)]
        set_page_layout(UserFlow.objects.get(is_default=True), layout=layout, actor=Actor.command())
        update_profile(carol, attributes={"terms": True}, actor=Actor.command())


def test_what_had_to_be_agreed_to_is_a_fact_with_its_date_and_blocks_nothing(
    acme: Tenant, carol: Account, terms: None
) -> None:
    with tenant_context(acme):
        carol.agreed_at = {"terms": "2026-03-14T09:26:53+00:00"}
        carol.save()
    customer = Customer(acme)
    customer.browser.sign_in(carol)
    customer.visit("/profile/")
    assert "Accepted on March 14, 2026" in customer.text
    assert 'name="terms"' not in customer.text
    customer.submit({"givenName": "Caroline"})
    assert "Changes saved." in customer.text
    with tenant_context(acme):
        kept = Account.objects.get(pk=carol.pk)
    assert kept.attribute("terms") is True
    assert kept.agreed_at == carol.agreed_at
    assert kept.given_name == "Caroline"


def test_what_was_never_agreed_to_may_be_now_and_need_not(acme: Tenant, carol: Account, terms: None) -> None:
    """The flow asks for it since Carol has signed up."""
    with tenant_context(acme):
        carol.custom_attributes = {}
        carol.save()
    customer = Customer(acme)
    customer.browser.sign_in(carol)
    customer.visit("/profile/")
    # It is no matter of taste.
    assert "I agree</bdi></span>" in customer.text
    customer.submit({"givenName": "Caroline"})
    assert "Changes saved." in customer.text
    customer.submit({"givenName": "Caroline", "terms": "on"})
    assert "Accepted on" in customer.text
    with tenant_context(acme):
        assert Account.objects.get(pk=carol.pk).attribute("terms") is True


def test_the_rule_for_passwords_is_said_once(acme: Tenant) -> None:
    customer = Customer(acme)
    customer.sign_up_to_code(NEW)
    customer.submit({"code": customer.code_from_mail(NEW)})
    assert "At least 8 characters." in customer.text
    customer.submit({"password": "short", "givenName": "Nora"})
    assert customer.text.count("t least 8 characters") == 1
    assert 'aria-describedby="password-wrong"' in customer.text
    customer.submit({"password": "password1", "givenName": "Nora"})
    assert "At least 8 characters." in customer.text


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example/", "/t/globex/", "/tenants/"])
@pytest.mark.parametrize("door", ["/sign-out/", "/signed-out/", "/profile/"])
def test_o19_sign_out_leads_nowhere_else(acme: Tenant, carol: Account, door: str, path: str) -> None:
    customer = Customer(acme)
    customer.browser.sign_in(carol)
    sent = customer.browser.post(f"{door}?next={path}", {"next": path, "givenName": "Carol"})
    assert sent.status_code in {303, 405}
    assert sent.get("Location", "/t/acme/").startswith("/t/acme/")


def test_the_way_back_to_the_portal_stands_on_an_administrators_profile_alone(
    home: Tenant, acme: Tenant, ada: Account, carol: Account
) -> None:
    administrator = Customer(home)
    administrator.browser.sign_in(ada)
    administrator.visit("/profile/")
    assert 'href="/tenants/"' in administrator.text
    customer = Customer(acme)
    customer.sign_in(carol.email)
    assert "portal" not in customer.text


def test_attributes_named_like_what_pages_send_along_stand_alone(acme: Tenant, carol: Account) -> None:
    with tenant_context(acme):
        for name in ("account", "username", "whose"):
            define_custom_attribute(name=name, data_type="String", actor=Actor.command())
        layout = [AttributeLayout("account"), AttributeLayout("username"), AttributeLayout("whose")]
        set_page_layout(UserFlow.objects.get(is_default=True), layout=layout, actor=Actor.command())
    newcomer = Customer(acme)
    newcomer.sign_up_to_code(NEW)
    newcomer.submit({"code": newcomer.code_from_mail(NEW)})
    at_home = Customer(acme)
    at_home.browser.sign_in(carol)
    at_home.visit("/profile/")
    for page in (newcomer.text, at_home.text):
        assert [page.count(f'name="{name}"') for name in ("account", "username", "whose")] == [1, 1, 1]
