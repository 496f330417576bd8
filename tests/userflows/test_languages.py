"""Customers read their own language, and every language is complete."""

import pytest
from django.conf import settings
from django_tenants.utils import tenant_context

from accounts.models import Account
from tenants.models import Tenant
from tests.cast import PASSWORD
from tests.userflows.customer import Customer, mails_to
from tests.worker import run_jobs
from tools.translations import LANGUAGES, problems
from userflows.models import Journey


def test_every_catalogue_is_complete_and_its_placeholders_agree() -> None:
    assert problems() == []


def test_every_language_on_offer_has_a_catalogue() -> None:
    assert {code for code, _ in settings.LANGUAGES} == {"en", *LANGUAGES}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "title", "direction"),
    [
        ("de-AT,de;q=0.9", "Anmelden", "ltr"),
        ("fr", "Se connecter", "ltr"),
        ("es-MX", "Iniciar sesión", "ltr"),
        ("ar", "تسجيل الدخول", "rtl"),
        ("ja", "サインイン", "ltr"),
        ("xx", "Sign in", "ltr"),
    ],
)
def test_the_pages_speak_what_the_browser_asks_for(acme: Tenant, asked: str, title: str, direction: str) -> None:
    customer = Customer(acme)
    customer.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = asked
    customer.visit("/sign-in/")
    assert f"<h1>{title}</h1>" in customer.text
    assert f'dir="{direction}"' in customer.text


@pytest.mark.django_db
def test_the_customers_choice_stays(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    page = customer.browser.post("/language/", {"language": "fr", "next": customer.path})
    assert page["Location"] == customer.path
    customer.visit(customer.path)
    assert "Se connecter" in customer.text
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    assert "Votre profil" in customer.text
    customer.browser.post("/language/", {"language": "ja", "next": "/t/acme/profile/"})
    with tenant_context(acme):
        assert Account.objects.get(pk=carol.pk).language == "ja"


@pytest.mark.django_db
@pytest.mark.parametrize("chosen", ["xx", "", "../../etc", "de\r\nSet-Cookie: a=b"])
def test_a_language_nobody_speaks_changes_nothing(acme: Tenant, chosen: str) -> None:
    customer = Customer(acme)
    response = customer.browser.post("/language/", {"language": chosen, "next": "https://evil.example/"})
    assert response["Location"] == "/t/acme/profile/"
    assert not any(name.startswith("language") for name in response.cookies)


@pytest.mark.django_db
def test_an_application_may_ask_for_a_language_and_the_customer_for_another(acme: Tenant) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    with tenant_context(acme):
        Journey.objects.update(language="de-DE")
    customer.visit(customer.path)
    assert "<h1>Anmelden</h1>" in customer.text
    customer.browser.post("/language/", {"language": "es", "next": customer.path})
    customer.visit(customer.path)
    assert "<h1>Iniciar sesión</h1>" in customer.text


@pytest.mark.django_db
def test_mails_speak_the_language_of_the_page(acme: Tenant) -> None:
    customer = Customer(acme)
    customer.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "ar"
    customer.visit("/sign-up/")
    customer.submit({"email": "new@acme.example"})
    run_jobs()
    with tenant_context(acme):
        mail = mails_to("new@acme.example")[0]
    assert "هو رمزك في Acme" in mail.subject
    assert 'dir="rtl"' in mail.html
    assert "رمزك" in mail.text
