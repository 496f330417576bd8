"""The editor of words: what Ada finds, changes and sees there, alone and beside somebody else."""

import json
import re
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tenants.utils import tenant_context

from branding.models import ChangedSentence
from branding.words.services import change_words
from branding.words.table import sentences
from branding.words.where import Where
from portal.forms.words import name_of
from tenants.models import Tenant
from tests.branding.brands import ADA
from tests.browser import Browser
from userflows.models import UserFlow

pytestmark = pytest.mark.django_db
PAGE = "/tenants/acme/words/"
GERMAN = f"{PAGE}?language=de"
CONTINUE, LEAD = name_of("Continue"), name_of("Signed in as {email}")


def kept(tenant: Tenant, text: str = "Continue", language: str = "de") -> list[str]:
    with tenant_context(tenant):
        return [each for row in ChangedSentence.objects.filter(language=language, sentence=text) for each in row.texts]


def opened(portal: Browser, url: str = f"{GERMAN}&q=fortfahren") -> dict[str, Any]:
    """What the form of the page would send, were nothing typed."""
    return form_of(portal.get(url).content.decode())


def form_of(page: str) -> dict[str, Any]:
    names = re.findall(r'name="sentence" value="(\w+)"', page)
    boxes = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>([^<]*)<', page)
    typed: dict[str, Any] = {"sentence": names, **dict(re.findall(r'name="(seen-\w+)" value="(\w+)"', page))}
    for name, value in boxes:
        typed.setdefault(name, []).append(value)
    return typed


def test_b23_what_eve_types_is_refused_in_words_and_stays_in_its_box(acme: Tenant, ada_portal: Browser) -> None:
    evil = "<script>alert(1)</script>"
    page = ada_portal.post(GERMAN, opened(ada_portal, GERMAN + "&q=weiter") | {CONTINUE: evil, "sentence": [CONTINUE]})

    text = page.content.decode()
    assert "Not saved yet" in text
    assert "would be shown as is" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;</textarea>" in text
    assert evil not in text
    assert kept(acme) == []


def test_b28_the_preview_shows_a_draft_that_runs_nothing_and_is_nobodys(acme: Tenant, ada_portal: Browser) -> None:
    preview = f"{PAGE}preview?language=de"
    draft = {"sentence": [CONTINUE], CONTINUE: "Los & weiter", "preview_page": "sign_in"}

    answer = ada_portal.post(preview, draft)

    assert "Los &amp; weiter" in answer.content.decode()
    assert "sandbox allow-same-origin" in answer["Content-Security-Policy"]
    for bad in ("<b>Los</b>", "{x}", "evil.example"):
        page = ada_portal.post(preview, draft | {CONTINUE: bad}).content.decode()
        assert bad not in page
        assert "Weiter" in page
    assert kept(acme) == []


def test_a_sentence_is_found_changed_and_itself_again(acme: Tenant, ada_portal: Browser) -> None:
    form = opened(ada_portal, f"{GERMAN}&q=weiter&page=sign_in")
    assert CONTINUE in form["sentence"]

    saved = ada_portal.post(f"{GERMAN}&q=weiter", form | {CONTINUE: "Los geht’s"})

    assert (saved.status_code, saved["Location"]) == (302, f"{GERMAN}&q=weiter")
    assert kept(acme) == ["Los geht’s"]
    changed = ada_portal.get(f"{GERMAN}&state=changed").content.decode()
    assert "1 sentence" in changed
    assert "Los geht’s" in changed
    ada_portal.post(GERMAN, opened(ada_portal, f"{GERMAN}&state=changed") | {CONTINUE: ""})
    assert kept(acme) == []


def test_two_at_different_sentences_are_not_in_each_others_way_and_at_one_see_both(
    acme: Tenant, ada_portal: Browser
) -> None:
    mine = opened(ada_portal, f"{GERMAN}&q=weiter")
    with tenant_context(acme):
        change_words(language="de", wished={"Sign out": ["Tschüss"]}, actor=ADA)
    assert ada_portal.post(GERMAN, mine | {CONTINUE: "Los"}).status_code == 302

    mine = opened(ada_portal, f"{GERMAN}&q=weiter")
    with tenant_context(acme):
        change_words(language="de", wished={"Continue": ["Auf geht’s"]}, actor=ADA)
    page = ada_portal.post(GERMAN, mine | {CONTINUE: "Hopp"})
    text = page.content.decode()
    assert "This has changed since you opened the page" in text
    assert ">Hopp</textarea>" in text
    assert "Saved in the meantime: <bdi>Auf geht’s</bdi>" in text
    assert kept(acme) == ["Auf geht’s"]

    ada_portal.post(GERMAN, form_of(text))
    assert kept(acme) == ["Hopp"]


