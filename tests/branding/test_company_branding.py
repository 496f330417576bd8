"""Ada brands acme's pages: the default, a language, what falls back, and who sees none of it."""

import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django_tenants.utils import tenant_context

from audit.models import Event
from branding.errors import DefaultIsPermanent
from branding.look import look_for
from branding.models import BrandingImage
from branding.services import add_language, delete_language, update_branding
from common.database.caches import forget_everything
from tenants.models import Tenant
from tests.branding.brands import ADA, DEFAULT, GERMAN, NOTHING, PAGE, brand, published
from tests.branding.pictures import bomb, noise, picture, upload
from tests.browser import Browser


def look_in(tenant: Tenant, language: str) -> Any:
    """The look of customers who read this language, once the draft is published."""
    published(tenant)
    forget_everything()
    with tenant_context(tenant):
        return look_for(language)


def events(tenant: Tenant) -> list[Event]:
    with tenant_context(tenant):
        return list(Event.objects.filter(action__startswith="branding.").order_by("id"))


def test_a_new_tenant_looks_neutral(acme: Tenant) -> None:
    look = look_in(acme, "en")

    assert (look.tenant_name, look.layout, look.logo_url) == ("Acme", "full_screen", "")
    assert not look.shows_footer
    assert (look.privacy_text, look.privacy_url) == ("Privacy", "")
    assert (look.terms_text, look.terms_url) == ("Terms of use", "")


def test_ada_saves_the_default_branding(acme: Tenant, ada_portal: Browser, acme_browser: Browser) -> None:
    answer = ada_portal.post(
        DEFAULT,
        NOTHING
        | {
            "accent_color": "#FFCC00",
            "layout": "split",
            "username_hint": "you@acme.example",
            "sign_in_page_text": "Need **help**?\r\n\r\nAsk.",
            "shows_footer": "yes",
            "privacy_url": "https://acme.example/privacy",
            "banner_logo": upload(picture(200, 36)),
        },
    )

    assert answer.status_code == 302
    look = look_in(acme, "en")
    assert (look.accent_color, look.accent_text_color, look.layout) == ("#ffcc00", "#000000", "split")
    assert look.sign_in_page_text_html == "<p>Need <strong>help</strong>?</p><p>Ask.</p>"
    assert (look.shows_footer, look.privacy_text) == (True, "Privacy")
    assert (look.logo_width, look.logo_height) == (183, 33)
    assert acme_browser.get(look.style_sheet_url).status_code == 200
    [event] = [event for event in events(acme) if event.action == "branding.changed"]
    assert event.actor_name == "ada@portal.example"
    assert {"accent_color", "banner_logo", "shows_footer"} <= set(event.details["fields"])


def test_each_field_falls_back_by_itself(acme: Tenant) -> None:
    brand(acme, accent_color="#aa0000", username_hint="you@acme.example", privacy_text="Privacy notice")
    brand(acme, images={BrandingImage.Kind.BANNER_LOGO: upload(picture(100, 30))})
    brand(acme, "de", username_hint="du@acme.example", shows_footer=True)

    default, german = look_in(acme, "fr"), look_in(acme, "de")

    assert (default.username_hint, german.username_hint) == ("you@acme.example", "du@acme.example")
    assert german.accent_color == default.accent_color == "#aa0000"
    assert german.privacy_text == "Privacy notice"
    assert german.logo_url == default.logo_url != ""
    assert (default.shows_footer, german.shows_footer) == (False, True)
    assert german.background_color == default.background_color


def test_a_region_is_served_by_its_language_and_the_nearest_one_wins(acme: Tenant) -> None:
    brand(acme, "de", username_hint="Deutsch")
    brand(acme, "pt-BR", username_hint="Brasil")
    brand(acme, "fr", username_hint="Français")
    brand(acme, "fr-CA", username_hint="Québec")

    hints = {language: look_in(acme, language).username_hint for language in ("de-AT", "pt-br", "pt-PT", "fr", "fr-CA")}

    assert hints == {"de-AT": "Deutsch", "pt-br": "Brasil", "pt-PT": "", "fr": "Français", "fr-CA": "Québec"}


