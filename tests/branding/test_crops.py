"""Pictures whose shape is off for their place: Ada chooses the part that is shown, and may choose again."""

import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context
from PIL import Image

from accounts.models import Account
from branding.description import BrandDescription
from branding.looks.crops import Crop, is_off, part_of
from branding.models import BrandingImage
from branding.pictures import images
from branding.pictures.encoding import WEBP, ImageLimits, PreparedImage, encoded_anew, taken_from
from branding.pictures.images import LIMITS, type_of
from branding.services import apply, update_branding
from branding.versions.services import discard, draft_of, newest, publish, restore
from common.problems import Code, Refused
from tenants.models import Tenant
from tests.branding.brands import ADA, DEFAULT, GERMAN, NOTHING, PAGE, brand, draft, theme_of
from tests.branding.pictures import flag, noise, picture, transparent_picture, upload
from tests.browser import Browser

pytestmark = pytest.mark.django_db
Kind = BrandingImage.Kind
RED, GREEN, BLUE = "#ff0000", "#00ff00", "#0000ff"
SQUARE, WIDE, LOGO = (1.0, 1.0), (16 / 9, 16 / 9), (3.0, 7.0)
FLAG = flag(RED, GREEN, BLUE)


@pytest.mark.parametrize(
    ("size", "shapes", "crop", "part"),
    [
        ((300, 100), SQUARE, Crop(), (100, 0, 200, 100)),
        ((300, 100), SQUARE, Crop(across=0), (0, 0, 100, 100)),
        ((300, 100), SQUARE, Crop(across=100, down=100), (200, 0, 300, 100)),
        ((100, 300), SQUARE, Crop(down=100), (0, 200, 100, 300)),
        ((300, 100), SQUARE, Crop(across=100, down=0, size=50), (250, 0, 300, 50)),
        ((300, 100), SQUARE, Crop(size=20), (140, 40, 160, 60)),
        ((1000, 1000), WIDE, Crop(down=0), (0, 0, 1000, 562)),
        ((4000, 1000), WIDE, Crop(across=0), (0, 0, 1778, 1000)),
        # Of the shapes that there is room for, the nearest one: as little as can be is cut off.
        ((600, 600), LOGO, Crop(), (0, 200, 600, 400)),
        ((800, 100), LOGO, Crop(), (50, 0, 750, 100)),
        ((400, 100), LOGO, Crop(size=50), (100, 25, 300, 75)),
        ((1, 5), SQUARE, Crop(down=100, size=20), (0, 4, 1, 5)),
        ((10_000, 1), SQUARE, Crop(across=100), (9_999, 0, 10_000, 1)),
    ],
)
def test_a_part_lies_within_its_picture(size: tuple[int, int], shapes: Any, crop: Crop, part: Any) -> None:
    assert part_of(*size, shapes, crop) == part


@pytest.mark.parametrize(
    ("size", "shapes", "is_told"),
    [
        ((100, 100), SQUARE, False),
        ((109, 100), SQUARE, False),
        ((112, 100), SQUARE, True),
        ((100, 112), SQUARE, True),
        ((1920, 1200), WIDE, True),
        ((1920, 1080), WIDE, False),
        ((500, 100), LOGO, False),
        ((100, 100), LOGO, True),
        ((800, 100), LOGO, True),
    ],
)
def test_a_shape_is_off_where_one_sees_it(size: tuple[int, int], shapes: Any, is_told: bool) -> None:
    assert is_off(*size, shapes) is is_told


@pytest.mark.parametrize("kind", [Kind.SQUARE_LOGO, Kind.FAVICON, Kind.BANNER_LOGO, Kind.BACKGROUND])
def test_the_whole_comes_back_as_it_was(kind: Any) -> None:
    for content in (transparent_picture(400, 300, color=(200, 0, 0, 255)), picture(300, 900, kind="JPEG")):
        first = encoded_anew(content, LIMITS[kind])

        assert first.whole
        assert taken_from(first.whole, LIMITS[kind], None).content == first.content


