"""Customers read their own language, and every language is complete."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django_tenants.utils import tenant_context

from accounts.models import Account
from audit.models import Event
from branding.languages.offered import LanguageRules
from branding.languages.services import apply, describe
from common.problems import Refused
from tenants.models import Tenant
from tests.branding.brands import ADA
from tests.browser import as_read
from tests.cast import PASSWORD
from tests.userflows.customer import Customer, mails_to
from tests.worker import run_jobs
from tools.translations import CUSTOMERS, problems, read_catalogue
from userflows.forms.fields import TICKED
from userflows.models import Journey, UserFlow


def test_every_catalogue_is_complete_and_its_placeholders_agree() -> None:
    assert problems() == []


def test_every_language_on_offer_has_a_catalogue() -> None:
    assert {code for code, _ in settings.LANGUAGES} == {"en", *CUSTOMERS.languages}


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
    page = customer.browser.post(f"/language/?next={customer.path}", {"in-language": "fr"})
    assert page["Location"] == customer.path
    customer.visit(customer.path)
    assert "Se connecter" in customer.text
    customer.submit({"email": carol.email})
    customer.submit({"password": PASSWORD})
    assert "Votre profil" in customer.text
    customer.browser.post("/language/?next=/t/acme/profile/", {"in-language": "ja"})
    with tenant_context(acme):
        assert Account.objects.get(pk=carol.pk).language == "ja"


@pytest.mark.django_db
@pytest.mark.parametrize("chosen", ["xx", "../../etc", "de\r\nSet-Cookie: a=b"])
def test_a_language_nobody_speaks_changes_nothing(acme: Tenant, chosen: str) -> None:
    customer = Customer(acme)
    response = customer.browser.post("/language/?next=https://evil.example/", {"in-language": chosen})
    assert response["Location"] == "/t/acme/profile/"
    assert not any(name.startswith("language") for name in response.cookies)


@pytest.mark.django_db
def test_the_list_leads_back_with_what_was_half_typed(acme: Tenant) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    step = customer.path

    _speak(customer, "", email="carol@ac")

    assert customer.path.startswith("/t/acme/language/")
    assert re.findall(r'name="in-language" value="(\w+)"[^>]*aria-current', customer.text) == ["en"]
    assert '<bdi lang="ar" dir="rtl">العربية</bdi>' in customer.text
    customer.follow(customer.browser.post(f"/language/?next={step}", {"in-language": "de"}))
    assert "<h1>Anmelden</h1>" in customer.text
    assert 'value="carol@ac"' in customer.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("find", "speaks", "found"),
    [
        ("deut", "en", ["de"]),
        ("german", "fr", ["de"]),
        ("ALLEMAND", "fr", ["de"]),
        ("cestina", "ja", ["cs"]),
        ("日本", "en", ["ja"]),
        ("pt-br", "en", ["pt-br"]),
        ("kanadisches Französisch", "de", ["fr-ca"]),
        ("francés (Canadá)", "es", ["fr-ca"]),
        ("portugués brasil", "es", ["pt-br"]),
        ("中文（台灣）", "en", ["zh-hant"]),
        ("カナダ フランス", "ja", ["fr-ca"]),
        ("tieng duc", "vi", ["de"]),
        ("wloski", "pl", ["it"]),
        ("FRANSIZCA", "tr", ["fr", "fr-ca"]),
        ("madarski", "hr", ["hu"]),
        ("français/canada", "fr", ["fr-ca"]),
        ("Français – Canada", "fr", ["fr-ca"]),
        ("français-canada", "fr", ["fr-ca"]),
        ("fr-ca", "fr", ["fr-ca"]),
        ("हिंदी", "en", ["hi"]),
        ("American English", "en", ["en"]),
        ("english uk", "en", ["en-gb"]),
        ("қазақша", "en", ["kk"]),
        ("台湾", "en", ["zh-hant"]),
        ("正體中文", "en", ["zh-hant"]),
    ],
)
def test_a_language_is_found_by_any_of_its_names(acme: Tenant, find: str, speaks: str, found: list[str]) -> None:
    customer = Customer(acme)
    customer.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = speaks
    customer.visit(f"/language/?next=/sign-in/&find={find}")
    assert re.findall(r'name="in-language" value="([\w-]+)"', customer.text) == found


@pytest.mark.django_db
def test_a_search_for_nothing_there_is_shows_all_and_leads_nowhere_else(acme: Tenant) -> None:
    customer = Customer(acme)
    customer.visit("/language/?next=https://evil.example/&find=%3Cscript%3E%00")
    assert "evil.example" not in customer.text
    assert "<script>" not in customer.text.replace('<script type="module"', "")
    assert customer.text.count('name="in-language" value="') == len(settings.LANGUAGES)
    assert ">No language found.<" in customer.text
    customer.visit("/language/?next=/sign-in/&find=deut")
    assert ">No language found.<" not in customer.text


@pytest.mark.django_db
def test_a_tenant_speaks_the_languages_it_has_chosen_and_no_other(acme: Tenant, globex: Tenant) -> None:
    with tenant_context(acme):
        apply(LanguageRules(("de", "fr"), "de"), actor=ADA)

    def read(asked: str, path: str = "/sign-in/", tenant: Tenant = acme) -> str:
        customer = Customer(tenant)
        customer.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = asked
        customer.visit(path)
        return re.findall(r'<html lang="([\w-]+)"', customer.text)[0]

    assert [read(asked) for asked in ("en-GB", "ja", "xx", "en,*;q=0.1", "")] == ["de"] * 5
    assert [read(asked) for asked in ("fr-CA", "ja,fr;q=0.5,de;q=0.4")] == ["fr", "fr"]
    assert read("fr", "/sign-in/?ui_locales=ja+en") == "fr"
    assert read("en", tenant=globex) == "en"
    customer = Customer(acme)
    customer.browser.post("/language/?next=/sign-in/", {"in-language": "ja"})
    assert "language" not in customer.browser.cookies
    told = customer.browser.get("/oidc/.well-known/openid-configuration").json()
    assert told["ui_locales_supported"] == ["fr", "de"]
    with tenant_context(acme):
        apply(LanguageRules(("de",), "de"), actor=ADA)
    customer.visit("/sign-in/")
    assert "in-language" not in customer.text


@pytest.mark.django_db
def test_what_nobody_could_speak_is_not_offered(acme: Tenant) -> None:
    with tenant_context(acme):
        for rules in (LanguageRules(("tlh",), "tlh"), LanguageRules(("de",), "en"), LanguageRules((), "xx")):
            with pytest.raises(Refused):
                apply(rules, actor=ADA)
        assert describe() == LanguageRules()
        before = describe().version
        apply(LanguageRules(("de",), "de"), actor=ADA)
        with pytest.raises(Refused):
            apply(LanguageRules(("fr",), "fr"), expected_version=before, actor=ADA)
        [event] = Event.objects.filter(action="branding.languages_changed")
        assert event.details == {"offered": ["de"], "default": "de", "own": []}


@pytest.mark.django_db
def test_an_application_may_ask_for_a_language_and_the_customer_for_another(acme: Tenant) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    with tenant_context(acme):
        Journey.objects.update(language="de-DE")
    customer.visit(customer.path)
    assert "<h1>Anmelden</h1>" in customer.text
    customer.browser.post(f"/language/?next={customer.path}", {"in-language": "es"})
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


def _speak(customer: Customer, language: str, **typed: Any) -> None:
    """Press the button of a language on the page where the customer stands, with its form as it is filled in."""
    customer.follow(customer.browser.post(f"/language/?next={customer.path}", {"in-language": language, **typed}))


@pytest.mark.django_db
def test_a_half_typed_address_stays_in_another_language(acme: Tenant, carol: Account) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    _speak(customer, "de", email="carol@ac")
    assert "<h1>Anmelden</h1>" in customer.text
    assert 'value="carol@ac"' in customer.text
    step = customer.path
    customer.submit({"email": carol.email})
    customer.visit(step)
    assert f'value="{carol.email}"' in customer.text


@pytest.mark.django_db
def test_what_was_typed_about_oneself_stays_in_another_language_but_for_the_password(
    acme: Tenant, many_kinds: None
) -> None:
    customer = Customer(acme)
    customer.sign_up_to_code("new@acme.example")
    customer.submit({"code": customer.code_from_mail("new@acme.example")})
    typed = {"shoeSize": "forty", "terms": "on", "plan": "paid", "topics": ["sales", "news"]}
    _speak(customer, "ar", password=PASSWORD, stay="on", **typed)
    assert 'dir="rtl"' in customer.text
    assert 'value="forty"' in customer.text
    assert customer.text.count(" checked") == 5
    with tenant_context(acme):
        kept = Journey.objects.get().typed
    assert PASSWORD not in str(kept)
    assert kept == {"shoeSize": "forty", "terms": True, "plan": "paid", "topics": ["sales", "news"], TICKED: True}
    _speak(customer, "he", **typed)
    assert customer.text.count(" checked") == 4
    customer.submit({"password": PASSWORD, **typed, "shoeSize": "40"})
    assert customer.is_signed_in
    with tenant_context(acme):
        assert Journey.objects.get().typed == {}


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["a\x00b@acme.example", "x" * 20_000])
def test_what_nobody_types_is_not_kept(acme: Tenant, email: str) -> None:
    customer = Customer(acme)
    customer.visit("/sign-in/")
    _speak(customer, "de", email=email)
    assert "<h1>Anmelden</h1>" in customer.text
    with tenant_context(acme):
        assert Journey.objects.get().typed == {}


@pytest.mark.django_db
def test_nothing_is_kept_with_somebody_elses_journey(acme: Tenant) -> None:
    customer, stranger = Customer(acme), Customer(acme)
    customer.visit("/sign-in/")
    stranger.browser.post(f"/language/?next={customer.path}", {"in-language": "de", "email": "eve@acme.example"})
    with tenant_context(acme):
        assert Journey.objects.get().typed == {}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["sign-in", "sign-up", "reset"])
def test_a_link_may_ask_for_a_language(acme: Tenant, path: str) -> None:
    customer = Customer(acme)
    customer.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "ja"
    customer.visit(f"/{path}/?ui_locales=xx+de-CH+fr")
    assert '<html lang="de"' in customer.text
    customer.submit({"email": "new@acme.example"})
    assert '<html lang="de"' in customer.text
    customer.visit(f"/{path}/?ui_locales=xx")
    assert '<html lang="ja"' in customer.text


@pytest.mark.django_db
def test_a_link_to_a_closed_sign_up_says_so_in_the_language_it_asks_for(acme: Tenant) -> None:
    with tenant_context(acme):
        UserFlow.objects.update(allows_sign_up=False)
    customer = Customer(acme)
    customer.visit("/sign-up/?ui_locales=de")
    assert '<html lang="de"' in customer.text


def test_french_signs_never_begin_a_line() -> None:
    """French sets : ; ? and ! apart, by a space that doesn't break."""
    sentences = [message.string or "" for message in read_catalogue("fr") if message.id]
    flat = [text for string in sentences for text in ((string,) if isinstance(string, str) else string)]
    assert [text for text in flat if re.search(r"[ \w][:;?!](\s|$)", text)] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "November 7, 2026, 2:05 PM UTC"),
        ("de", "7. November 2026, 14:05 UTC"),
        ("fr", "7 novembre 2026 à 14:05 UTC"),
        ("es", "7 de noviembre de 2026, 14:05 UTC"),
        ("ar", "7 نوفمبر 2026، 14:05 UTC"),
        ("ja", "2026年11月7日 14:05 UTC"),
    ],
)
def test_mails_write_dates_as_their_language_does(language: str, written: str) -> None:
    context = {"asked_at": datetime(2026, 11, 7, 14, 5, tzinfo=UTC)}
    with translation.override(language):
        assert written in as_read(render_to_string("emails/asked.txt", context))
        assert written in as_read(render_to_string("emails/asked.html", context))
