"""Which branding each field of a look is taken from: pure functions, the one order for pages, preview and map.

For each field by itself: the theme in the language (de-AT, then de), the theme, the tenant in the language, the tenant,
neutral. Behind a language of the tenant's own comes the one that it falls back to. What is chosen for dark pages goes
with what is chosen for light ones, and what stands behind a logo with that logo: a nearer one puts it aside.
"""

from collections.abc import Iterator, Mapping, Sequence
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


class LayeredValue(NamedTuple):
    """A field's value, and the branding that sets it; None for both if none does: then it is neutral."""

    value: Any
    layer: Layer | None


NOWHERE = LayeredValue(None, None)
GOES_WITH = {
    "banner_logo_dark": "banner_logo",
    "square_logo_dark": "square_logo",
    "dark_accent_color": "accent_color",
    "dark_background_color": "background_color",
    "dark_logo_background_color": "logo_background_color",
    "logo_background_color": "banner_logo",
}
"""What is shown on dark pages alone, and what is shown there without it; what stands behind a logo, and that logo."""


def layers_of(
    language: str, *, tenant: Brandings, theme: Brandings | None = None, falls_back_to: str = ""
) -> tuple[Layer, ...]:
    """The brandings from which a page in this language takes its fields, best first; `falls_back_to` is what one of the
    tenant's own does.
    """
    brands = ((True, theme or {}), (False, tenant))
    return tuple(
        Layer(is_of_theme, locale, brandings[locale])
        for is_of_theme, brandings in brands
        for locale in _chain((language, falls_back_to), brandings)
    )


def _chain(languages: Sequence[str], brandings: Brandings) -> list[str]:
    """The locales of one brand that hold for these languages, best first."""
    locales = [locale for locale in brandings if locale]
    chain = [*(locale for language in languages for locale in lookup_chain(language, locales)), DEFAULT]
    return [locale for locale in dict.fromkeys(chain) if locale in brandings]


def found(layers: Sequence[Layer], name: str) -> LayeredValue:
    """The field or the kind of picture of this name, from the first branding that sets it."""
    for layer in layers:
        value = _set(layer.values, name)
        if value is not None:
            return LayeredValue(value, layer)
        if any(_set(layer.values, other) is not None for other in _before(name)):
            break
    return NOWHERE


def _before(name: str) -> Iterator[str]:
    """What it goes with, and what that does."""
    while name := GOES_WITH.get(name, ""):
        yield name


def _set(values: BrandingValues, name: str) -> Any:
    """What a branding sets; None where it leaves a field empty. A footer that is hidden is set as well."""
    value = values.pictures.get(name) if name not in _FIELDS else getattr(values, name)
    return None if value == "" else value


_FIELDS = frozenset(vars(BrandingValues())) - {"pictures"}
