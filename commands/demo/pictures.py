"""Logos and backgrounds of the demo's tenants, drawn when they are needed, so that no image has to be shipped."""

import io
import math
import random
from collections.abc import Callable, Sequence

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Color = tuple[int, int, int]
Point = tuple[float, float]

BACKGROUND_SIZE = (1600, 1000)
# Kept smaller than they are drawn: with its picture, a first visit on a large screen shall take 60 KB at most.
KEPT_SIZE = (1120, 700)
LOGO_COLORS = 16
LOGO_HEIGHT = 36
# Drawn larger and scaled down, which smooths every edge.
FINER = 4


def dunes_at_dusk() -> ContentFile:
    """Acme's background: a low sun over rolling hills."""
    width, height = BACKGROUND_SIZE
    picture = _vertical_gradient(((255, 225, 189), (246, 164, 113), (214, 102, 79)))
    picture.paste((255, 241, 214), mask=_glowing_disc((width * 0.62, height * 0.4), radius=110))
    hills: tuple[tuple[float, Color], ...] = (
        (0.55, (200, 92, 74)),
        (0.66, (163, 64, 63)),
        (0.77, (116, 44, 55)),
        (0.89, (69, 27, 42)),
    )
    for number, (level, color) in enumerate(hills):
        picture.paste(color, mask=_hill(level, number))
    return _jpeg(picture, "dunes.jpg")


