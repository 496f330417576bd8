"""What a look is made of: whatever a tenant chooses, all that customers read can be read, light and dark."""

import re
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branding.brands.fallback import layers_of
from branding.description import BrandingValues, Picture, field_problems
from branding.look import resolve, shown
from branding.looks.choices import CHOICES, size_of_logo
from branding.looks.colors import COLORS, NEUTRAL_ACCENT
from branding.looks.contrast import pairs_by_scheme
from branding.looks.proposals import proposals
from branding.looks.style_sheet import style_sheet_of
from branding.policies import DARK_INKS, LIGHT_INKS, READABLE, VISIBLE, contrast, fit_surface

colors = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
chosen_colors = st.fixed_dictionaries({}, optional=dict.fromkeys(COLORS, colors))
chosen = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in CHOICES.items()})

# The machine may have more to do than to make up examples.
unhurried = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def blocks(css: str) -> list[dict[str, str]]:
    """The properties of light pages, and of dark ones: what the second block doesn't name is as in the first."""
    light, dark = (dict(re.findall(r"--([\w-]+):([^;}]+)", block)) for block in (*css.split("@media"), "")[:2])
    return [light, light | dark]


@unhurried
@given(chosen_colors, chosen)
def test_b25_a_style_sheet_is_custom_properties_and_nothing_else(
    fields: dict[str, str], choices: dict[str, str]
) -> None:
    css = style_sheet_of(fields | choices, background_url="/t/acme/brand/images/ab12")

    rule = r":root{(?:color-scheme:(?:light|dark);|--[\w-]+:[^;{}]+;?|)+}"
    assert re.fullmatch(rf"{rule}\n(?:@media \(prefers-color-scheme:dark\){{{rule}}}\n)?", css)
    assert ("prefers-color-scheme" in css) is (choices.get("color_scheme", "auto") == "auto")


@unhurried
@given(chosen_colors)
def test_what_a_look_sets_can_be_read_in_light_and_in_dark(fields: dict[str, str]) -> None:
    fields |= {
        name: fit_surface(fields[name], is_dark=name.startswith("dark_"))
        for name in ("surface_color", "dark_surface_color")
        if name in fields
    }
    assert not [problem for name, value in fields.items() for problem in field_problems(name, value)]

    for properties, surface, inks in zip(
        blocks(style_sheet_of(fields)), ("#ffffff", "#15181d"), (LIGHT_INKS, DARK_INKS), strict=True
    ):
        card = properties.get("surface", surface)
        on_card = [properties["accent-ink"], *inks, *([properties["ink-soft"]] if "ink-soft" in properties else [])]
        assert min(contrast(card, ink) for ink in on_card) >= READABLE
        assert contrast(properties["on-accent"], properties["accent"]) >= READABLE
        assert contrast(properties["on-background"], properties["background"]) >= READABLE
        if "line-control" in properties:
            assert contrast(properties["line-control"], card) >= VISIBLE


def test_an_image_address_that_ends_a_string_never_gets_into_a_style_sheet() -> None:
    with pytest.raises(ValueError, match="not the address"):
        style_sheet_of({}, background_url='x");}body{}')


@pytest.mark.parametrize("color", ["red", "#fff", "red;}body{", "var(--x)", "#123456\n", "#12345６"])
@pytest.mark.parametrize("name", COLORS)
def test_b25_a_colour_is_six_digits(name: str, color: str) -> None:
    assert field_problems(name, color)


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_is_one_of_those_there_are(name: str) -> None:
    assert all(not field_problems(name, value) for value in CHOICES[name])
    assert field_problems(name, "url(//evil.example)")


def test_a_card_on_which_nothing_could_be_read_is_refused_with_one_that_would_do() -> None:
    [problem] = field_problems("surface_color", "#336699")

    assert "Text on a card of #336699 can’t be read: the contrast is" in str(problem.sentence)
    proposed = re.findall(r"Use (#\w{6})", str(problem.sentence))
    assert not field_problems("surface_color", proposed[0])


@unhurried
@given(chosen_colors)
def test_what_is_proposed_mends_what_it_stands_beside(fields: dict[str, str]) -> None:
    for scheme, pairs in pairs_by_scheme(fields).items():
        for pair in pairs:
            assert pair.holds is not bool(pair.fix)
            if pair.fix:
                mended = {each.name: each for each in pairs_by_scheme(fields | {pair.field: pair.fix})[scheme]}
                assert mended[pair.name].holds


