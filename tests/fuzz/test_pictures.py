"""Thousands of hostile pictures: each is refused with a reason, or becomes a picture of ours that can do nothing."""

import io
import random
import time

import pytest
from PIL import Image

from branding.errors import ImageRefused
from branding.models import BrandingImage
from branding.pictures.encoding import JPEG, PNG, PreparedImage, encoded_anew
from branding.pictures.images import LIMITS
from tests.fuzz.pictures import hostile_picture

FORMATS = {PNG: "PNG", JPEG: "JPEG"}
# What the process apart may take; here nobody else ends it.
MOST_SECONDS = 10


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_b01_to_b09_no_picture_does_more_than_to_be_seen(request: pytest.FixtureRequest) -> None:
    seed = request.config.getoption("--fuzz-seed")
    chance = random.Random(seed)  # noqa: S311 - the same files in each run of a seed
    kept = 0
    for number in range(request.config.getoption("--fuzz-pictures")):
        content, limits = hostile_picture(chance), LIMITS[chance.choice(list(BrandingImage.Kind))]
        began = time.process_time()
        try:
            image = encoded_anew(content, limits)
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