def test_b23_what_eve_leaves_alone_stays_as_somebody_else_said_it_meanwhile(acme: Tenant, ada_portal: Browser) -> None:
    """Both have the same page open. Ada's sentence is neither in Eve's way, nor lost when Eve saves, or saves again."""
    page = f"{GERMAN}&q=weiter"
    eves = opened(ada_portal, page)
    other = next(name for name in eves["sentence"] if name != CONTINUE)
    said = next(text for text in sentences() if name_of(text) == other)
    with tenant_context(acme):
        change_words(language="de", wished={"Continue": ["Auf geht’s"]}, actor=ADA)

    refused = ada_portal.post(page, eves | {other: "<b>"}).content.decode()
    assert "would be shown as is" in refused
    assert ">Auf geht’s</textarea>" in refused
    assert "Saved in the meantime" not in refused
    again = form_of(refused)
    assert ada_portal.post(page, again | {other: "Gleich weiter"}).status_code == 302
    assert (kept(acme), kept(acme, said)) == (["Auf geht’s"], ["Gleich weiter"])

    assert ada_portal.post(page, eves | {other: "Gleich weiter"}).status_code == 302
    assert ada_portal.post(page, {"sentence": [CONTINUE], CONTINUE: ""}).status_code == 200
    assert (kept(acme), kept(acme, said)) == (["Auf geht’s"], ["Gleich weiter"])


@pytest.mark.parametrize(
    ("language", "asked", "first"),
    [("de", "weiter", "Continue"), ("en", "is your code for", "{code} is your code for {tenant}")],
)
def test_what_is_just_as_it_is_looked_for_comes_first(
    acme: Tenant, ada_portal: Browser, language: str, asked: str, first: str
) -> None:
    found = ada_portal.get(PAGE, {"language": language, "q": asked}).context["rows"]
    assert found[0].row.sentence.text == first


def test_the_bar_counts_sentences_and_not_languages(acme: Tenant, ada_portal: Browser) -> None:
    with tenant_context(acme):
        change_words(language="de", wished={"Continue": ["Los"]}, actor=ADA)
        change_words(language="en", wished={"Continue": ["Go"], "Back": ["Return"]}, actor=ADA)

    assert "3 changes aren’t published" in ada_portal.get(PAGE).content.decode()


def test_what_is_published_is_seen_on_a_page_that_the_sentence_is_on(acme: Tenant, ada_portal: Browser) -> None:
    with tenant_context(acme):
        change_words(language="de", wished={"Enter the code": ["Der Code, bitte"]}, actor=ADA)

    [picture] = ada_portal.get("/tenants/acme/branding/publish/").context["pictures"]

    seen = [ada_portal.get(each).content.decode() for each in (picture.before_url, picture.after_url)]
    assert ["Der Code, bitte" in page for page in seen] == [False, True]


def test_a_draft_is_discarded_beside_its_words(acme: Tenant, ada_portal: Browser) -> None:
    with tenant_context(acme):
        change_words(language="de", wished={"Continue": ["Los"]}, actor=ADA)
    page = ada_portal.get(f"{GERMAN}&q=weiter").content.decode()
    address = re.search(r'href="([^"]+/discard)"', page)
    assert address
    asked = ada_portal.get(address[1])
    assert "Los" in asked.content.decode()

    ada_portal.post(address[1], {"seen": asked.context["seen"]})

    assert kept(acme) == []


def test_a_flow_shows_what_it_says_without_words_of_its_own(acme: Tenant, ada_portal: Browser) -> None:
    with tenant_context(acme):
        flow = UserFlow.objects.get(is_default=True)
        change_words(language="de", wished={"Continue": ["Los"]}, actor=ADA)

    of_flow = f"{GERMAN}&where={flow.pk}"
    page = ada_portal.get(f"{of_flow}&q=Los").content.decode()

    assert 'data-before="Los"' in page
    ada_portal.post(of_flow, opened(ada_portal, f"{of_flow}&q=Los") | {CONTINUE: "Zahlen"})
    assert sorted(kept(acme)) == ["Los", "Zahlen"]


def test_what_the_product_says_otherwise_by_now_is_named_until_it_is_settled(acme: Tenant, ada_portal: Browser) -> None:
    with tenant_context(acme):
        change_words(language="de", wished={"Continue": ["Los"], "Sign out": ["Tschüss"]}, actor=ADA)
        ChangedSentence.objects.filter(sentence="Continue").update(instead_of=["Vorwärts"])
        ChangedSentence.objects.filter(sentence="Sign out").update(sentence="Sign off")
    outdated = f"{GERMAN}&state=outdated"

    page = ada_portal.get(outdated).content.decode()
    assert "You replaced <bdi>Vorwärts</bdi>" in page
    assert "No longer used by the product" in page
    form = opened(ada_portal, outdated)
    ada_portal.post(outdated, form)
    assert "Vorwärts" in ada_portal.get(outdated).content.decode()

    ada_portal.post(outdated, form | {"keep": [CONTINUE]})

    assert "Vorwärts" not in ada_portal.get(outdated).content.decode()
    assert kept(acme) == ["Los"]