def test_b05_no_palette_is_looked_for_in_a_big_picture_that_is_transparent() -> None:
    photograph = Image.open(io.BytesIO(noise(700, 700)))
    photograph.putalpha(Image.linear_gradient("L").resize(photograph.size))
    sent = io.BytesIO()
    photograph.save(sent, "WEBP", quality=40, method=0)

    whole = encoded_anew(sent.getvalue(), LIMITS[Kind.BANNER_LOGO]).whole

    assert type_of(whole) == WEBP
    assert Image.open(io.BytesIO(whole)).mode == "RGBA"


def square(tenant: Tenant, locale: str = "") -> BrandingImage:
    with tenant_context(tenant):
        return BrandingImage.objects.of_draft(None, locale).get(kind=Kind.SQUARE_LOGO)


def color_of(image: BrandingImage) -> str:
    """That of its middle."""
    with Image.open(io.BytesIO(image.content)) as shown:
        red, green, blue, opacity = shown.convert("RGBA").getpixel((shown.width // 2, shown.height // 2))  # type: ignore[misc]
        assert opacity == 255
    return f"#{red:02x}{green:02x}{blue:02x}"


def chosen(**numbers: object) -> dict[str, str]:
    """What the form sends of the square logo."""
    sent = {"shown": "filled", "of": "", "across": 50, "down": 50, "size": 100} | numbers
    return {f"square_logo_crop_{name}": str(value) for name, value in sent.items()}


def test_ada_chooses_a_part_of_what_she_has_uploaded_and_chooses_again(acme: Tenant, ada_portal: Browser) -> None:
    assert "/whole" not in ada_portal.get(DEFAULT).content.decode()
    brand(acme, images={Kind.SQUARE_LOGO: upload(FLAG)})
    whole = square(acme)
    page = ada_portal.get(DEFAULT)
    assert f"images/{whole.pk}/whole" in page.content.decode()
    answer = ada_portal.get(f"{PAGE}images/{whole.pk}/whole")
    assert Image.open(io.BytesIO(answer.content)).size == (300, 100)
    assert answer["Content-Type"] == "image/png"

    for across, color in ((0, RED), (50, GREEN), (100, BLUE)):
        ada_portal.post(DEFAULT, NOTHING | chosen(across=across))
        shown = square(acme)
        assert (color_of(shown), shown.width, shown.height) == (color, 100, 100)
    assert '<input type="range" name="square_logo_crop_across" min="0" max="100" value="100"' in (
        ada_portal.get(DEFAULT).content.decode()
    )
    before = square(acme).pk
    ada_portal.post(DEFAULT, NOTHING | chosen(across=100))
    assert square(acme).pk == before
    ada_portal.post(DEFAULT, NOTHING | chosen(shown="whole"))

    assert (square(acme).digest, square(acme).crop) == (whole.digest, None)


def test_a_part_can_be_chosen_of_a_file_that_comes_along_and_none_is_taken_for_it(
    acme: Tenant, ada_portal: Browser
) -> None:
    brand(acme, images={Kind.SQUARE_LOGO: upload(flag(BLUE, GREEN))})

    ada_portal.post(DEFAULT, NOTHING | chosen(across=0) | {"square_logo": upload(FLAG)})
    assert square(acme).crop is None
    ada_portal.post(DEFAULT, NOTHING | chosen(across=0, of="upload") | {"square_logo": upload(FLAG)})
    assert color_of(square(acme)) == RED
    ada_portal.post(DEFAULT, NOTHING | chosen(across=0, of="upload") | {"square_logo": upload(flag(GREEN))})

    assert (square(acme).whole, square(acme).crop) == (None, None)


def test_a_part_of_a_file_just_chosen_is_cut_once_however_often_it_is_looked_at(
    acme: Tenant, ada_portal: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    brand(acme)
    cut: list[Crop | None] = []

    def counted(whole: bytes, limits: ImageLimits, crop: Crop | None) -> PreparedImage:
        cut.append(crop)
        return taken_from(whole, limits, crop)

    monkeypatch.setattr(images, "apart", SimpleNamespace(encoded_anew=encoded_anew, taken_from=counted))
    for across in (0, 100, 0):
        asked = NOTHING | chosen(across=across, of="upload") | {"preview_page": "consent"}
        ada_portal.post(f"{DEFAULT}preview", asked | {"square_logo": upload(FLAG)})
    ada_portal.post(DEFAULT, NOTHING | chosen(across=0, of="upload") | {"square_logo": upload(FLAG)})

    assert cut == [Crop(across=0), Crop(across=100)]
    assert color_of(square(acme)) == RED
    assert square(acme).whole


def test_while_a_form_is_judged_no_picture_is_cut_but_a_logo(
    acme: Tenant, ada_portal: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    brand(acme, images={Kind.SQUARE_LOGO: upload(FLAG), Kind.BACKGROUND: upload(picture(300, 900))})
    cut: list[ImageLimits] = []

    def counted(whole: bytes, limits: ImageLimits, crop: Crop | None) -> PreparedImage:
        cut.append(limits)
        return taken_from(whole, limits, crop)

    monkeypatch.setattr(images, "apart", SimpleNamespace(taken_from=counted))
    background = {name.replace("square_logo", "background"): value for name, value in chosen(across=0).items()}
    typed = NOTHING | chosen(across=0) | background
    ada_portal.post(DEFAULT, typed | {"use": ""})
    assert cut == [LIMITS[Kind.SQUARE_LOGO]]
    ada_portal.post(f"{DEFAULT}preview", typed | {"preview_page": "consent"})

    assert cut[1:] == [LIMITS[Kind.BACKGROUND]]


def test_parts_are_published_restored_and_differ_by_language_and_theme(acme: Tenant, ada_portal: Browser) -> None:
    theme, logo = theme_of(acme), {Kind.SQUARE_LOGO: upload(FLAG)}
    brand(acme, images=logo)
    draft(acme, "de", images=logo)
    draft(acme, theme=theme, images=logo)
    ada_portal.post(DEFAULT, NOTHING | chosen(across=0))
    ada_portal.post(GERMAN, NOTHING | chosen(across=100))
    with tenant_context(acme):
        middle = {Kind.SQUARE_LOGO: Crop(50)}
        apply(locale="", description=BrandDescription(), crops=middle, theme=theme, actor=ADA)
        in_theme = BrandingImage.objects.of_draft(theme, "").get()
    assert [color_of(each) for each in (square(acme), square(acme, "de"), in_theme)] == [RED, BLUE, GREEN]
    assert "Square logo" in ada_portal.get(f"{PAGE}publish/").content.decode()
    with tenant_context(acme):
        publish(actor=ADA)
        first = newest(None)
        assert first
        update_branding(locale="", fields={}, crops={Kind.SQUARE_LOGO: None}, actor=ADA)
        discard(actor=ADA)
    assert square(acme).part == Crop(across=0)
    with tenant_context(acme):
        update_branding(locale="", fields={}, images={Kind.SQUARE_LOGO: None}, actor=ADA)
        publish(actor=ADA)
        restore(first, actor=ADA)
        assert draft_of(None) == first.content
    ada_portal.post(DEFAULT, NOTHING | chosen(across=100))

    assert color_of(square(acme)) == BLUE


def test_the_preview_shows_the_part_that_isnt_saved(acme: Tenant, ada_portal: Browser) -> None:
    brand(acme, images={Kind.SQUARE_LOGO: upload(FLAG)})
    seen = ada_portal.get(DEFAULT).context["form"]["seen"].value()
    asked = NOTHING | {"preview_page": "consent", "seen": seen}

    saved, filled, wrong = (
        ada_portal.post(f"{DEFAULT}preview", asked | part).content.decode()
        for part in (chosen(shown="whole"), chosen(across=0), chosen(across=-1))
    )

    assert "data:image/png;base64" in filled
    assert "data:image/png;base64" not in saved
    assert "data:image/png;base64" not in wrong
    assert square(acme).crop is None


@pytest.mark.parametrize(
    "number", ["-1", "101", "NaN", "Infinity", "1e3", "9" * 5000, "", "٥٠", "1.5", "<script>", "50\x00"]
)
def test_a_part_that_is_none_is_refused_in_words_and_nothing_typed_is_lost(
    acme: Tenant, ada_portal: Browser, number: str
) -> None:
    brand(acme, images={Kind.SQUARE_LOGO: upload(FLAG)})

    page = ada_portal.post(DEFAULT, NOTHING | chosen(across=number, size=60) | {"username_hint": "you@acme.example"})

    told = page.content.decode()
    assert page.status_code == 200
    assert "Enter the place and the size of the part as whole numbers." in told or "its place from 0 to 100" in told
    assert 'value="you@acme.example"' in told
    assert 'name="square_logo_crop_size" min="20" max="100" value="60"' in told
    assert "<script>" not in told
    assert square(acme).crop is None


def test_eve_neither_sees_nor_crops_a_picture_of_another_tenant(
    acme: Tenant, globex: Tenant, grace: Account, ada_portal: Browser, home: Tenant
) -> None:
    brand(acme, images={Kind.SQUARE_LOGO: upload(FLAG)})
    eve = Browser(home)
    eve.sign_in(grace)

    assert eve.get(f"/tenants/globex/branding/images/{square(acme).pk}/whole").status_code == 404
    assert eve.get(f"{PAGE}images/{square(acme).pk}/whole").status_code == 404
    eve.post("/tenants/globex/branding/default/", NOTHING | chosen(across=0))

    with tenant_context(globex), pytest.raises(Refused) as told:
        update_branding(locale="", fields={}, crops={Kind.SQUARE_LOGO: Crop()}, actor=ADA)
    assert [(each.field, each.code) for each in told.value.problems] == [("square_logo_crop", Code.NOT_ALLOWED)]
    with tenant_context(globex):
        assert not BrandingImage.objects.exists()
    assert square(acme).crop is None


def test_of_a_picture_whose_part_stays_nothing_drawn_is_loaded(acme: Tenant) -> None:
    brand(acme, images={Kind.SQUARE_LOGO: upload(FLAG), Kind.FAVICON: upload(FLAG)})

    with tenant_context(acme), CaptureQueriesContext(connection) as statements:
        update_branding(locale="", fields={}, crops={Kind.SQUARE_LOGO: Crop(), Kind.FAVICON: None}, actor=ADA)

    asked_for = [each["sql"].partition(" FROM ")[0] for each in statements if each["sql"].startswith("SELECT")]
    assert [drawn for drawn in asked_for if '"whole"' in drawn] == [
        'SELECT "branding_brandingimage"."whole" AS "whole"'
    ]
    assert square(acme).part == Crop()


@pytest.mark.parametrize("moment", ["crop_problem", "crop_image"])
def test_a_part_of_a_picture_that_somebody_else_replaces_meanwhile_is_refused(
    acme: Tenant, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    brand(acme, images={Kind.SQUARE_LOGO: upload(FLAG)})

    def replaced_meanwhile(*given: Any) -> Any:
        BrandingImage.objects.all().delete()
        return encoded_anew(FLAG, LIMITS[Kind.SQUARE_LOGO]) if moment == "crop_image" else ""

    monkeypatch.setattr(f"branding.services.{moment}", replaced_meanwhile)
    with tenant_context(acme), pytest.raises(Refused, match="else changed this"):
        update_branding(locale="", fields={}, crops={Kind.SQUARE_LOGO: Crop()}, actor=ADA)
