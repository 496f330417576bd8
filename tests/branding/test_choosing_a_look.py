"""Ada chooses a look: she is told what can't be read, takes what would do, and Carol's browser shows it."""

import io
import re
from typing import Any
from uuid import UUID

import pytest
from django_tenants.utils import tenant_context
from PIL import Image

from branding.look import look_for
from branding.models import Branding, BrandingImage
from branding.versions.services import discard
from common.database.caches import forget_everything
from tenants.models import Tenant
from tests.branding.brands import ADA, DEFAULT, GERMAN, NOTHING, PAGE, brand, draft
from tests.branding.pictures import DRAWING, picture, picture_of_a_hill, transparent_picture, upload
from tests.browser import Browser

Kind = BrandingImage.Kind
WHITE, BLACK = (255, 255, 255, 255), (0, 0, 0, 255)


def look(tenant: Tenant) -> Any:
    forget_everything()
    with tenant_context(tenant):
        return look_for("en")


def test_a_colour_that_would_do_is_one_press_away_and_nothing_is_saved(acme: Tenant, ada_portal: Browser) -> None:
    typed = NOTHING | {"accent_color": "#ffcc00", "surface_color": "#336699", "username_hint": "you@acme.example"}
    page = ada_portal.post(DEFAULT, typed | {"use": ""}).content.decode()
    assert "A card of this colour isn’t saved." in page
    [fix] = set(re.findall(r'name="use" value="(surface_color=%23\w{6})"', page))

    page = ada_portal.post(DEFAULT, typed | {"use": fix}).content.decode()

    assert f'value="{fix.partition("=")[2].replace("%23", "#")}"' in page
    assert 'value="you@acme.example"' in page
    assert "A card of this colour" not in page
    with tenant_context(acme):
        assert Branding.objects.get(locale="").username_hint == ""


def test_a_card_that_cannot_be_read_on_is_refused(acme: Tenant, ada_portal: Browser) -> None:
    answer = ada_portal.post(DEFAULT, NOTHING | {"surface_color": "#336699", "dark_surface_color": "#808080"})

    assert answer.context_data
    assert set(answer.context_data["form"].errors) == {"surface_color", "dark_surface_color"}


def test_only_colours_are_filled_in_by_a_button(acme: Tenant, ada_portal: Browser) -> None:
    hostile = "username_hint=%3Cscript%3E&legal_lines=x&accent_color=%3Cs%3E&seen=x&%00=1"

    answer = ada_portal.post(DEFAULT, NOTHING | {"use": hostile})

    assert answer.context_data
    form = answer.context_data["form"]
    assert (form["username_hint"].value(), form["legal_lines"].value(), form["accent_color"].value()) == ("", "", "<s>")
    assert "<s>" not in answer.content.decode()


def test_colours_are_proposed_from_the_logo(acme: Tenant, ada_portal: Browser) -> None:
    brand(acme, images={Kind.BANNER_LOGO: upload(DRAWING, "logo.svg")})
    brand(acme, "de")

    for address in (DEFAULT, GERMAN):
        page = ada_portal.get(address).content.decode()
        use = re.findall(r'name="use" value="(accent_color=[^"]+dark_background[^"]+)"', page)[0]
        answer = ada_portal.post(address, NOTHING | {"use": use.replace("&amp;", "&")})
        assert answer.context_data
        taken = answer.context_data["form"]
        assert taken["accent_color"].value().startswith(("#0f", "#10", "#11"))
        assert all(taken[name].value() for name in ("background_color", "dark_accent_color", "dark_background_color"))


def test_a_logo_that_isnt_saved_proposes_its_colours_as_well(acme: Tenant, ada_portal: Browser) -> None:
    assert "proposals-title" not in ada_portal.get(DEFAULT).content.decode()

    chosen = {"use": "", "banner_logo": upload(DRAWING, "logo.svg")}
    page = ada_portal.post(DEFAULT, NOTHING | chosen).content.decode()

    assert re.search(r'name="use" value="accent_color=%23(0f|10|11)', page)
    with tenant_context(acme):
        assert not BrandingImage.objects.exists()


@pytest.mark.parametrize(("color", "ground"), [(WHITE, "on-night"), (BLACK, "on-paper")])
def test_a_logo_is_seen_in_the_coverage_map_and_among_the_differences(
    acme: Tenant, ada_portal: Browser, color: tuple[int, int, int, int], ground: str
) -> None:
    logo = upload(transparent_picture(120, 30, color=color))
    draft(acme, images={Kind.BANNER_LOGO: logo, Kind.BACKGROUND: upload(picture(300, 200, color="#ffffff"))})

    for page in ("coverage/?of=draft", "publish/"):
        grounds = re.findall(r'class="told-picture([^"]*)"', ada_portal.get(f"{PAGE}{page}").content.decode())
        assert sorted(grounds) == ["", f" {ground}"]


