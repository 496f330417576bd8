"""Two administrators have the same branding open: what each changes stays, and nothing that was typed is lost."""

import re
from html import unescape
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from branding.description import FIELDS
from branding.models import Branding, BrandingImage
from branding.services import add_language, update_branding
from common.problems import Code, Refused
from tenants.models import Tenant
from tests.branding.brands import ADA, DEFAULT, GERMAN, draft
from tests.branding.pictures import picture, picture_of_a_hill, upload
from tests.browser import Browser

pytestmark = pytest.mark.django_db
CLASH = "This was changed elsewhere as well"
Kind = BrandingImage.Kind


def opened(portal: Browser, page: str = DEFAULT) -> dict[str, Any]:
    """What the form would send, were nothing typed."""
    return form_of(portal.get(page).content.decode())


def form_of(page: str) -> dict[str, Any]:
    form = page.partition('id="branding-form"')[2].partition("</form>")[0]
    form = re.sub(r"<fieldset[^>]* disabled>.*?</fieldset>", "", form, flags=re.DOTALL)
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf' {each}="([^"]*)"', tag) for each in ("name", "value"))
        is_off = re.search(r'type="(?:radio|checkbox)"', tag) and " checked" not in tag
        if name and not is_off and 'type="file"' not in tag:
            sent[name[1]] = unescape(value[1]) if value else ""
    for name, text in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n?([^<]*)<', form):
        sent[name] = unescape(text).replace("\n", "\r\n")
    for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = chosen[1] if chosen else ""
    return sent


def kept(tenant: Tenant, locale: str = "") -> Branding:
    with tenant_context(tenant):
        return Branding.objects.get(locale=locale)


@pytest.mark.parametrize(("address", "locale"), [(DEFAULT, ""), (GERMAN, "de")], ids=["default", "language"])
def test_p20_of_two_who_change_different_fields_both_are_kept(
    acme: Tenant, ada_portal: Browser, address: str, locale: str
) -> None:
    draft(acme, locale, sign_in_page_text="Two\nlines", custom_css=".ext-title { color: #112233 }", font="serif")
    before = kept(acme, locale)
    mine = opened(ada_portal, address)
    draft(acme, locale, username_hint="theirs@acme.example", layout="split", shows_footer=True)

    answer = ada_portal.post(address, mine | {"accent_color": "#aa0000"}, follow=True)

    assert "is kept: Layout, Username hint, Footer." in answer.content.decode()
    now = kept(acme, locale)
    assert (now.username_hint, now.layout, now.shows_footer) == ("theirs@acme.example", "split", True)
    changed = {name for name in FIELDS if getattr(now, name) != getattr(before, name)}
    assert changed == {"accent_color", "username_hint", "layout", "shows_footer"}


def test_p20_of_what_both_have_changed_both_are_shown_and_nothing_typed_is_lost(
    acme: Tenant, ada_portal: Browser
) -> None:
    mine = opened(ada_portal) | {"username_hint": "mine", "terms_text": "Our terms", "font": "serif"}
    draft(acme, username_hint="<b>theirs</b>", privacy_text="Their privacy", font="mono")

    page = ada_portal.post(DEFAULT, mine).content.decode()

    assert "Changed in two places" in page
    assert CLASH in page
    assert "<bdi>mine</bdi>" in page
    assert "<bdi>&lt;b&gt;theirs&lt;/b&gt;</bdi>" in page
    assert "<bdi>With serifs</bdi>" in page
    assert "<bdi>Monospaced</bdi>" in page
    form = form_of(page)
    assert (form["username_hint"], form["terms_text"], form["font"]) == ("mine", "Our terms", "serif")
    assert form["privacy_text"] == "Their privacy"
    assert kept(acme).terms_text == ""

    assert ada_portal.post(DEFAULT, form | {"theirs": ["font"]}).status_code == 302
    now = kept(acme)
    assert (now.username_hint, now.terms_text, now.font) == ("mine", "Our terms", "mono")
    assert now.privacy_text == "Their privacy"


def test_whoever_comes_to_the_same_is_told_nothing(acme: Tenant, ada_portal: Browser) -> None:
    mine = opened(ada_portal)
    draft(acme, username_hint="you@acme.example")

    assert ada_portal.post(DEFAULT, mine | {"username_hint": " you@acme.example"}).status_code == 302


def test_who_looks_at_colours_in_between_still_has_what_was_seen(acme: Tenant, ada_portal: Browser) -> None:
    mine = opened(ada_portal) | {"username_hint": "mine"}
    draft(acme, accent_color="#aa0000")

    again = form_of(ada_portal.post(DEFAULT, mine | {"use": "surface_color=%23fefefe"}).content.decode())

    assert (again["accent_color"], again["surface_color"], again["username_hint"]) == ("#aa0000", "#fefefe", "mine")
    assert ada_portal.post(DEFAULT, again).status_code == 302
    now = kept(acme)
    assert (now.accent_color, now.surface_color, now.username_hint) == ("#aa0000", "#fefefe", "mine")


