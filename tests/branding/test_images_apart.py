"""Pictures are decoded in a process of their own, which can harm nobody."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from branding.description import BrandingValues, Picture
from branding.errors import ImageRefused, ImageUndecoded
from branding.models import BrandingImage
from branding.pictures import apart, encoding, images
from branding.pictures.images import LIMITS
from branding.preview.drafts import draft_of
from common.problems import Refused
from tenants.models import Tenant
from tests.branding.brands import draft
from tests.branding.pictures import DRAWING, bomb, picture, upload

ANSWER = {
    "content_type": "image/png",
    "width": 1,
    "height": 1,
    "is_dark": False,
    "palette": [],
    "length": 4,
    "webp_length": 0,
}
LOGO = LIMITS[BrandingImage.Kind.BANNER_LOGO]


def decoded(content: bytes) -> encoding.PreparedImage:
    return apart.encoded_anew(content, LOGO)


@pytest.fixture
def decoder_does(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Has the decoder be a program of the test's own, of whose answers nothing is known afterwards."""
    monkeypatch.setattr(images, "_remembered", {})

    def does(program: str) -> None:
        monkeypatch.setattr(apart, "COMMAND", [sys.executable, "-E", "-s", "-c", program])

    return does


@pytest.mark.parametrize("content", [picture(245, 36, kind="JPEG"), DRAWING], ids=["JPEG", "SVG"])
def test_a_picture_comes_back_as_it_would_from_this_process(content: bytes) -> None:
    image = decoded(content)
    assert image == encoding.encoded_anew(content, LOGO)
    assert image.webp
    assert image.palette


def test_one_that_is_looked_at_and_then_saved_is_decoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    content, asked = picture(40, 30, color="#010203"), []
    prepared = encoding.encoded_anew(content, LOGO)

    def encoded_once(given: bytes, _limits: encoding.ImageLimits) -> encoding.PreparedImage:
        asked.append(given)
        return prepared

    monkeypatch.setattr(images, "apart", SimpleNamespace(encoded_anew=encoded_once))
    first, again = (images.prepare_image(upload(content), LOGO) for _ in range(2))

    assert first == again
    assert asked == [content]


def test_b05_one_that_the_decoder_does_not_survive_is_tried_once(
    decoder_does: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(images, "apart", apart)
    tried = tmp_path / "tried"
    decoder_does(f"open({str(tried)!r}, 'a').write('x'); raise SystemExit(1)")

    with monkeypatch.context() as busy:
        busy.setattr(apart, "TURN_SECONDS", 0.01)
        with apart.AT_A_TIME, pytest.raises(ImageUndecoded, match="Other pictures are being read"):
            images.prepare_image(upload(picture(20, 20)), LOGO)
    for _ in range(2):
        with pytest.raises(ImageUndecoded, match="can be read"):
            images.prepare_image(upload(picture(20, 20)), LOGO)

    assert tried.read_text() == "x"


def test_what_is_refused_there_is_told_here() -> None:
    with pytest.raises(ImageRefused, match="The image is 9000×9000 pixels"):
        decoded(bomb(9_000, 9_000))


def test_one_that_never_ends_is_ended(decoder_does: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    decoder_does("import time; time.sleep(600)")
    monkeypatch.setattr(apart, "WAITS_SECONDS", 0.1)
    with pytest.raises(ImageRefused, match="can be read"):
        decoded(picture(20, 20))


def test_b05_nobody_waits_without_end_for_the_picture_of_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "TURN_SECONDS", 0.01)
    with apart.AT_A_TIME, pytest.raises(ImageRefused, match="Other pictures are being read"):
        decoded(picture(20, 20))


def test_b05_a_preview_gives_up_on_pictures_at_the_first_that_the_decoder_does_not_survive(
    decoder_does: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(images, "apart", apart)
    decoded_once = tmp_path / "decoded"
    decoder_does(f"open({str(decoded_once)!r}, 'a').write('x'); raise SystemExit(1)")
    typed = {kind: upload(picture(20 + number, 20)) for number, kind in enumerate(LIMITS)}
    saved = BrandingValues(pictures={kind: Picture(f"/{kind}", 1, 1) for kind in LIMITS})

    shown = draft_of(saved, fields={}, images=typed | {BrandingImage.Kind.FAVICON: None})

    assert decoded_once.read_text() == "x"
    assert set(shown.pictures) == {*LIMITS} - {BrandingImage.Kind.FAVICON}


@pytest.mark.django_db
def test_b05_saving_gives_up_on_pictures_at_the_first_that_the_decoder_does_not_survive(
    acme: Tenant, decoder_does: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(images, "apart", apart)
    decoded_once = tmp_path / "decoded"
    decoder_does(f"open({str(decoded_once)!r}, 'a').write('x'); raise SystemExit(1)")
    typed = {kind: upload(picture(30 + number, 20)) for number, kind in enumerate(LIMITS)}

    with pytest.raises(Refused) as told:
        draft(acme, images=typed | {BrandingImage.Kind.FAVICON: None})

    assert decoded_once.read_text() == "x"
    first, *others = told.value.problems
    assert "can be read" in first.sentence
    assert [problem.field for problem in others] == [kind.value for kind in LIMITS][1:-1]
    assert all("Other pictures are being read" in problem.sentence for problem in others)


def test_one_that_wants_a_gigabyte_does_not_get_it(decoder_does: Callable[[str], None]) -> None:
    wants = (
        "from branding.pictures import apart; {bound}mmap.mmap(-1, 3 << 29); print(json.dumps({{'refused': 'got it'}}))"
    )
    decoder_does("import json, mmap; " + wants.format(bound=""))
    with pytest.raises(ImageRefused, match="got it"):
        decoded(picture(20, 20))
    decoder_does("import json, mmap; " + wants.format(bound="apart.bound(); "))
    with pytest.raises(ImageRefused, match="can be read"):
        decoded(picture(20, 20))


def test_it_has_no_secret_to_take(decoder_does: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIAM_SECRET_KEY", "CANARY-4711")
    decoder_does("import json, os; print(json.dumps({'refused': 'knows ' + ' '.join(os.environ.values())}))")
    with pytest.raises(ImageRefused, match="knows") as told:
        decoded(picture(20, 20))
    assert "CANARY" not in str(told.value)


@pytest.mark.parametrize(
    "answer",
    [
        "not JSON",
        json.dumps([]),
        json.dumps(ANSWER | {"content_type": "text/html"}),
        json.dumps(ANSWER | {"width": "wide"}),
        json.dumps(ANSWER | {"palette": ["red;}body{"]}),
        json.dumps({"content_type": "image/png"}),
    ],
)
def test_one_that_was_taken_over_makes_no_page_of_a_picture(decoder_does: Callable[[str], None], answer: str) -> None:
    decoder_does(f"print({answer!r}); print('<script>alert(1)</script>')")
    with pytest.raises(ImageRefused, match="can be read"):
        decoded(picture(20, 20))
