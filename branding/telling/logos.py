"""Which logos of a branding can hardly be told from what pages show behind them."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from branding.brands.fallback import Layer
from branding.description import BrandingValues
from branding.look import shown
from branding.looks.choices import DARK, LIGHT
from branding.looks.contrast import Pair
from branding.models import BrandingImage
from branding.pictures.encoding import color_of
from branding.policies import VISIBLE, hides_dark

Kind = BrandingImage.Kind
_ON_LIGHT, _ON_DARK = (Kind.BANNER_LOGO, Kind.SQUARE_LOGO), (Kind.BANNER_LOGO_DARK, Kind.SQUARE_LOGO_DARK)
_KEPT = 256


def faint_logos(own: BrandingValues, layers: Sequence[Layer]) -> Mapping[str, Pair]:
    """By the kinds of the branding's own logos, what is seen of each and what is behind it, where that isn't enough.

    A dark logo gets a ground on dark pages and on a dark header, so it isn't judged there.
    """
    pairs = {}
    for kind in (*_ON_LIGHT, *_ON_DARK, Kind.HEADER_LOGO):
        picture, behind = own.pictures.get(kind), _behind(kind, layers)
        if picture is None or not behind or (picture.is_dark and kind not in _ON_DARK and hides_dark(behind)):
            continue
        color = _color_of(picture.url.rpartition("/")[2])
        if color and not (pair := Pair(kind, color, behind, VISIBLE)).holds:
            pairs[kind.value] = pair
    return pairs


def _behind(kind: Kind, layers: Sequence[Layer]) -> str:
    """The colour of the card or the header behind a logo; "" if no page shows it on one."""
    scheme = shown(layers, "color_scheme").value
    if kind in _ON_DARK:
        return str(shown(layers, "dark_surface_color").value) if scheme != LIGHT else ""
    if kind == Kind.HEADER_LOGO and not shown(layers, "shows_header").value:
        return ""
    header = shown(layers, "header_color").value if kind == Kind.HEADER_LOGO else ""
    return str(header or (shown(layers, "surface_color").value if scheme != DARK else ""))


@lru_cache(maxsize=_KEPT)
def _color_of(digest: str) -> str:
    """That of the picture with this SHA-256, whosever it is; the form asks for it whenever something is typed there."""
    content = BrandingImage.objects.with_digest(digest).values_list("content", flat=True).first()
    return color_of(bytes(content)) if content else ""
