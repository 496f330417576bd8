"""Where a field comes from: every combination of those that could set it, for each kind of field."""

from collections.abc import Mapping
from itertools import product
from operator import attrgetter
from typing import Any

import pytest

from branding.brands.fallback import GOES_WITH, found, layers_of
from branding.description import BrandingValues, Picture
from branding.look import NEUTRAL, resolve
from branding.telling.coverage import NAMES, coverage
from branding.telling.values import PICTURES

SOURCES = ("theme in the language", "theme", "tenant in the language", "tenant")
# For each kind of field, what the four say, best first; of a choice of two the odd ones say the same.
VALUES = {
    "username_hint": ("one", "two", "three", "four"),
    "accent_color": ("#111111", "#222222", "#333333", "#444444"),
    "layout": ("split", "full_screen", "split", "full_screen"),
    "shows_footer": (True, False, True, False),
    "custom_css": ("a {}", "body {}", ".ext-title {}", "/* none */"),
    "banner_logo": tuple(Picture(f"/{number}", number, number) for number in range(1, 5)),
}
EVERY = list(product((True, False), repeat=len(SOURCES)))


def said(name: str, value: Any) -> BrandingValues:
    return values_of({name: value})


def values_of(says: Mapping[str, Any]) -> BrandingValues:
    fields = {name: value for name, value in says.items() if name not in PICTURES}
    return BrandingValues(pictures={name: says[name] for name in says.keys() - fields}, **fields)


def pair_of(name: str, number: int) -> Mapping[str, Any]:
    """What one says under this name, such as for dark pages, and under that which it goes with."""
    pair = (name, GOES_WITH[name])
    return {
        each: Picture(f"/{each}/{number}", 1, 1) if each in PICTURES else f"#{place}{number}0000"
        for place, each in enumerate(pair)
    }


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("sets", EVERY, ids=["".join("x" if each else "-" for each in sets) for sets in EVERY])
def test_a_field_comes_from_the_first_that_sets_it(name: str, sets: tuple[bool, ...]) -> None:
    own = [said(name, value) if does else BrandingValues() for does, value in zip(sets, VALUES[name], strict=True)]
    theme, tenant = {"de": own[0], "": own[1]}, {"de": own[2], "": own[3]}

    layers = layers_of("de-AT", tenant=tenant, theme=theme)
    value, layer = found(layers, name)

    winner = next((place for place, does in enumerate(sets) if does), None)
    if winner is None:
        assert (value, layer) == (None, None)
        return
    assert value == VALUES[name][winner]
    assert layer is not None
    assert (layer.is_of_theme, layer.locale) == ((True, "de"), (True, ""), (False, "de"), (False, ""))[winner]


@pytest.mark.parametrize("name", GOES_WITH)
@pytest.mark.parametrize("nearest", range(len(SOURCES)), ids=SOURCES)
@pytest.mark.parametrize(("sets", "is_shown"), [("light", False), ("dark", True), ("both", True)])
def test_what_goes_with_something_is_put_aside_by_what_is_nearer(
    name: str, nearest: int, sets: str, *, is_shown: bool
) -> None:
    light = GOES_WITH[name]
    both = [pair_of(name, number) for number in range(len(SOURCES))]
    only = {"light": [light], "dark": [name], "both": [light, name]}[sets]
    said_by: list[Mapping[str, Any]] = (
        [{}] * nearest + [{each: both[nearest][each] for each in only}] + both[nearest + 1 :]
    )
    own = [values_of(each) for each in said_by]

    layers = layers_of("de", tenant={"de": own[2], "": own[3]}, theme={"de": own[0], "": own[1]})

    assert found(layers, name) == ((both[nearest][name], layers[nearest]) if is_shown else (None, None))


@pytest.mark.parametrize("sets", list(product((True, False), repeat=6)))
def test_behind_a_language_of_ones_own_comes_that_which_it_falls_back_to(sets: tuple[bool, ...]) -> None:
    places = [(is_of_theme, locale) for is_of_theme in (True, False) for locale in ("gsw", "de", "")]
    said_by = {
        place: BrandingValues(username_hint=f"hint {number}" if does else "")
        for number, (place, does) in enumerate(zip(places, sets, strict=True))
    }
    theme, tenant = ({locale: said_by[of_theme, locale] for locale in ("", "de", "gsw")} for of_theme in (True, False))

    value, layer = found(layers_of("gsw", tenant=tenant, theme=theme, falls_back_to="de-AT"), "username_hint")

    winner = next((number for number, does in enumerate(sets) if does), None)
    assert value == (None if winner is None else f"hint {winner}")
    assert (layer and (layer.is_of_theme, layer.locale)) == (None if winner is None else places[winner])


def test_the_nearest_region_comes_before_its_language_and_a_theme_before_both() -> None:
    tenant = {"": BrandingValues(), "fr": BrandingValues(), "fr-CA": BrandingValues()}

    layers = layers_of("fr-CA", tenant=tenant, theme={"": BrandingValues(), "fr": BrandingValues()})

    assert [(layer.is_of_theme, layer.locale) for layer in layers] == [
        (True, "fr"),
        (True, ""),
        (False, "fr-CA"),
        (False, "fr"),
        (False, ""),
    ]


def test_without_any_branding_all_is_neutral() -> None:
    look = resolve([], tenant_name="Acme")

    assert {name: getattr(look, name) for name in NEUTRAL} == NEUTRAL
    assert (look.logo_url, look.username_hint) == ("", "")


def test_the_map_tells_what_the_look_shows() -> None:
    theme = {"": said("banner_logo", Picture("/logo", 1, 1)), "de": BrandingValues(username_hint="du", font="serif")}
    tenant = {"": BrandingValues(accent_color="#123456", shows_footer=True), "de": said("layout", "split")}
    shown = {
        "banner_logo": "logo_url",
        "banner_logo_dark": "dark_logo_url",
        "background": "background_url",
        "favicon": "favicon_url",
        **{name: f"{name}.url" for name in ("header_logo", "square_logo", "square_logo_dark")},
    }

    rows = coverage(["", "de"], lambda locale: layers_of(locale, tenant=tenant, theme=theme))

    assert {row.name for row in rows} == set(NAMES)
    for row in rows:
        for cell in row.cells:
            look = resolve(layers_of(cell.locale, tenant=tenant, theme=theme), tenant_name="Acme")
            value = cell.value.url if isinstance(cell.value, Picture) else cell.value or ""
            assert value == (attrgetter(shown.get(row.name, row.name))(look) or "")


def test_a_nearer_logo_puts_aside_what_stands_behind_another_one() -> None:
    ground = {"logo_background_color": "#112233", "dark_logo_background_color": "#445566"}
    tenant = {"": values_of(ground), "de": said("banner_logo", Picture("/de", 1, 1))}

    assert resolve(layers_of("en", tenant=tenant), tenant_name="Acme").logo_has_ground
    assert not resolve(layers_of("de", tenant=tenant), tenant_name="Acme").logo_has_ground


def test_what_stands_behind_a_logo_does_so_on_dark_pages_too() -> None:
    layers = layers_of("en", tenant={"": said("logo_background_color", "#112233")})

    assert resolve(layers, tenant_name="Acme").dark_logo_background_color == "#112233"
