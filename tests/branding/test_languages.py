"""Ada chooses which languages acme's customers are offered."""

import pytest
from django_tenants.utils import tenant_context

from branding.languages.offered import LanguageRules
from branding.languages.services import describe
from tenants.models import Tenant
from tests.browser import Browser

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
