"""Sizes, spaces, radii, type sizes and colours have one place: `static/tokens.css`, in the dark `static/dark.css`."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from branding.policies import DARK_INKS, DARK_SURFACE, LIGHT_INKS, LIGHT_SURFACE
from tests.house_rules.sources import ROOT

TOKENS = ROOT / "static" / "tokens.css"
DARK = ROOT / "static" / "dark.css"
SHEETS = [
    path
    for folder in (ROOT / "static", ROOT / "branding" / "static")
    for path in sorted(folder.rglob("*.css"))
    if "vendor" not in path.parts and path not in {TOKENS, DARK}
]
# What may be written out, by property, and why it is no token.
MAY_BE_WRITTEN = {
    "@media": "a custom property isn't known there",
    "border": "a line of one or two pixels is a line, whatever the sizes around it",
    "outline": "the same",
    "box-shadow": "the same, where a shadow draws a line",
    "grid-template-columns": "the columns of one table are nobody else's",
    "unicode-range": "no length",
    "font-feature-settings": "no length",
}
# One name each that only this sheet has, for a value that only it can know.
OWN = {
    "--screen-width": "the preview is as wide as a real screen",
    "--screen-height": "the same",
}
# The length of a line, or what hides something from eyes alone.
LINES = {"1px", "2px", "3px"}
LENGTH = re.compile(r"(?<![\w.#-])-?\d*\.?\d+(?:px|rem)\b")
COLOR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|light-dark)\(")


def declarations(css: str) -> Iterator[tuple[str, str]]:
    """Each property with its value, without comments."""
    bare = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    for line in re.split(r"[;{}]", bare):
        name, colon, value = line.partition(":")
        if colon and not line.lstrip().startswith("@"):
            yield name.strip(), " ".join(value.split())


def written_out(css: str) -> list[str]:
    """The declarations that should name a token."""
    found = []
    for name, value in declarations(css):
        if name in OWN or any(name.startswith(property_name) for property_name in MAY_BE_WRITTEN):
            continue
        lengths = {length.lstrip("-") for length in LENGTH.findall(value)} - LINES
        if lengths or COLOR.search(value):
            found.append(f"{name}: {value}")
    return found


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_style_sheet_writes_no_size_and_no_colour_out(path: Path) -> None:
    assert written_out(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "css",
    ["a { margin: 10px }", "a { font-size: 0.9375rem; }", "a { color: #fff }", "a { background: rgb(0 0 0 / 5%) }"],
)
def test_the_rule_sees_what_it_is_there_for(css: str) -> None:
    assert written_out(css)


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_style_sheet_names_only_what_there_is(path: Path) -> None:
    known = set(re.findall(r"(--[\w-]+):", TOKENS.read_text())) | set(re.findall(r"(--[\w-]+):", path.read_text()))
    named = set(re.findall(r"var\((--[\w-]+)", path.read_text()))

    assert named <= known


def test_every_token_is_used() -> None:
    sheets = "".join(path.read_text() for path in SHEETS)
    tokens = set(re.findall(r"(--[\w-]+):", TOKENS.read_text()))

    assert {token for token in tokens if f"var({token})" not in sheets} == set()


def test_the_surfaces_that_a_brand_is_judged_on_are_those_of_the_pages() -> None:
    light, dark = (re.findall(r"--surface: (#\w+);", sheet.read_text()) for sheet in (TOKENS, DARK))

    assert [light[0].replace("#fff", "#ffffff"), dark[0]] == [LIGHT_SURFACE, DARK_SURFACE]


@pytest.mark.parametrize(("sheet", "inks"), [(TOKENS, LIGHT_INKS), (DARK, DARK_INKS)], ids=["light", "dark"])
def test_what_is_written_on_a_card_is_what_a_brands_card_is_judged_by(sheet: Path, inks: tuple[str, ...]) -> None:
    written = dict(re.findall(r"--(ink|red-ink|green-ink|yellow-ink): (#\w+);", sheet.read_text()))

    assert tuple(written[name] for name in ("ink", "red-ink", "green-ink", "yellow-ink")) == inks


def test_the_dark_has_colours_of_the_light_and_no_others() -> None:
    light, dark = (set(re.findall(r"(--[\w-]+):", sheet.read_text())) for sheet in (TOKENS, DARK))

    assert dark
    assert dark <= light
