"""A language of acme's own has a branding of its own, as any other language has."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tenants.utils import tenant_context

from applications.models import Application
from branding.languages.offered import OwnLanguage
from branding.languages.services import add_language_of_ones_own, remove_language_of_ones_own
from branding.look import look_for, style_sheet_with_digest
from branding.models import Branding
from branding.preview.drafts import words_of_draft
from branding.preview.samples import html_of_sample
from branding.services import delete_language
from common.database.caches import forget_everything
from common.problems import Refused
from tenants.models import Tenant
from tests.branding.brands import ADA, NOTHING, PAGE, brand, draft, published, theme_of
from tests.branding.customers import sent_by
from tests.browser import Browser
from tests.userflows.customer import Customer, mails_to
from userflows.journeys.messages.mails import mail_address_notice

pytestmark = pytest.mark.django_db
SWISS = OwnLanguage("gsw", "Schwiizerdütsch", falls_back_to="de")
AUSTRIAN = OwnLanguage("de-AT", "Österreichisch", falls_back_to="fr")


def added(tenant: Tenant, *languages: OwnLanguage) -> None:
    with tenant_context(tenant):
        for language in languages or (SWISS,):
            add_language_of_ones_own(language, actor=ADA)


def reader(tenant: Tenant, tag: str = "gsw") -> Browser:
    browser = Browser(tenant)
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = tag
    return browser


def hint_in(customer: Customer) -> str:
    found = re.search(r'placeholder="([^"]*)"', customer.text)
    return found[1] if found else ""


def hint(tenant: Tenant, tag: str = "gsw") -> str:
    customer = Customer(tenant, reader(tenant, tag))
    customer.visit("/sign-in/")
    return hint_in(customer)


def test_eve_of_globex_brands_no_language_of_acmes_and_no_address_is_taken_for_one(
    acme: Tenant, globex: Tenant, ada_portal: Browser, grace_portal: Browser
) -> None:
    added(acme)
    page = grace_portal.post(PAGE.replace("acme", "globex"), {"locale": "gsw"})
    assert page.status_code == 200
    assert "Choose one of those shown" in page.content.decode()
    with tenant_context(globex), pytest.raises(Refused):
        draft(globex, "gsw", username_hint="x")
    for tag in ("share", "sheet", "history", "settings", "default"):
        refused = ada_portal.post(f"{PAGE}languages/add", {"tag": tag, "name": "X", "falls_back_to": "de"})
        assert "Enter a language tag" in refused.content.decode()


def test_it_is_branded_from_the_list_and_shown_to_its_readers(acme: Tenant, ada_portal: Browser) -> None:
    brand(acme, "de", username_hint="du@acme.example", privacy_text="Datenschutz", shows_footer=True)
    draft(acme, "de", privacy_url="https://acme.example/de")
    added(acme)
    assert hint(acme) == "du@acme.example"
    languages = ada_portal.get(f"{PAGE}languages/").content.decode()
    assert 'name="locale" value="gsw"' in languages

    made = ada_portal.post(PAGE, {"locale": "gsw"})

    edit = f"{PAGE}gsw/"
    assert made["Location"] == edit
    form = ada_portal.get(edit).content.decode()
    assert "Branding for Schwiizerdütsch" in form
    assert "the branding for German, then the default" in form
    assert 'placeholder="du@acme.example"' in form
    assert "aren’t translated" not in form
    assert f'href="{edit}"' in ada_portal.get(f"{PAGE}languages/").content.decode()
    refused = {"file": SimpleUploadedFile("words.json", b'{"words": {"gsw": {"Continue": "<b>"}}}')}
    assert "Schwiizerdütsch, “Continue”" in ada_portal.post("/tenants/acme/words/import", refused).content.decode()
    saved = ada_portal.post(edit, NOTHING | {"username_hint": "dü@acme.example"})
    assert saved.status_code == 302
    assert 'lang="gsw"' in ada_portal.get(f"{edit}preview").content.decode()
    review = ada_portal.get(f"{PAGE}publish/").content.decode()
    assert "Schwiizerdütsch" in review
    published(acme)
    customer = Customer(acme, reader(acme, "gsw-CH"))
    customer.visit("/sign-in/")
    assert hint_in(customer) == "dü@acme.example"
    assert "Datenschutz" in customer.text
    assert hint(acme, "de") == "du@acme.example"
    assert "Schwiizerdütsch" in ada_portal.get(f"{PAGE}history/3/").content.decode()
    assert "dü@acme.example" in ada_portal.get(f"{PAGE}sheet/page?page=sign_in&in=gsw").content.decode()


def test_each_field_falls_back_by_theme_and_language(acme: Tenant, mobile: Application, ada_portal: Browser) -> None:
    added(acme)
    kids = theme_of(acme, str(mobile.client_id))
    brand(acme, "de", legal_lines="Acme DE", support_url="https://de.example", accent_color="#112233")
    brand(acme, "gsw", legal_lines="Acme GSW", support_url="https://gsw.example", accent_color="#112244")
    brand(acme, "de", theme=kids, legal_lines="Kids DE", username_hint="de@kids.example")
    forget_everything()
    with tenant_context(acme):
        look = look_for("gsw", client_id=str(mobile.client_id))
        assert (look.legal_lines, look.support_url) == ("Kids DE", "https://gsw.example")
        assert style_sheet_with_digest(look.style_sheet_url.rpartition("/")[2].removesuffix(".css"))
    assert hint_in(sent_by(acme, mobile, reader(acme))) == "de@kids.example"

    page = ada_portal.get(f"{PAGE}themes/{kids.pk}/coverage/").content.decode()

    assert ">Schwiizerdütsch<" in page
    assert "Company branding · Schwiizerdütsch" in page
    with tenant_context(acme):
        mail_address_notice(to="new@acme.example", language="gsw")
        [mail] = mails_to("new@acme.example")
    assert "https://gsw.example" in mail.html


def test_a_region_of_a_language_that_falls_back_to_another_has_a_style_sheet(acme: Tenant) -> None:
    added(acme, AUSTRIAN)
    brand(acme, "de", username_hint="de", header_color="#112233")
    brand(acme, "fr", username_hint="fr", accent_color="#880000")
    forget_everything()

    with tenant_context(acme):
        look = look_for("de-at")
        assert style_sheet_with_digest(look.style_sheet_url.rpartition("/")[2].removesuffix(".css"))
    assert (look.header_color, look.accent_color) == ("#112233", "#880000")


def test_once_removed_its_branding_stays_by_its_name_until_it_is_deleted(acme: Tenant, ada_portal: Browser) -> None:
    added(acme, AUSTRIAN)
    brand(acme, "de-at", username_hint="servus@acme.example")
    with tenant_context(acme):
        remove_language_of_ones_own("de-at", actor=ADA)
        look = look_for("en")
        assert "servus" in html_of_sample("sign_in", look=look_for("de-AT"), language="de", words=words_of_draft(None))
        assert look.username_hint == ""

    page = ada_portal.get(f"{PAGE}de-at/").content.decode()
    assert "Branding for Österreichisch" in page
    assert "aren’t translated into Österreichisch" in page
    with tenant_context(acme):
        delete_language(locale="de-at", actor=ADA)
        assert not Branding.objects.exclude(locale="").exists()