def test_a_picture_stays_as_somebody_else_has_chosen_it_and_two_are_told_of(acme: Tenant, ada_portal: Browser) -> None:
    mine = opened(ada_portal)
    draft(acme, images={Kind.BANNER_LOGO: upload(picture(200, 36))})
    assert ada_portal.post(DEFAULT, mine | {"username_hint": "mine"}).status_code == 302
    with tenant_context(acme):
        theirs = BrandingImage.objects.get().digest

    told = ada_portal.post(DEFAULT, mine | {"banner_logo": upload(picture(90, 30), "mine.png")}).content.decode()

    assert "mine.png, to be chosen again" in told
    assert f"/images/{theirs}" in told
    again = form_of(told) | {"banner_logo": upload(picture(90, 30), "mine.png")}
    assert ada_portal.post(DEFAULT, again).status_code == 302
    with tenant_context(acme):
        assert BrandingImage.objects.get().digest != theirs


def test_a_part_that_was_chosen_of_one_picture_isnt_taken_of_another(acme: Tenant, ada_portal: Browser) -> None:
    draft(acme, images={Kind.FAVICON: upload(picture(200, 100))})
    mine = opened(ada_portal)
    assert mine["favicon_crop_shown"] == "whole"
    draft(acme, images={Kind.FAVICON: upload(picture_of_a_hill(300, 100))})
    part = {"favicon_crop_shown": "filled", "favicon_crop_size": "50"}

    told = ada_portal.post(DEFAULT, mine | part).content.decode()

    assert "Filled: 50, 50, 50" in told
    assert ada_portal.post(DEFAULT, form_of(told) | {"theirs": ["favicon_crop"]}).status_code == 302
    with tenant_context(acme):
        assert BrandingImage.objects.get(branding__isnull=False).crop is None


def test_a_style_sheet_is_told_of_by_the_lines_that_differ(acme: Tenant, ada_portal: Browser) -> None:
    css = ".ext-title {\n color: #112233;\n}"
    draft(acme, custom_css=css)
    mine = opened(ada_portal)
    draft(acme, custom_css=css.replace("#112233", "#445566"))

    told = ada_portal.post(DEFAULT, mine | {"custom_css": css.replace("#112233", "#778899")}).content.decode()

    assert "<code> color: #778899;</code>" in told
    assert "<code> color: #445566;</code>" in told


def test_p20_a_css_file_is_in_the_box_when_the_form_comes_back(acme: Tenant, ada_portal: Browser) -> None:
    """No browser chooses a file again by itself: what is saved next is the file all the same."""
    draft(acme, custom_css=".ext-title { color: #112233 }")
    mine = opened(ada_portal)
    draft(acme, custom_css=".ext-title { color: #445566 }")
    file = upload(b".ext-title { color: #778899 }", "mine.css", "text/css")

    told = ada_portal.post(DEFAULT, mine | {"css_file": file}).content.decode()

    assert "<code>.ext-title { color: #778899 }</code>" in told
    assert form_of(told)["custom_css"] == ".ext-title { color: #778899 }"
    assert ada_portal.post(DEFAULT, form_of(told)).status_code == 302
    assert kept(acme).custom_css == ".ext-title { color: #778899 }"

    file = upload(b".ext-title { color: #aabbcc }", "mine.css", "text/css")
    told = ada_portal.post(DEFAULT, opened(ada_portal) | {"css_file": file, "privacy_url": "x"}).content.decode()
    assert form_of(told)["custom_css"] == ".ext-title { color: #aabbcc }"


def test_p20_what_somebody_saves_in_the_same_moment_is_not_overwritten(acme: Tenant) -> None:
    """Between a form that was judged and its lock."""
    with tenant_context(acme):
        expected = {"username_hint": "", "accent_color": "", "banner_logo": "a" * 64}
        update_branding(locale="", fields={"username_hint": "theirs"}, actor=ADA)
        update_branding(locale="", fields={"accent_color": "#aa0000"}, expected=expected, actor=ADA)
        images = {Kind.BANNER_LOGO: upload(picture(90, 30))}
        with pytest.raises(Refused) as refusal:
            update_branding(locale="", fields={"username_hint": "mine"}, images=images, expected=expected, actor=ADA)
    told = {(problem.field, problem.code) for problem in refusal.value.problems}
    assert told == {("username_hint", Code.CHANGED_MEANWHILE), ("banner_logo", Code.CHANGED_MEANWHILE)}
    assert kept(acme).username_hint == "theirs"


@pytest.mark.parametrize("seen", ["x", "username_hint", ":", "\x00 username_hint:\ud7ff", "a:b:c " * 50])
def test_eve_who_makes_up_what_she_has_seen_overwrites_nothing_unseen(
    acme: Tenant, ada_portal: Browser, seen: str
) -> None:
    draft(acme, username_hint="theirs")

    page = ada_portal.post(DEFAULT, opened(ada_portal) | {"username_hint": "hers", "seen": seen})

    assert CLASH in page.content.decode()
    assert kept(acme).username_hint == "theirs"


def test_the_guide_keeps_what_others_change_as_well(acme: Tenant, ada_portal: Browser) -> None:
    with tenant_context(acme):
        add_language(locale="de", actor=ADA)
    guide = ada_portal.get("/tenants/acme/start/?step=look").content.decode()
    draft(acme, username_hint="theirs", sign_in_page_text="Hello")

    assert ada_portal.post("/tenants/acme/start/look", form_of(guide) | {"accent_color": "#b4233a"}).status_code == 302

    now = kept(acme)
    assert (now.username_hint, now.sign_in_page_text, now.accent_color) == ("theirs", "Hello", "#b4233a")
