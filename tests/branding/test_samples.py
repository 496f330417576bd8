"""Samples: each page and each mail that customers read can be looked at, in each look, with nobody's data."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.template import Engine
from django.utils.html import strip_tags
from django_tenants.utils import tenant_context

from accounts.models import Account
from branding.brands.fallback import layers_of
from branding.brands.lookup import read_published
from branding.look import look_for
from branding.looks.choices import DARK, LIGHT
from branding.preview.drafts import look_of, words_of_draft
from branding.preview.samples import SampleGroup, html_of_sample, sample_named, samples
from branding.words.pages import PAGES
from branding.words.products import products_texts
from branding.words.table import sentences
from mail.models import Message
from tenants.models import Tenant
from tests.branding.brands import PAGE
from tests.browser import Browser
from tests.house_rules.sources import TEMPLATES
from userflows.journeys.messages.sample_mails import written_sample
from userflows.models import Journey

# Pages that no sample shows, and why.
NO_SAMPLE = {
    "customer/invitation.html": "administrators read it, in the look of the home tenant",
    "customer/invitation_gone.html": "the same",
    "emails/invitation.html": "the same",
}
NOBODY_TOLD = re.compile(r"\[nobody told ([\w.]+)\]")
# Of the request, which a sample doesn't have; and what has a default.
LEFT_OUT = {
    "request.user.pk",
    "request.path",
    "language_url",
    "here",
    "weight",
    "form.email.value",
    "back_url",
    "start_url",
}
PLAIN = "emails/_plain.html"
FULL_WIDTH = ("ja", "zh-hans", "zh-hant", "zh-hk")
# A blank beside what brings its own along, but for a dot that divides; and a colon that isn't as wide as the letters.
BLANK_BESIDE = re.compile(
    r".{0,9}(?:[、。，：；！？）」』] +(?=[^\s·])|(?<=\S) +[、。，：；！？）」』]|[ぁ-ヿ一-鿿]:).{0,9}"
)
# What stands on pages and is none.
PARTS = re.compile(r"/components/|/_|/base\.html|_invitation\.html|_lead\.html|emails/(asked|secure)\.html")


def shown_to_customers() -> Iterator[str]:
    for folder in ("customer", "emails"):
        for path in sorted((TEMPLATES / folder).rglob("*.html")):
            template = str(path.relative_to(TEMPLATES))
            if not PARTS.search(template):
                yield template


def test_each_page_and_each_mail_has_a_sample() -> None:
    shown = {sample.template for sample in samples()}

    assert {template for template in shown_to_customers() if template not in shown} == set(NO_SAMPLE)


def test_each_sample_has_a_name_of_its_own_in_its_group() -> None:
    named = [(sample.group, sample.label) for sample in samples(with_variants=True)]

    assert len(set(named)) == len(named)


def test_the_editor_of_words_shows_only_samples_there_are() -> None:
    known = {sample.key for sample in samples()}

    assert {page.sample for page in PAGES} - {""} <= known


@pytest.fixture
def unknown_names_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a template says that nobody has told it is to be seen."""
    monkeypatch.setattr(Engine.get_default(), "string_if_invalid", "[nobody told %s]")


@pytest.mark.usefixtures("unknown_names_are_shown")
@pytest.mark.parametrize("group", SampleGroup)
def test_a_sample_tells_its_template_all_it_asks_for(acme: Tenant, group: SampleGroup) -> None:
    with tenant_context(acme):
        layers = layers_of("en", tenant=read_published().tenant)
        in_light, in_dark = (look_of(layers, tenant_name="Acme", scheme=scheme) for scheme in (LIGHT, DARK))
        words = words_of_draft(None)
        for sample in samples(group):
            light = html_of_sample(sample.key, look=in_light, language="en", words=words)
            dark = html_of_sample(sample.key, look=in_dark, language="ar", words=words)
            assert set(NOBODY_TOLD.findall(light)) <= LEFT_OUT, sample.key
            assert "<h1>" in light, sample.key
            assert '<html lang="ar" dir="rtl">' in dark, sample.key
            assert "(prefers-color-scheme" not in light + dark, sample.key
        for variant in (each for each in samples(group, with_variants=True) if each.of):
            html = html_of_sample(variant.key, look=in_light, language="en", words=words)
            assert set(NOBODY_TOLD.findall(html)) <= LEFT_OUT, variant.key
        assert not Account.objects.filter(email__contains="robin").exists()
        assert not Journey.objects.exists()
        assert not Message.objects.exists()


def test_pictures_show_of_errors_what_is_seen_at_once(acme: Tenant, ada_portal: Browser) -> None:
    wrong = [each.key for each in samples(with_variants=True) if each.key.endswith("errors")]
    assert len(wrong) > 20
    for key in wrong:
        page = ada_portal.get(f"{PAGE}sheet/page?page={key}").content.decode()
        at = re.findall(r'<p class="wrong"(?: id="(.+?)")?>', page)
        assert at, key
        assert len(at) == len(set(at)), key


def test_no_blank_stands_beside_punctuation_of_full_width(acme: Tenant) -> None:
    said = [form for each in FULL_WIDTH for text in sentences().values() for form in products_texts(text, each)]
    assert [form for form in said if BLANK_BESIDE.search(form)] == []
    # What stands between two sentences, the pages say in each of these languages alike.
    language = FULL_WIDTH[0]
    with tenant_context(acme):
        look, words = look_for(language), words_of_draft(None)
        read = {
            sample.key: lines_of(html_of_sample(sample.key, look=look, language=language, words=words))
            for sample in samples(with_variants=True)
            if sample.template != PLAIN
        }
        for sample in samples(SampleGroup.MAILS):
            read[f"{sample.key}, as text"] = written_sample(sample, look=look, language=language, theme=None).text
    assert {key: found for key, lines in read.items() if (found := BLANK_BESIDE.findall(lines))} == {}


def test_the_owner_is_shown_what_many_wrong_tries_say(acme: Tenant) -> None:
    with tenant_context(acme):
        mail = written_sample(sample_named("mail_guessing"), look=look_for("en"), language="en", theme=None)
    assert mail.subject == "Many attempts to sign in to your Acme account"
    assert "to secure your account" in mail.text


def words_of(html: str) -> set[str]:
    """The paragraphs of a mail, without what a link is called."""
    body = html.partition("<body")[2]
    told = re.findall(r"<p\b[^>]*>(.*?)</p>", body, flags=re.DOTALL)
    unlinked = [unescape(strip_tags(re.sub(r"<a\b.*?</a>", "", each, flags=re.DOTALL))) for each in told]
    return {" ".join(each.split()) for each in unlinked} - {""}


def lines_of(html: str) -> str:
    """What is read in a page: a line for each element, but for those that stand within one."""
    body = re.sub(r"<(script|style)\b.*?</\1>|<span class=\"hidden\">.*?</span>", "", html, flags=re.DOTALL)
    blocks = re.sub(r"\s*<(?!/?(?:a|b|bdi|span|strong|time)\b)[^>]*>\s*", "\n", re.sub(r"\s+", " ", body))
    return strip_tags(blocks)


def test_a_mail_says_in_plain_text_what_its_page_says(acme: Tenant) -> None:
    for sample in samples(SampleGroup.MAILS):
        with tenant_context(acme):
            mail = written_sample(sample, look=look_for("en"), language="en", theme=None)
        text = " ".join(mail.text.split())
        assert mail.subject
        assert {each for each in words_of(mail.html) if each not in text} == set(), sample.key
