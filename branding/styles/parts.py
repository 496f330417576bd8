"""Which parts of a page have text or an edge, what each lies in, and its colours where a brand's CSS says no others."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from branding.looks.choices import DARK, LIGHT
from branding.looks.colors import Colors, dark_colors, light_colors, quiet_colors
from branding.policies import DARK_INKS, LIGHT_INKS, text_color_on
from branding.styles.selectors import (
    BACKGROUND,
    BOX,
    BUTTON,
    DEBUG_ITEM,
    FOOTER,
    FOOTER_ITEM,
    FOOTER_LINKS,
    HAS_ERROR,
    HEADER,
    INPUT,
    MIDDLE,
    PLACEHOLDER,
    PRIMARY,
    PROVIDERS,
    SECONDARY,
    SPLIT_MAIN,
    SUBTITLE,
    TEXT,
    TEXT_BOX,
    TITLE,
)

NAMELESS = " …"
"""What the name of something ends with that no selector names."""
UNKNOWN = "picture"
"""In the place of a colour: that of a picture, of which nobody knows what stands just there."""
WIDE = 560
"""Pixels from which on the form is a card on a background (static/customer/customer.css)."""


@dataclass(frozen=True)
class Page:
    """What pages of one scheme are drawn with. `header` is the colour of a bar with a name in it; None if none is
    shown, "" if it is that of the card.
    """

    colors: Colors
    quiet: Mapping[str, str] = field(hash=False)
    button_style: str
    input_style: str
    is_split: bool
    has_picture: bool
    header: str | None


@dataclass(frozen=True)
class Part:
    """Something on a page, named as selectors name it, and the name of the part that it lies in.

    "" for a colour is that of what is around: it inherits its text, or what lies behind it is seen. A picture lies on
    the ground.
    """

    name: str
    inside: str = ""
    text: str = ""
    ground: str = ""
    ground_under_pointer: str = ""
    edge: str = ""
    has_text: bool = True
    has_picture: bool = False

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that a selector may call it by: those of the last part of its own."""
        return frozenset(_WORD.findall(self.name.split()[-1]))


def pages_by_scheme(
    fields: Mapping[str, str], *, layout: str, has_picture: bool, header: str | None
) -> dict[str, Page]:
    """The pages that a brand shows, of light scheme and of dark. `fields` are those of its style sheet."""
    light, dark = light_colors(fields), dark_colors(fields)
    wanted = fields.get("color_scheme", "")
    own_card = light.has_own_surface or dark.has_own_surface
    return {
        scheme: Page(
            colors,
            quiet_colors(colors, on_own_card=own_card),
            fields.get("button_style", ""),
            fields.get("input_style", ""),
            layout == "split",
            has_picture,
            header,
        )
        for scheme, colors in ((LIGHT, light), (DARK, dark))
        if wanted not in {LIGHT, DARK} - {scheme}
    }


def parts_of(page: Page, *, is_wide: bool) -> Sequence[Part]:
    """The parts of a page in a window that is as wide, each after the one that it lies in."""
    return [*_around(page, is_wide=is_wide), *_in_box(page), *_controls(page), *_foot(page, is_wide=is_wide)]


def _around(page: Page, *, is_wide: bool) -> list[Part]:
    colors = page.colors
    body, main, behind = f"body.{BACKGROUND}", f".{MIDDLE}", ""
    is_pictured = page.has_picture and is_wide and not page.is_split
    if page.is_split:
        body, main, behind = "body", _SPLIT, colors.surface
    elif is_wide:
        behind = colors.background
    parts = [
        Part("html", text=colors.ink, ground=colors.surface, has_text=False),
        Part(body, "html", ground=behind, has_text=False, has_picture=is_pictured),
        Part(main, body, ground=behind if page.is_split else "", has_text=False),
        Part(_BOX, main, ground=colors.surface),
    ]
    if page.header is not None:
        text = text_color_on(page.header) if page.header else ""
        parts.append(Part(f".{HEADER}", body, text=text or colors.ink, ground=page.header or colors.surface))
    return parts


def _in_box(page: Page) -> list[Part]:
    soft, link = page.quiet["ink-soft"], page.colors.accent_ink
    return [
        Part(_BOX + NAMELESS, _BOX, text=soft),
        Part(f".{TITLE}", _BOX),
        Part(f".{SUBTITLE}", _BOX, text=soft),
        Part(f".{TEXT}", _BOX, text=soft),
        Part(f".{DEBUG_ITEM}", _BOX, text=soft),
        Part(f".{PROVIDERS}", _BOX),
        Part(f"{_BOX} label", _BOX),
        Part(f"{_BOX} a", _BOX, text=link),
        Part(f".{TEXT} a", f".{TEXT}", text=link),
    ]


def _controls(page: Page) -> list[Part]:
    colors, hover = page.colors, page.quiet["hover"]
    button = {"text": text_color_on(colors.accent), "ground": colors.accent}
    if page.button_style == "outlined":
        button = {"text": colors.accent_ink, "ground_under_pointer": hover}
    ground = {"filled": hover, "underlined": ""}.get(page.input_style, colors.surface)
    red = (DARK_INKS if colors.is_dark else LIGHT_INKS)[1]
    secondary, field = f".{BUTTON}.{SECONDARY}", f".{INPUT}.{TEXT_BOX}"
    return [
        Part(f".{BUTTON}.{PRIMARY}", _BOX, **button),  # type: ignore[arg-type]
        Part(secondary, _BOX, ground_under_pointer=hover),
        Part(f".{PROVIDERS} {secondary}", f".{PROVIDERS}", ground_under_pointer=hover),
        Part(field, _BOX, ground=ground, edge=page.quiet["line-control"]),
        Part(f"{field}.{HAS_ERROR}", _BOX, ground=ground, edge=red),
        Part(f"{field}::{PLACEHOLDER}", field, text=page.quiet["ink-soft"]),
    ]


def _foot(page: Page, *, is_wide: bool) -> list[Part]:
    foot, links, main = f".{FOOTER}", f".{FOOTER_LINKS}", _SPLIT if page.is_split else f".{MIDDLE}"
    text, ground = page.quiet["ink-soft"], page.colors.surface
    if is_wide and not page.is_split and not page.has_picture:
        text, ground = text_color_on(page.colors.background), ""
    return [
        Part(foot, main, text=text, ground=ground),
        Part(f"{foot} a", foot),
        Part(links, foot, has_text=False),
        Part(f"a.{FOOTER_ITEM}", links),
    ]


_BOX, _SPLIT = f".{BOX}", f".{MIDDLE}.{SPLIT_MAIN}"
_WORD = re.compile(r"[\w-]+")