def test_a_browser_gets_a_branding_in_a_language_the_pages_are_not_translated_into(
    acme: Tenant, acme_browser: Browser
) -> None:
    brand(acme, username_hint="default hint")
    brand(acme, "pt-BR", username_hint="seu e-mail")

    def hint(accept_language: str) -> bool:
        page = acme_browser.get("/sign-in/", headers={"accept-language": accept_language}, follow=True)
        return "seu e-mail" in page.content.decode()

    assert hint("pt-BR,pt;q=0.9,en;q=0.8")
    assert not hint("de,pt-BR;q=0.5")


def test_a_language_can_take_the_footer_back(acme: Tenant) -> None:
    brand(acme, shows_footer=True)
    brand(acme, "ja", shows_footer=False)

    assert look_in(acme, "ja").shows_footer is False


def test_emptying_a_field_lets_it_fall_back_again(acme: Tenant, ada_portal: Browser) -> None:
    brand(acme, accent_color="#aa0000")
    brand(acme, "de", accent_color="#00aa00")

    ada_portal.post(GERMAN, NOTHING)

    assert look_in(acme, "de").accent_color == "#aa0000"


def test_what_isnt_named_stays(acme: Tenant) -> None:
    brand(acme, accent_color="#aa0000", username_hint="hint")
    brand(acme, username_hint="")

    assert look_in(acme, "en").accent_color == "#aa0000"


def test_ada_adds_a_language_and_deletes_it_again(acme: Tenant, ada_portal: Browser) -> None:
    added = ada_portal.post(PAGE, {"locale": "de"})
    assert added.headers["Location"].endswith(GERMAN)
    assert "Branding for German" in ada_portal.get(GERMAN).content.decode()
    brand(acme, "de", username_hint="du@acme.example")

    asked = ada_portal.get(f"{GERMAN}delete").content.decode()
    deleted = ada_portal.post(f"{GERMAN}delete")

    assert "username hint" in asked
    assert deleted.status_code == 302
    assert ada_portal.get(GERMAN).status_code == 404
    assert look_in(acme, "de").username_hint == ""
    assert [event.action for event in events(acme)][-5:] == [
        "branding.language_added",
        "branding.changed",
        "branding.published",
        "branding.language_deleted",
        "branding.published",
    ]


def test_a_language_is_added_once(acme: Tenant, ada_portal: Browser) -> None:
    ada_portal.post(PAGE, {"locale": "de"})

    again = ada_portal.post(PAGE, {"locale": "de"})

    assert again.status_code == 200
    with tenant_context(acme), pytest.raises(ValidationError, match="There is already a branding for German"):
        add_language(locale="de", actor=ADA)


def test_only_languages_on_the_list_are_added(acme: Tenant) -> None:
    with tenant_context(acme), pytest.raises(ValidationError, match="Choose one of the languages"):
        add_language(locale="xx", actor=ADA)


def test_the_default_cant_be_deleted(acme: Tenant, ada_portal: Browser) -> None:
    assert ada_portal.post(f"{DEFAULT}delete").status_code == 404
    with tenant_context(acme), pytest.raises(DefaultIsPermanent):
        delete_language(locale="", actor=ADA)


def test_an_empty_field_shows_what_it_falls_back_to(acme: Tenant, ada_portal: Browser) -> None:
    brand(acme, username_hint="you@acme.example", privacy_url="https://acme.example/privacy", accent_color="#aa0000")
    brand(acme, "de")

    page = ada_portal.get(GERMAN).content.decode()

    for value in ("you@acme.example", "https://acme.example/privacy", "#aa0000"):
        assert f'placeholder="{value}"' in page


