"""Which logos of a branding can hardly be told from what pages show behind them, and what would stand better there."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from branding.brands.fallback import Layer, found
from branding.description import BrandingValues, Picture
from branding.look import fields_of_style_sheet, shown
from branding.looks.choices import DARK, LIGHT
from branding.looks.colors import DARK_GROUND, GROUND, dark_colors, light_colors
from branding.looks.contrast import Pair
from branding.models import BrandingImage
from branding.pictures.encoding import color_of
from branding.policies import DARK_SURFACE, VISIBLE, WHITE, contrast, hides_dark

Kind = BrandingImage.Kind
LOGOS = (Kind.BANNER_LOGO, Kind.BANNER_LOGO_DARK, Kind.SQUARE_LOGO, Kind.SQUARE_LOGO_DARK, Kind.HEADER_LOGO)
_IN_DARK = {Kind.BANNER_LOGO: Kind.BANNER_LOGO_DARK, Kind.SQUARE_LOGO: Kind.SQUARE_LOGO_DARK}
_GROUNDS, _HEADER = {LIGHT: GROUND, DARK: DARK_GROUND}, "header_color"
_SURFACES = {LIGHT: "surface_color", DARK: "dark_surface_color"}
_KEPT = 256


def faint_logos(own: BrandingValues, layers: Sequence[Layer]) -> Mapping[str, Pair]:
    """By the kinds of the branding's own logos, what is seen of each and what is behind it, where that isn't enough; of
    light pages and dark ones the worse. What mends it is a colour of the brand's behind it.

    A dark logo gets a ground by itself on dark cards and on a dark header, so it isn't judged there.
    """
    pairs = {}
    for kind in LOGOS:
        picture = own.pictures.get(kind)
        if picture is None or not (color := _color(picture)):
            continue
        told = [
            Pair(kind, color, behind, VISIBLE, field=field, fix=_better(color, field, layers))
            for field, behind in _behind(kind, picture, layers)
        ]
        faint = [pair for pair in told if not pair.holds]
        if faint:
            pairs[kind.value] = min(faint, key=lambda pair: pair.ratio)
    return pairs


def is_lost_on(picture: Picture, ground: str) -> bool:
    """Whether a logo can hardly be told from this colour."""
    color = _color(picture)
    return bool(color) and contrast(color, ground) < VISIBLE


def content_in(picture: Picture) -> bytes:
    """That of a picture which isn't saved yet: it stands in the address. Empty for one that is."""
    return base64.b64decode(picture.url.partition(";base64,")[2])


def _behind(kind: Kind, picture: Picture, layers: Sequence[Layer]) -> Iterator[tuple[str, str]]:
    """The colours behind a logo wherever pages show it, each with the field that says it."""
    header = shown(layers, _HEADER).value if kind == Kind.HEADER_LOGO else ""
    for scheme in _schemes(kind, layers):
        field = _HEADER if kind == Kind.HEADER_LOGO else _GROUNDS[scheme]
        chosen = header if kind == Kind.HEADER_LOGO else shown(layers, field).value
        behind = str(chosen or shown(layers, _SURFACES[scheme]).value)
        has_own = kind in _IN_DARK.values() or (chosen and kind in _IN_DARK)
        if has_own or not (picture.is_dark and hides_dark(behind)):
            yield field, behind


def _schemes(kind: Kind, layers: Sequence[Layer]) -> list[str]:
    """On which pages it is shown, light and dark."""
    if kind == Kind.HEADER_LOGO and not shown(layers, "shows_header").value:
        return []
    always = shown(layers, "color_scheme").value
    schemes = [always] if always in {LIGHT, DARK} else [LIGHT, DARK]
    if kind in _IN_DARK.values():
        return [scheme for scheme in schemes if scheme == DARK]
    has_dark = kind in _IN_DARK and found(layers, _IN_DARK[kind]).layer is not None
    return [scheme for scheme in schemes if scheme == LIGHT or not has_dark]


def _better(color: str, field: str, layers: Sequence[Layer]) -> str:
    """The accent, if the logo can be seen on it, else white or as good as black."""
    fields = fields_of_style_sheet(layers)
    accent = (dark_colors if field == DARK_GROUND else light_colors)(fields).accent
    return next(ground for ground in (accent, WHITE, DARK_SURFACE) if contrast(color, ground) >= VISIBLE)


def _color(picture: Picture) -> str:
    """What is seen of it on the whole; "" if it has a ground of its own."""
    content = content_in(picture)
    return color_of(content) if content else _color_of(picture.url.rpartition("/")[2])


@lru_cache(maxsize=_KEPT)
def _color_of(digest: str) -> str:
    """That of the picture with this SHA-256, whosever it is; the form asks for it whenever something is typed there."""
    content = BrandingImage.objects.with_digest(digest).values_list("content", flat=True).first()
    return color_of(bytes(content)) if content else ""
