"""What a look comes to in mails: values written out, since their programs know no custom properties."""

from collections.abc import Mapping
from dataclasses import dataclass

from branding.looks import choices
from branding.looks.colors import Colors, properties_of, properties_of_surface
from branding.policies import READABLE, contrast, mix, moved_until, text_color_on

_NEUTRAL = {
    "font": '-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif',
    "radius-small": "6px",
    "radius": "10px",
    "radius-large": "12px",
    "radius-control": "10px",
}
_MONO = "ui-monospace,Consolas,Menlo,monospace"


@dataclass(frozen=True)
class MailColors:
    """What a mail of one scheme is coloured with: behind the card, on it, below it, and in the bar above it."""

    background: str
    on_background: str
    foot: str
    surface: str
    ink: str
    quiet: str
    raised: str
    line: str
    line_strong: str
    accent: str
    on_accent: str
    link: str
    header: str
    on_header: str
    behind_logo: str


def colors_of_mail(colors: Colors, *, header: str, behind_logo: str = "") -> MailColors:
    """Those of pages, with what can be read on them. `header` is the colour of the bar, "" for that of the card, and
    `behind_logo` that of the plate below a logo, "" where there is none.
    """
    page, card = properties_of(colors), properties_of_surface(colors)
    background, above = page["background"], page["on-background"]
    foot = moved_until(mix(background, above, 0.62), above, lambda color: contrast(color, background) >= READABLE)
    return MailColors(
        background=background,
        on_background=above,
        foot=foot,
        surface=card["surface"],
        ink=colors.ink,
        quiet=card["ink-soft"],
        raised=card["hover"],
        line=card["line"],
        line_strong=card["line-strong"],
        accent=page["accent"],
        on_accent=page["on-accent"],
        link=page["accent-ink"],
        header=header or card["surface"],
        on_header=text_color_on(header) if header else colors.ink,
        behind_logo=behind_logo,
    )


def shapes_of_mail(chosen: Mapping[str, str]) -> dict[str, str]:
    """The `font` and the radii of these choices, by the names of their custom properties with underscores.

    The names of fonts stand without quotes: a style within an attribute has none to spare.
    """
    values = {**_NEUTRAL, **choices.properties_of(chosen)}
    shapes = {name.replace("-", "_"): values[name] for name in _NEUTRAL}
    shapes["font"] = shapes["font"].replace("var(--mono)", _MONO).replace('"', "")
    return shapes