def test_what_is_wrong_is_told_at_each_field_and_nothing_is_saved(acme: Tenant, ada_portal: Browser) -> None:
    answer = ada_portal.post(
        DEFAULT,
        NOTHING
        | {
            "accent_color": "red;}body{",
            "background_color": "#0000ff",
            "privacy_url": "javascript:alert(1)",
            "username_hint": "pay\u202epal",
            "banner_logo": upload(bomb(9_000, 9_000)),
            "favicon": upload(b"<svg onload=alert(1)>", "icon.svg", "image/svg+xml"),
        },
    )

    page = answer.content.decode()
    assert "Write a colour as # and six digits" in page
    assert "Write a link with https:// or mailto: in front." in page
    assert "invisible characters" in page
    assert "The image is 9000×9000 pixels." in page
    assert "This isn’t a PNG, JPEG, WebP or SVG image that can be read." in page
    assert 'value="#0000ff"' in page
    assert look_in(acme, "en").background_color != "#0000ff"


@pytest.mark.parametrize(
    ("field", "value"),
    [("username_hint", "x" * 65), ("sign_in_page_text", "x" * 1025), ("privacy_text", "x" * 257), ("layout", "other")],
)
def test_limits_hold_in_the_form_and_below_it(acme: Tenant, ada_portal: Browser, field: str, value: str) -> None:
    assert ada_portal.post(DEFAULT, NOTHING | {field: value}).status_code == 200
    with tenant_context(acme), pytest.raises(ValidationError) as refused:
        update_branding(locale="", fields={field: value}, actor=ADA)
    assert set(refused.value.message_dict) == {field}


def test_texts_are_shown_letter_by_letter(acme: Tenant, acme_browser: Browser) -> None:
    template = "{{ look.style_sheet_url }} {% debug %} <img onerror=x> %s ${x}"
    brand(acme, sign_in_page_text=template, username_hint='"><script>', shows_footer=True)
    brand(acme, privacy_text="<b>{{ look }}</b>", privacy_url="https://acme.example/?a=1&b=2")

    page = acme_browser.get("/sign-in/", follow=True).content.decode()

    assert "{{ look.style_sheet_url }} {% debug %} &lt;img onerror=x&gt; %s ${x}" in page
    assert 'placeholder="&quot;&gt;&lt;script&gt;"' in page
    assert "&lt;b&gt;{{ look }}&lt;/b&gt;" in page
    assert 'href="https://acme.example/?a=1&amp;b=2"' in page


def test_an_image_is_replaced_and_removed_and_kept_as_long_as_a_version_names_it(
    acme: Tenant, ada_portal: Browser, acme_browser: Browser
) -> None:
    ada_portal.post(DEFAULT, NOTHING | {"banner_logo": upload(picture(100, 30, color="#ff0000"))})
    old = look_in(acme, "en").logo_url
    ada_portal.post(DEFAULT, NOTHING | {"banner_logo": upload(picture(90, 30, color="#00ff00"))})
    new = look_in(acme, "en").logo_url

    assert new != old
    assert [acme_browser.get(url).status_code for url in (old, new)] == [200, 200]
    ada_portal.post(DEFAULT, NOTHING | {"banner_logo": upload(picture(80, 30, color="#0000ff"))})
    with tenant_context(acme):
        [drafted] = BrandingImage.objects.exclude(branding=None)
    never_seen = f"/brand/images/{drafted.digest}"
    assert acme_browser.get(never_seen).status_code == 200
    ada_portal.post(DEFAULT, NOTHING | {"remove_banner_logo": "on"})
    assert look_in(acme, "en").logo_url == ""
    assert acme_browser.get(never_seen).status_code == 404
    assert acme_browser.get(new).status_code == 200


def test_saving_without_a_file_keeps_the_images(acme: Tenant, ada_portal: Browser) -> None:
    ada_portal.post(DEFAULT, NOTHING | {"favicon": upload(picture(32, 32))})
    ada_portal.post(DEFAULT, NOTHING)

    assert look_in(acme, "en").favicon_url