def test_a_brand_that_is_always_light_isnt_judged_in_the_dark() -> None:
    assert list(pairs_by_scheme({"color_scheme": "light"})) == ["light"]
    assert list(pairs_by_scheme({"color_scheme": "auto"})) == ["light", "dark"]


@unhurried
@given(chosen_colors, st.randoms(use_true_random=False))
def test_whichever_buttons_are_pressed_they_come_to_an_end(fields: dict[str, str], chance: Random) -> None:
    """No fix for one ground is undone by that for another."""
    for _ in range(12):
        left = [each for pairs in pairs_by_scheme(fields).values() for each in pairs if each.fix]
        if left:
            pressed = chance.choice(left)
            fields = fields | {pressed.field: pressed.fix}
    assert not left


def test_nobody_is_told_to_mend_what_nobody_has_chosen() -> None:
    """A new tenant's editor found two faults in the neutral look."""
    for fields in ({}, {"color_scheme": "dark"}, {"background_color": "#aa0000"}):
        assert all(pair.holds for pairs in pairs_by_scheme(fields).values() for pair in pairs)
    chosen = pairs_by_scheme({"dark_accent_color": NEUTRAL_ACCENT})["dark"]
    assert [pair.name for pair in chosen if not pair.holds] == ["button", "link"]


@unhurried
@given(colors)
def test_the_colours_that_go_with_a_logo_need_no_mending(color: str) -> None:
    [fields] = proposals([color])

    assert all(pair.holds for pairs in pairs_by_scheme(fields).values() for pair in pairs)


def look(tenant: dict[str, BrandingValues], theme: dict[str, BrandingValues] | None = None, **given: Any) -> Any:
    return resolve(layers_of("de", tenant=tenant, theme=theme), tenant_name="Acme", **given)


def test_dark_colours_follow_the_light_ones_until_they_are_chosen() -> None:
    plain = look({"": BrandingValues(accent_color="#aa0000", background_color="#eeeeff")})
    assert (plain.dark_accent_color, plain.dark_surface_color) == ("#aa0000", "#15181d")
    assert contrast(plain.dark_background_color, "#ffffff") >= 17

    own = look({"": BrandingValues(accent_color="#aa0000", dark_accent_color="#ffaaaa")})
    assert (own.accent_color, own.dark_accent_color) == ("#aa0000", "#ffaaaa")


def test_a_themes_light_colour_puts_the_tenants_dark_one_aside() -> None:
    """Else its pages would be the theme's by day and the tenant's by night."""
    tenant = {
        "": BrandingValues(
            accent_color="#aa0000",
            dark_accent_color="#ffaaaa",
            pictures={"banner_logo": Picture("/tenant", 100, 50), "banner_logo_dark": Picture("/tenant-dark", 100, 50)},
        )
    }
    theme = {"": BrandingValues(accent_color="#0000aa", pictures={"banner_logo": Picture("/theme", 100, 50)})}

    themed = look(tenant, theme)

    assert (themed.dark_accent_color, themed.dark_logo_url) == ("#0000aa", "")
    value, layer = shown(layers_of("de", tenant=tenant, theme=theme), "dark_accent_color")
    assert (value, layer and layer.is_of_theme) == ("#0000aa", True)


def test_a_preview_is_light_or_dark_as_asked_unless_the_brand_decides() -> None:
    assert look({"": BrandingValues()}, scheme="dark").dark_media == "all"
    assert look({"": BrandingValues(color_scheme="light")}, scheme="dark").dark_media == "not all"
    assert look({"": BrandingValues()}).dark_media == "(prefers-color-scheme: dark)"


@pytest.mark.parametrize(
    ("size", "shown_at"),
    [
        ((960, 240), (155, 39)),
        ((960, 40), (320, 13)),
        ((200, 288), (65, 93)),
        ((300, 300), (77, 77)),
        ((40, 30), (40, 30)),
    ],
)
def test_logos_of_all_shapes_look_as_large_as_each_other(size: tuple[int, int], shown_at: tuple[int, int]) -> None:
    assert size_of_logo(*size, logo_size="medium") == shown_at


def test_a_wish_for_a_larger_logo_is_heard() -> None:
    widths = [size_of_logo(960, 240, logo_size=size)[0] for size in ("small", "medium", "large")]

    assert widths == sorted(set(widths))