def test_all_words_are_taken_along_as_a_file_and_brought_in_again(acme: Tenant, ada_portal: Browser) -> None:
    def bring(told: Any) -> Any:
        text = told if isinstance(told, bytes) else json.dumps(told).encode()
        return ada_portal.post(f"{PAGE}import?language=de", {"file": SimpleUploadedFile("words.json", text)})

    with tenant_context(acme):
        change_words(language="de", wished={"Continue": ["Los"]}, actor=ADA)
    told = json.loads(ada_portal.get(f"{PAGE}file").content)
    told["words"]["fr"] = {"Continue": "Allons-y"}

    assert bring(told)["Location"] == f"{PAGE}?language=de"
    assert kept(acme, language="fr") == ["Allons-y"]
    assert bring({"SignIn_Title": "Rein"}).status_code == 302
    assert kept(acme, "Sign in") == ["Rein"]
    for bad, said in (
        (b"{", "isn’t JSON"),
        (b"[" * 100_000, "isn’t JSON"),
        (b"\xff\xfe", "isn’t JSON"),
        (b"", "isn’t JSON"),
        ({"words": {"fr": {"Continue": "<b>"}}}, "French, “Continue”: Write plain text"),
        ({"user_flows": {"Nowhere": {"de": {"Continue": "Los"}}}}, "no user flow “Nowhere”"),
        ({"themes": {"Nobody’s": {"de": {"Continue": "Los"}}}}, "no theme “Nobody’s”"),
        ({"words": {"fr": {"x\u0000": "y", "z": ""}}}, "no such sentence"),
        ({"words": {"fr": {"\ud800": "y"}}}, "invisible characters"),
        ({"words": {}, "\ud800": {}}, "invisible characters"),
        ({"words": {"\ud800": {"Continue": "y"}}}, "invisible characters"),
        ({"words": {"\u0000": {"Continue": "y"}}}, "one of the languages"),
        ({"user_flows": {"\u0000": {}, "x": {"de": {}}}}, "no user flow"),
        ({"words": {"fr": {"Continue": "\ud800"}}}, "invisible characters"),
        ({"words": {"fr": {"Continue": "\u0000"}}}, "invisible characters"),
    ):
        page = bring(bad)
        assert page.status_code == 200
        assert said in page.content.decode()
    assert kept(acme, language="fr") == ["Allons-y"]


def test_the_language_on_the_page_is_taken_along_for_entra_external_id_and_brought_in_again(
    acme: Tenant, ada_portal: Browser
) -> None:
    with tenant_context(acme):
        change_words(language="de", wished={"Sign in": ["Rein"]}, actor=ADA)
    page = ada_portal.get(f"{PAGE}?language=de").content.decode()
    link = re.search(r'href="([^"]+shape=entra)"', page)
    file = ada_portal.get(unescape(link[1])) if link else None

    assert file
    assert file["Content-Disposition"] == 'attachment; filename="words-acme-de.json"'
    told = json.loads(file.content)
    assert (told["SignIn_Title"], told["Attribute_City"]) == ("Rein", "Ort")
    sent = {"file": SimpleUploadedFile("words.json", file.content)}
    assert ada_portal.post(f"{PAGE}import?language=de", sent).status_code == 302


def test_what_a_deleted_flow_has_left_stands_in_no_file(acme: Tenant, ada_portal: Browser) -> None:
    """Somebody changed its words while somebody else deleted it."""
    with tenant_context(acme):
        change_words(language="de", wished={"Continue": ["Los"]}, where=Where(user_flow=uuid4()), actor=ADA)

    assert json.loads(ada_portal.get(f"{PAGE}file").content) == {"words": {}, "user_flows": {}, "themes": {}}


def test_every_language_and_page_of_the_list_opens(acme: Tenant, ada_portal: Browser) -> None:
    for query in (
        "language=ar&from=40",
        "language=ja&page=mail_code",
        "language=xx&where=1&page=x&state=x&from=x&q=%00",
    ):
        assert ada_portal.get(f"{PAGE}?{query}").status_code == 200
    assert len(opened(ada_portal, f"{PAGE}?language=ar&q={{count}} left")[name_of("{count} left")]) == 6
    assert f"{len(sentences())} sentences" in ada_portal.get(PAGE).content.decode()
