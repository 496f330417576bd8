"""Links to drafts: they open sample pages alone, are listed, end by themselves, and can be taken back."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from django.utils.html import conditional_escape
from django_tenants.utils import tenant_context

from audit.models import Event
from branding.look import look_for
from branding.models import BrandingImage, DraftLink
from branding.preview.samples import SampleGroup, sample_named, samples
from branding.themes.services import delete_theme
from branding.versions.links import forget_links_over, make_link
from tenants.models import Tenant
from tests.branding.brands import ADA, PAGE, brand, draft, theme_of
from tests.branding.pictures import picture, upload
from tests.browser import Browser

pytestmark = pytest.mark.django_db
VIEWS = ("", "sheet/", "page")


def link_to(tenant: Tenant, **given: Any) -> str:
    with tenant_context(tenant):
        return make_link(**{"theme": None, "days": 7, "actor": ADA} | given).removeprefix(f"/t/{tenant.slug}")


def statuses(browser: Browser, link: str) -> set[int]:
    return {browser.get(f"{link}{view}").status_code for view in VIEWS}


def only_link(tenant: Tenant) -> DraftLink:
    with tenant_context(tenant):
        return DraftLink.objects.get()


def test_b28_a_link_opens_nothing_elsewhere_and_nothing_once_it_is_over_or_taken_back(
    acme: Tenant, acme_browser: Browser, globex_browser: Browser, ada_portal: Browser
) -> None:
    draft(acme, username_hint="secret@acme.example")
    link, other = link_to(acme), link_to(acme, note="For Eve")

    assert statuses(acme_browser, link) == {200}
    assert statuses(globex_browser, link) == {410}
    assert statuses(acme_browser, link.replace("drafts/", "drafts/x")) == {410}
    with tenant_context(acme):
        taken = DraftLink.objects.get(note="For Eve")
    ada_portal.post(f"{PAGE}links/{taken.pk}/take-back")
    assert statuses(acme_browser, other) == {410}
    with tenant_context(acme):
        DraftLink.objects.update(until=timezone.now())
        assert forget_links_over() == 1
    assert statuses(acme_browser, link) == {410}


def test_b28_a_shared_draft_can_do_nothing_and_is_kept_by_no_cache(acme: Tenant, acme_browser: Browser) -> None:
    brand(acme, username_hint="shown@acme.example")
    draft(acme, username_hint="draft@acme.example", images={BrandingImage.Kind.BANNER_LOGO: upload(picture(90, 30))})
    link = link_to(acme)

    page, frame = acme_browser.get(link), acme_browser.get(f"{link}page?page=sign_in&in=de&scheme=dark")

    words = frame.content.decode()
    assert "draft@acme.example" in words
    assert '<html lang="de"' in words
    assert "<body inert" in words
    assert "<script" not in words
    assert "csrfmiddlewaretoken" not in words + page.content.decode()
    for directive in ("script-src 'none'", "form-action 'none'", "frame-ancestors 'self'", "sandbox allow-same-origin"):
        assert directive in frame.headers["Content-Security-Policy"]
    for answer in (page, frame):
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert not answer.cookies
    with tenant_context(acme):
        assert look_for("en").username_hint == "shown@acme.example"


def test_b28_nobody_who_reads_the_database_can_open_a_draft(acme: Tenant) -> None:
    token = link_to(acme).split("/")[2]
    kept = only_link(acme)

    assert token not in str(vars(kept))
    with tenant_context(acme):
        assert token not in str(list(Event.objects.values_list("details", flat=True)))


def test_grace_takes_back_no_link_of_acmes(acme: Tenant, acme_browser: Browser, grace_portal: Browser) -> None:
    link = link_to(acme)

    answer = grace_portal.post(f"{PAGE}links/{only_link(acme).pk}/take-back")

    assert answer.status_code == 404
    assert statuses(acme_browser, link) == {200}


def test_ada_sees_who_has_which_link_and_takes_one_back(
    acme: Tenant, acme_browser: Browser, ada_portal: Browser
) -> None:
    made = ada_portal.post(f"{PAGE}share/", {"days": "1", "note": "Sign-off by <Grace>"}, follow=True)
    path = urlsplit(made.context["link"]).path.removeprefix("/t/acme")
    before = ada_portal.get(f"{PAGE}share/").content.decode()
    assert acme_browser.get(path).status_code == 200

    after = ada_portal.get(f"{PAGE}share/").content.decode()
    ada_portal.post(f"{PAGE}links/{only_link(acme).pk}/take-back")

    assert "Sign-off by &lt;Grace&gt;" in before
    assert "ada@portal.example" in before
    assert "Not opened yet" in before
    assert "Not opened yet" not in after
    assert path not in after
    assert "Sign-off by" not in ada_portal.get(f"{PAGE}share/").content.decode()
    with tenant_context(acme):
        made_and_gone = Event.objects.filter(action__startswith="branding.link_").values_list("action", flat=True)
        assert sorted(made_and_gone) == ["branding.link_made", "branding.link_taken_back"]


def test_a_link_to_a_theme_is_listed_there_and_goes_with_it(
    acme: Tenant, acme_browser: Browser, ada_portal: Browser
) -> None:
    theme = theme_of(acme)
    link = link_to(acme, theme=theme, note="Kids only")

    assert "Kids only" in ada_portal.get(f"{PAGE}themes/{theme.pk}/share/").content.decode()
    assert "Kids only" not in ada_portal.get(f"{PAGE}share/").content.decode()
    assert ada_portal.post(f"{PAGE}links/{only_link(acme).pk}/take-back").status_code == 404
    assert "Kids" in acme_browser.get(link).content.decode()
    with tenant_context(acme):
        delete_theme(theme, actor=ADA)
    assert statuses(acme_browser, link) == {410}


def test_each_page_on_a_sheet_is_one_that_its_frame_can_show(acme: Tenant, acme_browser: Browser) -> None:
    draft(acme, "de", username_hint="du@acme.example")
    link = link_to(acme)

    sheet = acme_browser.get(f"{link}sheet/?group=sign_in&group=mails&in=en&in=de&scheme=light&scheme=dark&size=phone")
    page = sheet.content.decode()
    frames = [unescape(each) for each in re.findall(r'<iframe src="([^"]*)"', page)]

    assert len(frames) == len(set(frames)) == 4 * len([*samples(SampleGroup.SIGN_IN), *samples(SampleGroup.MAILS)])
    first = next(each for each in frames if "in=de" in each)
    german = acme_browser.get(first.removeprefix("/t/acme")).content.decode()
    assert "du@acme.example" in german
    assert '<html lang="de"' in german
    assert "<script" not in page
    assert 'loading="lazy"' in page


def test_a_sheet_shows_other_states_where_they_are_asked_for(
    acme: Tenant, ada_portal: Browser, acme_browser: Browser
) -> None:
    """Two thirds of what there is to look over, errors before all, stood on no sheet."""
    there_are = samples(SampleGroup.SIGN_IN, with_variants=True)
    link = link_to(acme)

    for browser, sheet in ((ada_portal, f"{PAGE}sheet/"), (acme_browser, f"{link}sheet/")):
        page = browser.get(f"{sheet}?states=variants").content.decode()
        assert page.count("<iframe") == len(there_are)
        assert f"<h3>{conditional_escape(sample_named('sign_in.errors').label)}</h3>" in page
    for browser, frame in ((ada_portal, f"{PAGE}sheet/page"), (acme_browser, f"{link}page")):
        assert 'aria-invalid="true"' in browser.get(f"{frame}?page=sign_in.errors").content.decode()
    assert 'value="sign_in.errors"' in acme_browser.get(link).content.decode()


def test_a_sheet_begins_with_the_default_language_and_lists_all_by_their_own_names(
    acme: Tenant, ada_portal: Browser
) -> None:
    draft(acme, "de", username_hint="du@acme.example")
    draft(acme, "fr", username_hint="vous@acme.example")
    page = ada_portal.get(f"{PAGE}sheet/").content.decode()

    assert re.findall('name="in" value="([^"]*)" checked', page) == ["de", "en"]
    names = re.findall('name="in"[^>]*><span lang="[^"]*">([^<]*)', page)
    assert names.index("Deutsch") < names.index("English") < names.index("Español") < names.index("Magyar")
    mails = re.findall(
        '<option value="[^"]*" lang="[^"]*"[^>]*>([^<]*)', ada_portal.get(f"{PAGE}emails/").content.decode()
    )
    assert mails == names


@pytest.mark.parametrize(
    "asked", ["in=xx&scheme=neon&size=huge&group=none", "", "in=" + "&in=".join(map(str, range(99)))]
)
def test_what_a_sheet_doesnt_know_it_does_without(acme: Tenant, ada_portal: Browser, asked: str) -> None:
    page = ada_portal.get(f"{PAGE}sheet/?{asked}")

    assert page.status_code == 200
    assert page.content.decode().count("<iframe") == len(samples(SampleGroup.SIGN_IN))
