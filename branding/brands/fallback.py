"""Which branding each field of a look is taken from: pure functions, the one order for pages, preview and map.

For each field by itself: the theme in the language (de-AT, then de), the theme, the tenant in the language, the tenant,
neutral. What is chosen for dark pages goes with what is chosen for light ones: a nearer light one puts it aside.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from branding.description import BrandingValues, Picture
from common.text.languages import lookup_chain

DEFAULT = ""
NO_PICTURE = Picture("", 0, 0)
Brandings = Mapping[str, BrandingValues]


@dataclass(frozen=True)
class Layer:
    """One branding among those a page is made of: of a theme or of the tenant, for a locale ("" for all languages)."""

    is_of_theme: bool
    locale: str
    values: BrandingValues


class Found(NamedTuple):
    """A field's value, and the branding that sets it; None for both if none does: then it is neutral."""

    value: Any
    layer: Layer | None


NOWHERE = Found(None, None)
GOES_WITH = {
    "banner_logo_dark": "banner_logo",
    "square_logo_dark": "square_logo",
    "dark_accent_color": "accent_color",
    "dark_background_color": "background_color",
}
"""What is shown on dark pages alone, and what is shown there without it."""


def layers_of(language: str, *, tenant: Brandings, theme: Brandings | None = None) -> tuple[Layer, ...]:
    """The brandings from which a page in this language takes its fields, best first."""
    brands = ((True, theme or {}), (False, tenant))
    return tuple(
        Layer(is_of_theme, locale, brandings[locale])
        for is_of_theme, brandings in brands
        for locale in chain_of(language, brandings)
    )


def chain_of(language: str, brandings: Brandings) -> list[str]:
    """The locales of one brand that hold for this language, best first."""
    chain = [*lookup_chain(language, [locale for locale in brandings if locale]), DEFAULT]
    return [locale for locale in chain if locale in brandings]


def found(layers: Sequence[Layer], name: str) -> Found:
    """The field or the kind of picture of this name, from the first branding that sets it."""
    for layer in layers:
        value = _set(layer.values, name)
        if value is not None:
            return Found(value, layer)
        if name in GOES_WITH and _set(layer.values, GOES_WITH[name]) is not None:
            break
    return NOWHERE


def _set(values: BrandingValues, name: str) -> Any:
    """What a branding sets; None where it leaves a field empty. A footer that is hidden is set as well."""
    value = values.pictures.get(name) if name not in _FIELDS else getattr(values, name)
    return None if value == "" else value


_FIELDS = frozenset(vars(BrandingValues())) - {"pictures"}
