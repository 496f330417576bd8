"""Ada chooses which languages acme's customers are offered, and makes one of her own."""

import threading
from dataclasses import asdict

import pytest
from django.db import connection
from django.utils.translation import ngettext
from django_tenants.utils import tenant_context

from accounts.identity.services.accounts import keep_language
from accounts.models import Account
from branding.languages.offered import LanguageRules, OwnLanguage
from branding.languages.services import add_language_of_ones_own, apply, describe, remove_language_of_ones_own
from branding.models import LanguageSettings
from branding.words.files import all_words
from branding.words.in_force import words_in_force
from branding.words.services import Wished, change_words
from common.text.spoken import speaking, speaking_language
from tenants.models import Tenant
from tests.branding.brands import ADA, published
from tests.browser import Browser
from tests.userflows.customer import Customer, mails_to
from tests.userflows.nora import at_the_details
from tests.worker import run_jobs
from userflows.flows.page_layout import AttributeLayout
from userflows.flows.services import set_page_layout
from userflows.journeys.messages.mails import mail_address_notice
from userflows.journeys.messages.texts import text_code
from userflows.models import Journey, UserFlow
from userflows.own_account.closing import tell_of_the_end

pytestmark = pytest.mark.django_db
PAGE = "/tenants/acme/branding/languages/"


def rules(tenant: Tenant) -> LanguageRules:
    with tenant_context(tenant):
        return describe()


def test_grace_chooses_nothing_at_acme_and_a_language_that_is_not_spoken_is_refused(
    acme: Tenant, grace_portal: Browser, ada_portal: Browser
) -> None:
    wished = {"which": "some", "offered": ["de"], "default": "de"}
    assert grace_portal.post(PAGE, wished).status_code == 404
    for wrong, told in (
        ({"offered": ["tlh"]}, "<title>Error:"),
        ({"offered": []}, "Choose at least one language"),
        ({"default": "fr"}, "Choose one of the languages that are offered"),
    ):
        page = ada_portal.post(PAGE, wished | wrong)
        assert told in page.content.decode()
    assert rules(acme) == LanguageRules()


def test_ada_offers_two_languages_and_all_again(acme: Tenant, ada_portal: Browser) -> None:
    saved = ada_portal.post(PAGE, {"which": "some", "offered": ["fr", "de"], "default": "fr"})
    assert (saved.status_code, saved["Location"]) == (302, PAGE)
    assert rules(acme) == LanguageRules(("de", "fr"), "fr")
    assert 'value="fr" selected' in ada_portal.get(PAGE).content.decode()

    ada_portal.post(PAGE, {"which": "all", "offered": ["fr", "de"], "default": "fr"})
    assert rules(acme) == LanguageRules((), "fr")


SWISS = OwnLanguage("gsw", "Schwiizerdütsch", falls_back_to="de")


def added(tenant: Tenant, language: OwnLanguage = SWISS) -> None:
    with tenant_context(tenant):
        add_language_of_ones_own(language, actor=ADA)


def say(tenant: Tenant, said: Wished) -> None:
    with tenant_context(tenant):
        change_words(language="gsw", wished=said, actor=ADA)
    published(tenant)


@pytest.mark.parametrize(
    ("tag", "name", "told"),
    [
        ("<s>", "Schwiizerdütsch", "Enter a language tag"),
        ("gsw-" + "a1-" * 8 + "x", "Schwiizerdütsch", "Enter a language tag"),
        ("de", "Schwiizerdütsch", "This language already exists"),
        ("PT_pt", "Português", "Enter a language tag"),
        ("pt-PT", "Português", "This language already exists"),
        ("gsw", "", "Enter what its readers call"),
        ("gsw", "x" * 41, "at most 40"),
        ("gsw", "Schwiizer\u202edütsch", "invisible characters"),
    ],
)
def test_b23_eve_of_branding_makes_no_language_of_markup(
    acme: Tenant, ada_portal: Browser, tag: str, name: str, told: str
) -> None:
    page = ada_portal.post(f"{PAGE}add", {"tag": tag, "name": name, "falls_back_to": "de"}).content.decode()
    assert told in page
    assert "<s>" not in page
    assert rules(acme).own == ()


