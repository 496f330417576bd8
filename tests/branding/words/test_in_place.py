"""Beside the editor stands a page that the sentence is on: what the editor is told of it holds for each sentence."""

import re
from html import unescape

import pytest
from django.utils.html import strip_tags
from django_tenants.utils import tenant_context

from branding.look import look_for
from branding.preview import sentences as places
from branding.preview.samples import drawn, samples
from branding.words.slots import PLACE_SHOWN
from branding.words.table import sentences
from portal.forms.words import name_of
from tenants.models import Tenant
from tests.branding.brands import ADA, brand
from tests.browser import Browser
from userflows.flows.services import change_user_flow
from userflows.models import FlowAttribute, UserFlow

pytestmark = pytest.mark.django_db
SAMPLES = "/tenants/acme/words/samples?language="
ELEMENT = re.compile(r"<(\w+)[^>]*>([^<]+)</\1>")
# Sentences that no preview shows, and why.
NOWHERE = {
    "Back to the portal": "it leads administrators back, from their accounts at the home tenant",
}


@pytest.fixture
def pages(acme: Tenant) -> dict[str, str]:
    """By sample and variant, the page as a customer reads it."""
    with tenant_context(acme):
        there_are = samples(with_variants=True)
        html = {each.key: drawn(each, look=look_for("en"), language="en", words=None) for each in there_are}
    return {key: " ".join(page.split()) for key, page in html.items()}


def pieces_of(text: str) -> list[str]:
    """What stands between its places."""
    return [piece for piece in map(str.strip, PLACE_SHOWN.split(text)[::2]) if piece]


def read_in(page: str) -> str:
    """What is read in a page; and what it holds, as names of buttons and for its scripts."""
    return " ".join(unescape(f"{strip_tags(page.partition('<body')[2])} {page}").split())


def test_each_sentence_is_on_the_pages_that_are_opened_for_it(
    acme: Tenant, ada_portal: Browser, pages: dict[str, str]
) -> None:
    told = ada_portal.get(f"{SAMPLES}ar").json()
    read = {key: read_in(page) for key, page in pages.items()}
    known = {name_of(text): text for text in sentences()}

    assert known.keys() - told.keys() == {name_of(text) for text in NOWHERE}
    missed = [
        (known[name], key)
        for name, keys in told.items()
        for key in keys
        if not sentences()[known[name]].counts and not all(each in read[key] for each in pieces_of(known[name]))
    ]
    assert missed == []
    # And the other way round: what fills an element of its own is missed nowhere.
    bodies = {key: page.partition("<body")[2] for key, page in pages.items()}
    alone = {key: {unescape(text).strip() for _, text in ELEMENT.findall(body)} for key, body in bodies.items()}
    assert [
        (text, key)
        for text in sentences()
        for key in pages
        if text in alone[key] and key not in told.get(name_of(text), ())
    ] == []


def test_places_are_looked_for_once_for_all_tenants_whose_pages_have_the_same_parts_and_flow(
    acme: Tenant, globex: Tenant, ada_portal: Browser, grace_portal: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tenant in (acme, globex):
        with tenant_context(tenant):
            FlowAttribute.objects.all().delete()
    told = ada_portal.get(f"{SAMPLES}ar").json()
    brand(globex, accent_color="#112233", sign_in_page_text="")
    with monkeypatch.context() as patched:
        patched.setattr(places, "drawn", None)
        assert grace_portal.get(f"{SAMPLES}ja".replace("acme", "globex")).json() == told

    brand(acme, shows_footer=True, terms_url="https://acme.example/terms", terms_text="")

    with_footer = ada_portal.get(f"{SAMPLES}ar").json()
    assert "sign_in" in set(with_footer[name_of("Terms of use")]) - set(told[name_of("Terms of use")])


def test_places_are_those_on_the_pages_of_the_tenants_own_flow(
    acme: Tenant, globex: Tenant, ada_portal: Browser, grace_portal: Browser
) -> None:
    theirs = grace_portal.get(f"{SAMPLES}ar".replace("acme", "globex")).json()
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        change_user_flow(flow, name=flow.name, methods=("code",), allows_sign_up=False, actor=ADA)

    ours = ada_portal.get(f"{SAMPLES}ar").json()

    way_in = name_of("Don't have an account?")
    assert "sign_in" in theirs[way_in]
    assert "sign_in" not in ours.get(way_in, ())
