"""The portal speaks English and German: as its reader has chosen, else as the browser asks, else English."""

from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django_tenants.utils import tenant_context

from accounts.models import Account
from tenants.models import Tenant
from tests.browser import Browser

PROFILE, TENANTS = "/me/", "/tenants/"


def text(answer: Any) -> str:
    return answer.content.decode()


def asking_for(browser: Browser, languages: str) -> Any:
    return browser.get(PROFILE, headers={"accept-language": languages})


@pytest.mark.parametrize(
    ("asked", "language", "heading"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de", "Ihr Konto"),
        ("fr,de;q=0.5", "de", "Ihr Konto"),
        ("da", "en", "Your account"),
        ("de;q=0,en", "en", "Your account"),
        ("", "en", "Your account"),
    ],
)
def test_the_portal_speaks_the_first_of_the_browsers_languages_that_it_knows(
    ada_portal: Browser, asked: str, language: str, heading: str
) -> None:
    page = asking_for(ada_portal, asked)

    assert f"<h1>{heading}</h1>" in text(page)
    assert f'<html lang="{language}"' in text(page)
    assert page["Content-Language"] == language
    assert "Accept-Language" in page["Vary"]


def test_ada_chooses_german_whatever_the_browser_says_and_leaves_it_to_the_browser_again(
    ada_portal: Browser, home: Tenant, ada: Account
) -> None:
    saved = ada_portal.post(PROFILE, {"name": "Ada", "language": "de"}, follow=True)
    assert "Ihr Profil wurde gespeichert." in text(saved)

    page = text(asking_for(ada_portal, "en"))
    assert '<option value="de" selected>Deutsch</option>' in page
    assert "Mandanten" in text(ada_portal.get(TENANTS, headers={"accept-language": "en"}))
    with tenant_context(home):
        ada.refresh_from_db()
    assert ada.language == "de"
    # So does the page on which she proves who she is, where nobody has to be signed in.
    assert ada_portal.cookies[settings.LANGUAGE_COOKIE_NAME].value == "de"

    ada_portal.post(PROFILE, {"name": "Ada", "language": ""})
    assert "<h1>Your account</h1>" in text(asking_for(ada_portal, "en"))
    assert "<h1>Ihr Konto</h1>" in text(asking_for(ada_portal, "de"))


def test_who_reads_mail_in_a_language_that_the_portal_does_not_speak_goes_on_so(
    ada_portal: Browser, home: Tenant, ada: Account
) -> None:
    with tenant_context(home):
        Account.objects.filter(pk=ada.pk).update(language="fr")

    assert "<h1>Ihr Konto</h1>" in text(asking_for(ada_portal, "de"))
    ada_portal.post(PROFILE, {"name": "Ada", "language": ""})
    with tenant_context(home):
        ada.refresh_from_db()
    assert ada.language == "fr"


def test_a_language_that_the_portal_does_not_offer_is_refused(ada_portal: Browser, home: Tenant, ada: Account) -> None:
    assert ada_portal.post(PROFILE, {"name": "Ada", "language": "xx"}).context["form"].errors["language"]
    with tenant_context(home):
        ada.refresh_from_db()
    assert ada.language == ""


def test_what_one_reads_does_not_stay_for_who_comes_next(ada_portal: Browser, grace_portal: Browser) -> None:
    assert "<h1>Ihr Konto</h1>" in text(asking_for(ada_portal, "de"))
    assert "<h1>Your account</h1>" in text(grace_portal.get(PROFILE))


def test_a_page_that_there_is_not_says_so_in_german(ada_portal: Browser) -> None:
    page = ada_portal.get(
        "/tenants/acme/customers/00000000-0000-0000-0000-000000000000/", headers={"accept-language": "de"}
    )

    assert page.status_code == 404
    assert "Hier ist nichts" in text(page)
    assert page["Content-Language"] == "de"


def test_what_german_pages_count_is_said_as_germans_do(ada_portal: Browser, home: Tenant) -> None:
    page = text(ada_portal.get(f"{PROFILE}roles/", headers={"accept-language": "de"}))

    assert "jetzt" in page or "vor " in page
    assert "ago" not in page


@pytest.mark.usefixtures("acme")
def test_a_command_stays_english_where_the_machine_is_german(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("LANG", "LC_ALL", "LANGUAGE"):
        monkeypatch.setenv(variable, "de_DE.UTF-8")

    with pytest.raises(CommandError, match="Enter a name of 1 to 256 characters"):
        call_command("tenant", "change", "--tenant", "acme", "--name", "")