def test_a_language_of_ones_own_is_spoken_with_what_is_said_in_it_and_as_the_other_else(
    acme: Tenant, globex: Tenant, ada_portal: Browser
) -> None:
    ada_portal.post(f"{PAGE}add", {"tag": "gsw", "name": " Schwiizerdütsch ", "falls_back_to": "de"})
    assert rules(acme).own == (SWISS,)
    editor = ada_portal.get("/tenants/acme/words/?language=gsw&q=Weiter").content.decode()
    assert 'lang="gsw"' in editor
    assert 'data-before="Weiter"' in editor
    say(acme, {"Continue": ["Wiiter"], "{count} left": ["no eis", "no {count}"], "Create an account": ["Konto mache"]})
    customer = Customer(acme)
    customer.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "gsw-CH,fr;q=0.5"

    customer.visit("/sign-up/")

    assert '<html lang="gsw" dir="ltr">' in customer.text
    assert "<h1>Konto mache</h1>" in customer.text
    assert "Wiiter" in customer.text
    assert "E-Mail-Adresse" in customer.text
    assert "Schwiizerdütsch" in customer.text
    with tenant_context(acme), speaking_language("de", "gsw"), speaking(words_in_force()):
        assert ngettext("%(count)s left", "%(count)s left", 2) % {"count": 2} == "no 2"
    customer.submit({"email": "new@acme.example"})
    run_jobs()
    with tenant_context(acme):
        [mail] = mails_to("new@acme.example")
    assert '<html lang="gsw" dir="ltr"' in mail.html
    other = Customer(globex)
    other.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "gsw"
    other.visit("/sign-in/")
    assert '<html lang="en"' in other.text


def test_what_a_flow_asks_for_is_said_in_a_language_of_ones_own_as_well(acme: Tenant, ada_portal: Browser) -> None:
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        plan = AttributeLayout("city", label="Plan", hint="For us", input_type="drop_down", options=[("Paid", "paid")])
        set_page_layout(flow, layout=[plan], actor=ADA)
    page = f"/tenants/acme/user-flows/{flow.pk}/page-layout/"
    assert ada_portal.get(f"{page}gsw/").status_code == 404
    added(acme)
    said = {"attribute": ["city"], "city-option-value": ["paid"]}
    ada_portal.post(
        f"{page}de/", said | {"city-label": "Tarif", "city-hint": "Für uns", "city-option-text": ["Bezahlt"]}
    )
    ada_portal.post(f"{page}gsw/", said | {"city-label": "Abo", "city-option-text": ["Zahlt"]})
    assert "Schwiizerdütsch" in ada_portal.get(page).content.decode()
    assert 'value="Abo"' in ada_portal.get(f"{page}gsw/").content.decode()

    shown = at_the_details(acme, language="gsw").text

    assert "Abo" in shown
    assert "Zahlt" in shown
    assert "Für uns" in shown, "which nobody has said in it"
    assert 'lang="gsw"' in shown


def test_it_is_chosen_from_the_list_written_its_own_way_and_gone_when_it_is_removed(
    acme: Tenant, ada_portal: Browser
) -> None:
    added(acme, OwnLanguage("ur", "اردو", is_right_to_left=True))
    added(acme)
    say(acme, {"Continue": ["Wiiter"]})
    customer = Customer(acme)
    customer.visit("/language/?next=/sign-in/&find=اردو")
    customer.follow(customer.browser.post("/language/?next=/t/acme/sign-in/", {"in-language": "ur"}))
    assert '<html lang="ur" dir="rtl">' in customer.text
    assert "<h1>Sign in</h1>" in customer.text
    customer.browser.post("/language/?next=/sign-in/", {"in-language": "gsw"})
    customer.visit("/sign-in/")
    assert "Wiiter" in customer.text

    ada_portal.post(f"{PAGE}remove", {"language": "gsw"})

    customer.visit("/sign-in/")
    assert '<html lang="en"' in customer.text
    with tenant_context(acme):
        assert all_words()["words"] == {}
    assert "Schwiizerdütsch" in ada_portal.get("/tenants/acme/branding/history/").content.decode()
    added(acme)
    customer.visit("/sign-in/")
    assert "Wiiter" in customer.text