def network_at_night() -> ContentFile:
    """Globex's background: a sphere of points and lines in the dark, drawn where no page covers it."""
    picture = _vertical_gradient(((9, 16, 38), (13, 31, 74), (7, 14, 34)))
    center = (BACKGROUND_SIZE[0] * 0.5, BACKGROUND_SIZE[1] * 0.55)
    glow = _glowing_disc(center, radius=300, blur=180)
    picture.paste((32, 74, 158), mask=glow.point(lambda value: value * 2 // 3))
    pen = ImageDraw.Draw(picture, "RGBA")
    sphere = _points_of_a_sphere(center, radius=430, count=110)
    points = [point for point in sphere if math.dist(point, center) > 340]
    for number, one in enumerate(points):
        for other in points[number + 1 :]:
            distance = math.dist(one, other)
            if distance < 106:
                pen.line((*one, *other), fill=(122, 170, 255, int(125 - distance)), width=2)
    for x, y in points:
        pen.ellipse((x - 3, y - 3, x + 3, y + 3), fill=(178, 207, 255, 170))
    return _jpeg(picture.filter(ImageFilter.GaussianBlur(1)), "network.jpg")


def acme_logo() -> ContentFile:
    """A rising sun and the name."""
    ember, sun = (194, 65, 12), (234, 138, 42)

    def mark(pen: ImageDraw.ImageDraw, unit: float) -> None:
        pen.pieslice((4 * unit, 7 * unit, 32 * unit, 35 * unit), 180, 360, fill=sun)
        pen.rounded_rectangle((2 * unit, 23 * unit, 34 * unit, 27 * unit), 2 * unit, fill=ember)
        pen.rounded_rectangle((8 * unit, 30 * unit, 28 * unit, 33 * unit), 1.5 * unit, fill=ember)

    return _logo("Acme", ember, mark, "acme.png")


def globex_logo() -> ContentFile:
    """A globe with its meridians, and the name."""
    blue = (59, 111, 224)

    def mark(pen: ImageDraw.ImageDraw, unit: float) -> None:
        line = round(2.4 * unit)
        pen.ellipse((3 * unit, 3 * unit, 33 * unit, 33 * unit), outline=blue, width=line)
        pen.ellipse((11 * unit, 3 * unit, 25 * unit, 33 * unit), outline=blue, width=line)
        pen.line((4 * unit, 18 * unit, 32 * unit, 18 * unit), fill=blue, width=line)

    return _logo("Globex", blue, mark, "globex.png")


def acme_favicon() -> ContentFile:
    """The rising sun on its own."""
    return _favicon((194, 65, 12), (255, 214, 165), "acme-favicon.png")


def globex_favicon() -> ContentFile:
    """A bright disc in the dark."""
    return _favicon((13, 31, 74), (122, 170, 255), "globex-favicon.png")


def _vertical_gradient(stops: Sequence[Color]) -> Image.Image:
    column = Image.new("RGB", (1, len(stops)))
    for row, color in enumerate(stops):
        column.putpixel((0, row), color)
    return column.resize(BACKGROUND_SIZE, Image.Resampling.BICUBIC)


def _glowing_disc(center: Point, *, radius: float, blur: float = 10) -> Image.Image:
    small = Image.new("L", (BACKGROUND_SIZE[0] // 4, BACKGROUND_SIZE[1] // 4))
    x, y = center
    box = [value / 4 for value in (x - radius, y - radius, x + radius, y + radius)]
    ImageDraw.Draw(small).ellipse(box, fill=255)
    return small.filter(ImageFilter.GaussianBlur(blur / 4)).resize(BACKGROUND_SIZE, Image.Resampling.BICUBIC)


def _hill(level: float, number: int) -> Image.Image:
    width, height = BACKGROUND_SIZE
    shape = Image.new("L", (width * 2, height * 2))
    crest = [
        (2 * x, 2 * height * (level + 0.045 * math.sin(x / 260 + number * 2.1) + 0.02 * math.sin(x / 97 + number)))
        for x in range(0, width + 8, 8)
    ]
    ImageDraw.Draw(shape).polygon([(0, 2 * height), *crest, (2 * width, 2 * height)], fill=255)
    return shape.resize(BACKGROUND_SIZE, Image.Resampling.BILINEAR)


def _points_of_a_sphere(center: Point, *, radius: float, count: int) -> list[Point]:
    """Points spread evenly over a sphere by the golden angle, seen from the front, a little out of place."""
    chance = random.Random(7)  # noqa: S311 - the same picture each time; nothing secret
    points = []
    for number in range(count):
        height = 1 - 2 * (number + 0.5) / count
        around = number * math.pi * (3 - math.sqrt(5))
        reach = math.sqrt(1 - height * height) * radius
        points.append(
            (
                center[0] + reach * math.cos(around) + chance.uniform(-4, 4),
                center[1] + height * radius + chance.uniform(-4, 4),
            )
        )
    return points


def _logo(name: str, color: Color, mark: Callable[[ImageDraw.ImageDraw, float], None], file_name: str) -> ContentFile:
    """A mark and a name beside it, on nothing."""
    font = ImageFont.load_default(26 * FINER)
    text_width = font.getlength(name)
    picture = Image.new("RGBA", (round(44 * FINER + text_width + 4 * FINER), LOGO_HEIGHT * FINER))
    pen = ImageDraw.Draw(picture)
    mark(pen, FINER)
    middle = LOGO_HEIGHT * FINER / 2
    pen.text((44 * FINER, middle), name, font=font, fill=color, anchor="lm", stroke_width=2, stroke_fill=color)
    logo = picture.resize((picture.width // FINER, LOGO_HEIGHT), Image.Resampling.LANCZOS)
    # Few colours, so that edges hold no noise that would have to be kept without loss.
    return _png(logo.quantize(LOGO_COLORS, method=Image.Quantize.FASTOCTREE).convert("RGBA"), file_name)


def _favicon(ground: Color, light: Color, file_name: str) -> ContentFile:
    side = 32 * FINER
    picture = Image.new("RGBA", (side, side))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((0, 0, side - 1, side - 1), side / 5, fill=ground)
    pen.ellipse((side * 0.25, side * 0.25, side * 0.75, side * 0.75), fill=light)
    return _png(picture.resize((32, 32), Image.Resampling.LANCZOS), file_name)


def _png(picture: Image.Image, file_name: str) -> ContentFile:
    target = io.BytesIO()
    picture.save(target, "PNG", optimize=True)
    return ContentFile(target.getvalue(), name=file_name)


def _jpeg(picture: Image.Image, file_name: str) -> ContentFile:
    target = io.BytesIO()
    picture.resize(KEPT_SIZE, Image.Resampling.LANCZOS).save(target, "JPEG", quality=90)
    return ContentFile(target.getvalue(), name=file_name)