def test_images_and_style_sheets_are_served_as_what_never_changes_and_never_acts(
    acme: Tenant, acme_browser: Browser
) -> None:
    brand(acme, images={BrandingImage.Kind.BANNER_LOGO: upload(picture(100, 30, kind="JPEG"))})
    look = look_in(acme, "en")

    for url, content_type in ((look.logo_url, "image/jpeg"), (look.style_sheet_url, "text/css; charset=utf-8")):
        answer = acme_browser.get(url)
        assert answer.headers["Content-Type"] == content_type
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "immutable" in answer.headers["Cache-Control"]
        assert not answer.cookies
        assert "Content-Disposition" not in answer.headers
        unchanged = acme_browser.get(url, headers={"if-none-match": answer.headers["ETag"]})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert acme_browser.post(url).status_code == 405


def test_the_style_sheet_carries_the_background_image(acme: Tenant, acme_browser: Browser) -> None:
    brand(acme, background_color="#102030", images={BrandingImage.Kind.BACKGROUND: upload(picture(640, 360))})
    look = look_in(acme, "en")

    css = acme_browser.get(look.style_sheet_url).content.decode()

    assert "--background:#102030" in css
    assert "--on-background:#ffffff" in css
    assert f'url("{look.background_url}")' in css
    assert acme_browser.get(look.background_url).status_code == 200


def test_t22_globex_cant_fetch_what_belongs_to_acme(
    acme: Tenant, globex: Tenant, globex_browser: Browser, ada_portal: Browser, grace_portal: Browser
) -> None:
    brand(acme, accent_color="#123456", images={BrandingImage.Kind.BANNER_LOGO: upload(noise(100, 30))})
    look = look_in(acme, "en")
    logo, style_sheet = (url.removeprefix("/t/acme") for url in (look.logo_url, look.style_sheet_url))
    digest = logo.rpartition("/")[2]

    assert globex_browser.get(logo).status_code == 404
    assert globex_browser.get(style_sheet).status_code == 404
    assert globex_browser.get(f"/brand/images/..%2f..%2facme/{digest}").status_code == 404
    assert ada_portal.get(f"/tenants/acme/branding/images/{digest}").status_code == 200
    assert grace_portal.get(f"/tenants/globex/branding/images/{digest}").status_code == 404
    assert grace_portal.get(f"/tenants/acme/branding/images/{digest}").status_code == 404


@pytest.mark.parametrize("page", [PAGE, DEFAULT, GERMAN, f"{GERMAN}delete", f"{DEFAULT}preview"])
def test_grace_finds_no_page_of_acme(
    acme: Tenant, grace_portal: Browser, browser_at: Any, home: Tenant, page: Any
) -> None:
    brand(acme, "de")

    assert grace_portal.get(page).status_code == 404
    assert grace_portal.post(page, NOTHING).status_code == 404
    assert browser_at(home).get(page).status_code == 302


def test_an_unknown_language_has_no_page(acme: Tenant, ada_portal: Browser) -> None:
    assert ada_portal.get(f"{PAGE}nl/").status_code == 404
    assert ada_portal.get(f"{PAGE}nl/preview").status_code == 404


def test_the_list_tells_what_each_branding_sets(acme: Tenant, ada_portal: Browser) -> None:
    brand(acme, accent_color="#123456", terms_url="https://acme.example/terms")
    brand(acme, "de")

    page = ada_portal.get(PAGE).content.decode()

    assert "accent colour" in page
    assert "terms link" in page
    assert "Nothing (same as default)" in page


@pytest.mark.django_db(transaction=True)
def test_b13_of_twenty_who_replace_a_logo_at_once_one_wins_whole(acme: Tenant) -> None:
    """The row is locked first, so images never mix and none is left over."""

    def replace(width: int) -> None:
        try:
            with tenant_context(acme):
                logo = {BrandingImage.Kind.BANNER_LOGO: upload(picture(width, 30))}
                update_branding(locale="", fields={"username_hint": f"{width} wide"}, images=logo, actor=ADA)
        finally:
            connection.close()

    threads = [threading.Thread(target=replace, args=(100 + number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with tenant_context(acme):
        [image] = BrandingImage.objects.all()
    look = look_in(acme, "en")
    assert look.username_hint == f"{image.width} wide"
    assert look.logo_width == image.width
