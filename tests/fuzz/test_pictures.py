"""Thousands of hostile pictures: each is refused with a reason, or becomes a picture of ours that can do nothing."""

import io
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django_tenants.utils import tenant_context
from PIL import Image
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Dialog, Page, Route

from branding.errors import ImageRefused
from branding.models import BrandingImage
from branding.pictures import apart, images
from branding.pictures.encoding import JPEG, PNG, PreparedImage, encoded_anew
from branding.pictures.images import LIMITS
from tenants.models import Tenant
from tests.branding.brands import DEFAULT, NOTHING
from tests.branding.pictures import upload
from tests.browser import Browser
from tests.fuzz.pictures import hostile_picture

FORMATS = {PNG: "PNG", JPEG: "JPEG"}
# What the process apart may take; here nobody else ends it.
MOST_SECONDS = 10
A_SHEET = 50
ORIGIN = "https://acme.example/"
SVG = "image/svg+xml"
# Those that the browser couldn't show, of the pictures that are ours.
BROKEN = "[...document.querySelectorAll('.ours')].filter(each => !each.naturalWidth).map(each => each.src)"


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_b01_to_b09_no_picture_does_more_than_to_be_seen(request: pytest.FixtureRequest) -> None:
    seed = request.config.getoption("--fuzz-seed")
    kept = 0
    for number, content, kind in _hostile_pictures(seed, request.config.getoption("--fuzz-pictures")):
        began = time.process_time()
        try:
            image = encoded_anew(content, LIMITS[kind])
        except ImageRefused:
            continue
        except BaseException as panic:
            # resvg gives up with what is no exception. It ends the process apart, and the caller says "can't be read".
            if type(panic).__name__ != "PanicException":
                raise
            continue
        finally:
            assert time.process_time() - began < MOST_SECONDS, f"picture {number} of seed {seed}"
        kept += 1
        assert _is_ours(image), f"picture {number} of seed {seed}"
    assert kept


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_b01_to_b09_no_upload_brings_the_form_down_or_has_a_browser_ask_or_run_anything(
    pytestconfig: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
    acme: Tenant,
    ada_portal: Browser,
    acme_browser: Browser,
    chromium: Chromium,
) -> None:
    """Ada's browser shows a picture that she has chosen before it is sent, and customers' what became of it."""
    seed, total = pytestconfig.getoption("--fuzz-seed"), pytestconfig.getoption("--fuzz-uploads")
    # Each in a process of its own, as when nobody tests.
    monkeypatch.setattr(images, "apart", apart)
    sheet = _Sheet(chromium)
    for number, content, kind in _hostile_pictures(seed, total):
        name = f"{kind}-{number}"
        sheet.add(f"as-chosen/{name}", content, {"Content-Type": SVG if b"<svg" in content else PNG})
        sent = ada_portal.post(DEFAULT, NOTHING | {kind.value: upload(content, f"{name}.svg", SVG)})
        assert sent.status_code in {200, 302}, f"picture {number} of seed {seed}"
        if sent.status_code == 302:
            with tenant_context(acme):
                digest = BrandingImage.objects.get(kind=kind, branding__isnull=False).digest
            served = acme_browser.get(f"/brand/images/{digest}", headers={"accept": "image/webp"})
            sheet.add(f"ours/{name}", served.content, dict(served.items()), marked="ours")
        if number % A_SHEET == A_SHEET - 1 or number == total - 1:
            assert sheet.shown() == [], f"up to picture {number} of seed {seed}"


class _Sheet:
    """A page of pictures at an origin that has nothing else; it notes whatever is asked for, runs or isn't shown."""

    def __init__(self, chromium: Chromium) -> None:
        self._files: dict[str, dict[str, Any]] = {}
        self._html = ""
        self._told: list[str] = []
        self._page: Page = chromium.new_page()
        self._page.on("dialog", self._close)
        self._page.on("popup", lambda window: self._told.append(f"opened {window.url}"))
        self._page.on("pageerror", lambda error: self._told.append(f"ran into {error}"))
        self._page.route("**/*", self._answer)

    def add(self, path: str, content: bytes, headers: dict[str, str], *, marked: str = "") -> None:
        """Lay a picture on it, as it is served."""
        self._files[f"{ORIGIN}{path}"] = {"body": content, "headers": headers}
        self._html += f'<img class="{marked}" src="/{path}" width="40" height="40">'

    def shown(self) -> list[str]:
        """What was wrong when a browser showed it. It is empty again."""
        html = f"<!doctype html><title>Pictures</title>{self._html}"
        self._files[ORIGIN] = {"body": html, "headers": {"Content-Type": "text/html"}}
        self._page.goto(ORIGIN)
        told = [*self._told, *self._page.evaluate(BROKEN)]
        if self._page.title() != "Pictures":
            told.append("a script ran")
        self._files, self._html, self._told = {}, "", []
        return told

    def _answer(self, route: Route) -> None:
        if known := self._files.get(route.request.url):
            route.fulfill(**known)
        else:
            self._told.append(f"asked for {route.request.url}")
            route.abort()

    def _close(self, dialog: Dialog) -> None:
        self._told.append(f"said {dialog.message}")
        dialog.dismiss()


def _hostile_pictures(seed: int, total: int) -> Iterator[tuple[int, bytes, BrandingImage.Kind]]:
    """Each with its number and what it is uploaded as: the same in each run of a seed."""
    chance = random.Random(seed)  # noqa: S311 - to be had again
    for number in range(total):
        yield number, hostile_picture(chance), chance.choice(list(BrandingImage.Kind))


def _is_ours(image: PreparedImage) -> bool:
    """Whole pictures of the kinds we make, of one frame, without anything beside it."""
    for content, kind in ((image.content, FORMATS[image.content_type]), (image.webp or b"", "WEBP")):
        if not content:
            continue
        with Image.open(io.BytesIO(content)) as shown:
            shown.load()
            if (shown.format, shown.size) != (kind, (image.width, image.height)) or getattr(shown, "n_frames", 1) > 1:
                return False
            if set(shown.info) & {"exif", "xmp", "icc_profile", "comment", "Comment"}:
                return False
    return True
