"""A fresh page is rendered once and filled in for each reader: it says what one rendered for them alone would say."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django_tenants.utils import tenant_context

from accounts.models import Account
from applications.models import Application
from branding.look import look_for
from branding.preview.drafts import words_of_draft
from branding.preview.samples import html_of_sample
from branding.versions.services import publish
from branding.words.services import change_words
from common.database.caches import forget_everything
from common.web.kept_pages import KeptPages
from providers.models import IdentityProvider
from tenants.models import Tenant
from tests.branding.brands import ADA
from tests.browser import Browser
from tests.oidc.relying_party import RelyingParty
from tests.providers.conftest import elsewhere as elsewhere  # noqa: PLC0414 - a fixture
from tests.providers.conftest import provider as provider  # noqa: PLC0414 - a fixture
from tests.userflows.customer import Customer
from userflows.forms import kept
from userflows.journeys import dispatch
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")\w{64}(?=")')
TYPED = "o'hara&sons@acme.example"


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Has each page that could be kept rendered for its reader as well, and compared. Holds the pages that were made
    for keeping.
    """
    rendered: list[str] = []

    def for_keeping(template: str, context: Mapping[str, Any]) -> str:
        rendered.append(template)
        return render_to_string(template, {**context})

    def twice(template: str, context: Mapping[str, Any], request: HttpRequest) -> str:
        page, alone = kept.render_kept(template, context, request), render_to_string(template, {**context}, request)
        assert len(TOKEN.findall(page)) == len(TOKEN.findall(alone)) > 0
        assert TOKEN.sub("", page) == TOKEN.sub("", alone)
        return page

    monkeypatch.setattr(kept, "_pages", KeptPages())
    monkeypatch.setattr(kept, "render_to_string", for_keeping)
    monkeypatch.setattr(dispatch, "render_kept", twice)
    return rendered


def test_eve_reads_nothing_of_whoever_was_there_before_her(
    acme: Tenant, globex: Tenant, carol: Account, pages: list[str]
) -> None:
    """T-10: neither at the same tenant nor at her own."""
    hers = Customer(acme)
    hers.visit("/sign-in/")
    hers.submit({"email": TYPED})
    journey = hers.path.split("/go/")[1].split("/")[0]
    for tenant in (acme, globex):
        eve = Customer(tenant)
        for page in (eve.visit("/sign-in/"), eve.submit({"email": "eve@globex.example"})):
            text = page.content.decode()
            assert tenant.name in text
            assert {acme.name, globex.name} - {tenant.name} == {name for name in ("Acme", "Globex") if name not in text}
            assert not [of_carol for of_carol in ("hara", journey) if of_carol in text]
        assert "eve@globex.example" in eve.text


def test_a_page_is_rendered_once_for_all_whose_journeys_stand_so(
    acme: Tenant, bookshop: Application, bookshop_secret: str, pages: list[str]
) -> None:
    for email in (TYPED, "carol@acme.example"):
        customer = Customer(acme)
        customer.follow(RelyingParty(customer.browser, bookshop, bookshop_secret).authorize())
        customer.submit({"email": email})
        customer.visit(customer.path.replace("/password/", "/address/"))
    # The second time, the first page has an address to begin with.
    assert pages == [f"customer/steps/{step}.html" for step in ("address", "password", "address")]


def test_every_way_and_language_has_pages_of_its_own(
    acme: Tenant, bookshop: Application, bookshop_secret: str, pages: list[str]
) -> None:
    for language in ("en", "de", "ar"):
        customer = Customer(acme, Browser(acme, HTTP_ACCEPT_LANGUAGE=language))
        shop = RelyingParty(customer.browser, bookshop, bookshop_secret)
        customer.follow(shop.authorize(login_hint=TYPED))
        customer.switch("sign_up")
        customer.switch("sign_in")
        customer.submit({"email": TYPED})
        customer.switch("reset")
        customer.visit("/sign-in/?next=/profile/")
    assert len(pages) > 3 * 3


def test_changed_words_and_names_are_said_at_once(acme: Tenant, bookshop: Application, pages: list[str]) -> None:
    Customer(acme).visit("/sign-in/")
    with tenant_context(acme):
        change_words(language="en", wished={"Continue": ["Onwards"]}, actor=ADA)
        publish(actor=ADA)
        UserFlow.objects.update(allows_sign_up=False)
        forget_everything()
    customer = Customer(acme)
    customer.visit("/sign-in/")
    assert "Onwards" in customer.text
    assert "Sign up" not in customer.text


def test_words_beside_the_buttons_of_providers_are_said_once_published_and_no_sooner(
    acme: Tenant, provider: IdentityProvider, pages: list[str]
) -> None:
    def said() -> str:
        customer = Customer(acme)
        customer.visit("/sign-in/")
        found = re.search(r'<p class="or"><span>(.*?)</span>', customer.text)
        return found[1] if found else ""

    with tenant_context(acme):
        change_words(language="en", wished={"or": ["as you like"]}, actor=ADA)
        draft = html_of_sample("sign_in", look=look_for("en"), language="en", words=words_of_draft(None))
    assert "as you like" in draft
    assert said() == "or"
    with tenant_context(acme):
        publish(actor=ADA)
        forget_everything()
    assert said() == "as you like"