def test_whoever_chose_a_language_that_is_removed_has_mails_in_the_default_one(acme: Tenant, carol: Account) -> None:
    added(acme)
    say(acme, {"{count} left": ["no eis", "no {count}"]})
    with tenant_context(acme):
        keep_language(carol, "gsw")
        apply(LanguageRules(default="fr"), actor=ADA)
        remove_language_of_ones_own("gsw", actor=ADA)

        tell_of_the_end(carol)

        [mail] = mails_to(carol.email)
    assert '<html lang="fr" dir="ltr"' in mail.html


@pytest.mark.parametrize("kept", ["", "fr"])
def test_whoever_has_no_language_or_one_that_is_not_offered_is_written_to_in_the_default_one(
    acme: Tenant, carol: Account, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: list[str] = []
    monkeypatch.setattr("userflows.journeys.messages.texts.queue_text", lambda text, **_rest: texts.append(text))
    with tenant_context(acme):
        keep_language(carol, kept)
        apply(LanguageRules(("de",), "de"), actor=ADA)

        tell_of_the_end(carol)
        mail_address_notice(to="new@acme.example", language=kept)
        text_code(Journey(mail_language=kept), to="+491713920010", code="123456", kind="code", group="")

        mails = [*mails_to(carol.email), *mails_to("new@acme.example")]
    assert [mail.html.count('<html lang="de" dir="ltr"') for mail in mails] == [1, 1]
    assert "123456 ist Ihr Code" in texts[0]


def test_whoever_was_invited_in_the_language_of_a_region_reads_that_language(acme: Tenant) -> None:
    with tenant_context(acme):
        apply(LanguageRules(default="fr"), actor=ADA)
        mail_address_notice(to="new@acme.example", language="de-AT")

        [mail] = mails_to("new@acme.example")
    assert '<html lang="de" dir="ltr"' in mail.html


def test_the_default_and_the_only_language_stay(acme: Tenant, ada_portal: Browser) -> None:
    added(acme)
    ada_portal.post(PAGE, {"which": "some", "offered": ["gsw"], "default": "gsw"})
    ada_portal.post(f"{PAGE}remove", {"language": "gsw"})
    assert rules(acme).own == (SWISS,)


def test_a_language_that_a_release_brings_too_stands_once_in_the_list(acme: Tenant, acme_browser: Browser) -> None:
    added(acme)
    with tenant_context(acme):
        # As if it had been made when the product didn't speak it.
        LanguageSettings.objects.update(default="it", own=[asdict(OwnLanguage("it", "Italiano")), asdict(SWISS)])

    assert rules(acme).own == (SWISS,)
    assert acme_browser.get("/language/").content.decode().count('value="it"') == 1
    page = acme_browser.get("/sign-in/", follow=True, headers={"accept-language": "tlh"}).content.decode()
    assert '<html lang="it" dir="ltr">' in page
    assert "<h1>Accedi</h1>" in page


@pytest.mark.django_db(transaction=True)
def test_of_four_languages_that_are_added_at_once_none_is_lost(acme: Tenant) -> None:
    names = ["gsw", "nds", "bar", "hsb"]
    together = threading.Barrier(len(names))

    def add(name: str) -> None:
        try:
            together.wait()
            added(acme, OwnLanguage(name, name))
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {language.tag for language in rules(acme).own} == set(names)