def test_a_logo_that_is_uploaded_anew_after_the_upgrade_is_served_and_kept_as_webp(
    acme: Tenant, ada_portal: Browser, acme_browser: Browser
) -> None:
    brand(acme, images={Kind.BANNER_LOGO: upload(DRAWING, "logo.svg")})
    with tenant_context(acme):
        webp = BrandingImage.objects.get().webp
        # As the release before has made it, and as it comes first where nobody says which one does.
        BrandingImage.objects.update(id=UUID(int=0), webp=None, palette=None)

    draft(acme, images={Kind.BANNER_LOGO: upload(DRAWING, "logo.svg")})

    assert "dark_background_color=" in ada_portal.get(DEFAULT).content.decode()
    assert acme_browser.get(look(acme).logo_url, headers={"accept": "image/webp"}).content == webp
    draft(acme, images={Kind.BANNER_LOGO: None})
    with tenant_context(acme):
        discard(actor=ADA)
        assert Branding.objects.get().images.get().webp == webp


def test_what_is_chosen_in_a_language_falls_back_field_by_field(acme: Tenant, ada_portal: Browser) -> None:
    brand(acme, font="serif", corner_radius="large", dark_accent_color="#ffaaaa")
    brand(acme, "de", corner_radius="none")

    page = ada_portal.get(GERMAN).content.decode()

    assert "Not set here: with serifs" in page
    assert re.search(r'<option value="none" selected', page)
    assert 'placeholder="#ffaaaa"' in page
    assert "Very rounded" in ada_portal.get(f"{PAGE}coverage/").content.decode()


def test_the_neutral_choice_of_the_default_sets_nothing(acme: Tenant, ada_portal: Browser) -> None:
    ada_portal.post(DEFAULT, NOTHING | {"font": "serif"})
    ada_portal.post(DEFAULT, NOTHING)

    with tenant_context(acme):
        kept = Branding.objects.get(locale="")
    assert (kept.font, kept.layout, kept.color_scheme) == ("", "", "")


@pytest.mark.parametrize(
    ("scheme", "media"), [("dark", "all"), ("light", "not all"), ("", "(prefers-color-scheme: dark)")]
)
def test_pages_are_light_or_dark_as_chosen(acme: Tenant, acme_browser: Browser, scheme: str, media: str) -> None:
    logos = {
        Kind.BANNER_LOGO: upload(picture(160, 36)),
        Kind.BANNER_LOGO_DARK: upload(picture(90, 30, color="#ffffff")),
    }
    brand(acme, color_scheme=scheme, images=logos)

    page = acme_browser.get("/sign-in/", follow=True).content.decode()

    assert re.search(rf'href="[^"]*dark[^"]*css" media="{re.escape(media)}"', page)
    source = re.search(rf'<source media="{re.escape(media)}" srcset="([^"]+)" width="90" height="30">', page)
    assert source
    css = acme_browser.get(look(acme).style_sheet_url).content.decode()
    assert (f"color-scheme:{scheme};" in css) is bool(scheme)


def test_browsers_get_the_lighter_file_and_mail_programs_the_other(acme: Tenant, acme_browser: Browser) -> None:
    brand(acme, images={Kind.BACKGROUND: upload(picture_of_a_hill(1200, 800))})
    url = look(acme).background_url

    light = acme_browser.get(url, headers={"accept": "image/avif,image/webp,*/*"})
    plain = acme_browser.get(url, headers={"accept": "image/png,*/*"})

    assert (light["Content-Type"], plain["Content-Type"]) == ("image/webp", "image/jpeg")
    assert len(light.content) < len(plain.content)
    assert light["ETag"] != plain["ETag"]
    for answer in (light, plain):
        assert "Accept" in answer["Vary"]
        assert "immutable" in answer["Cache-Control"]
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert Image.open(io.BytesIO(answer.content)).size == (1200, 800)
    assert acme_browser.get(url, headers={"accept": "image/webp", "if-none-match": light["ETag"]}).status_code == 304


def test_b02_what_came_beside_a_picture_is_served_to_nobody(acme: Tenant, acme_browser: Browser) -> None:
    brand(acme, images={Kind.BANNER_LOGO: upload(picture(60, 20) + b"<script>alert(1)</script>", "logo.html")})

    for accept in ("image/webp", "text/html"):
        answer = acme_browser.get(look(acme).logo_url, headers={"accept": accept})
        assert answer["Content-Type"] in {"image/webp", "image/png"}
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert b"script" not in answer.content
