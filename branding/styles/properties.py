"""Which properties a brand's own CSS may set, on which parts of a page, and within which bounds.

What isn't here could fetch something (`url()`), take text away or cover it (`position`, `z-index`, `overflow`,
`clip-path`, `transform`, negative margins), say what isn't so (`content`), change the order of what is said (`order`,
`direction`), or hide what has the focus (`outline`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from branding.styles.selectors import (
    ANYWHERE,
    BACKGROUND,
    BUTTON,
    DEBUG_ITEM,
    ERROR,
    FOOTER,
    FOOTER_ITEM,
    FOOTER_LINKS,
    HEADER,
    HEADER_LOGO,
    INPUT,
    INSIDE,
    MIDDLE,
    PARTS,
    PRIMARY,
    PROVIDERS,
    SECONDARY,
    SPLIT_MAIN,
    SPLIT_PICTURE,
    TEXT,
    TEXT_BOX,
)
from branding.styles.values import (
    Check,
    any_of,
    blur,
    color,
    families,
    gradient,
    length,
    listed,
    number,
    one,
    shadow,
    slash,
    some,
    text_color,
    time,
    times,
    words,
)

ALL = frozenset({*PARTS, *ANYWHERE, *INSIDE})
# An error stands on a ground of its own, whatever is around it: else it could be drawn in the colour of its ground.
GROUNDS = ALL - {ERROR}
# What says nothing that somebody needs in order to decide.
HIDEABLE = frozenset({HEADER, HEADER_LOGO, SPLIT_PICTURE, TEXT, FOOTER_LINKS, FOOTER_ITEM, DEBUG_ITEM})
BUTTONS = frozenset({BUTTON, PRIMARY, SECONDARY})
# The background is the whole page where the form stands in its middle.
WIDE = GROUNDS - {"body", BACKGROUND}
# What lies in a part that isn't as high as that would lie over what follows.
HIGH = BUTTONS | {HEADER, HEADER_LOGO, SPLIT_PICTURE, INPUT, TEXT_BOX, "img"}
ROWS = BUTTONS | {HEADER, MIDDLE, SPLIT_MAIN, FOOTER, FOOTER_LINKS, PROVIDERS}
SEEN_THROUGH = BUTTONS | {HEADER_LOGO, FOOTER_ITEM}


@dataclass(frozen=True)
class Allowed:
    """What its value may be, and on which parts of a page it may be set."""

    check: Check
    of: frozenset[str] = ALL
    tells_color: bool = False


_INHERIT = words("inherit")
_SIDES = ("top", "right", "bottom", "left", "inline-start", "inline-end", "block-start", "block-end")
_LINE = words("none", "solid", "dashed", "dotted", "double")
_WIDTH = any_of(length(0, 20), words("thin", "medium", "thick"))
_SPACE = length(0, 200, percent=30)
_SIZE = length(16, 2000, percent=100)
_PLACES = words("left", "right", "top", "bottom", "center")
_POSITION = any_of(_PLACES, length(0, 2000, percent=100))
_COVER = any_of(words("cover", "contain", "auto"), length(0, 2000, percent=200))
_REPEAT = words("repeat", "no-repeat", "repeat-x", "repeat-y", "space", "round")
_ATTACHMENT = words("scroll", "fixed", "local")
_GROUND = any_of(color, gradient, words("none"), _POSITION, _COVER, _REPEAT, _ATTACHMENT, slash)
_ALIGNED = words("start", "end", "center", "stretch", "baseline", "flex-start", "flex-end", "normal")
_SPREAD = words(
    "start", "end", "center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly", "normal"
)
_CHANGING = words("all", "none", "color", "background", "background-color", "border-color", "box-shadow", "opacity")
_EASING = words("ease", "linear", "ease-in", "ease-out", "ease-in-out")


def _each(before: str, after: str, names: tuple[str, ...], known: Allowed) -> Iterator[tuple[str, Allowed]]:
    return ((f"{before}{name}{after}", known) for name in names)


PROPERTIES: dict[str, Allowed] = {
    # Text
    "color": Allowed(one(text_color, _INHERIT), tells_color=True),
    "font-family": Allowed(families),
    "font-size": Allowed(
        one(
            times(10 / 16, 72 / 16, "rem"),
            length(10, 72),
            words("small", "medium", "large", "x-large", "xx-large", "larger", "inherit"),
        )
    ),
    "font-style": Allowed(one(words("normal", "italic", "inherit"))),
    "font-variant": Allowed(one(words("normal", "small-caps"))),
    "font-weight": Allowed(one(number(100, 900), words("normal", "bold", "bolder", "lighter", "inherit"))),
    "letter-spacing": Allowed(one(length(-1, 6), words("normal"))),
    "word-spacing": Allowed(one(length(0, 12), words("normal"))),
    "line-height": Allowed(one(number(1, 3), times(1, 3), length(14, 96), words("normal", "inherit"))),
    "text-align": Allowed(one(words("left", "right", "center", "start", "end", "justify"))),
    "text-decoration": Allowed(
        some(any_of(words("none", "underline", "solid", "dotted", "dashed", "wavy", "double"), color), 3)
    ),
    "text-decoration-color": Allowed(one(color), tells_color=True),
    "text-decoration-line": Allowed(one(words("none", "underline"))),
    "text-decoration-style": Allowed(one(words("solid", "dotted", "dashed", "wavy", "double"))),
    "text-decoration-thickness": Allowed(one(length(0, 8), words("auto", "from-font"))),
    "text-underline-offset": Allowed(one(length(0, 12), words("auto"))),
    "text-shadow": Allowed(listed(shadow(offset=8, blur=16, spread=0), 2), tells_color=True),
    "text-transform": Allowed(one(words("none", "uppercase", "lowercase", "capitalize"))),
    # Grounds and lines
    "background": Allowed(listed(some(_GROUND, 8), 4), GROUNDS, tells_color=True),
    "background-attachment": Allowed(one(_ATTACHMENT), GROUNDS),
    "background-color": Allowed(one(color), GROUNDS, tells_color=True),
    "background-image": Allowed(listed(one(gradient, words("none")), 4), GROUNDS, tells_color=True),
    "background-position": Allowed(some(_POSITION, 2), GROUNDS),
    "background-repeat": Allowed(some(_REPEAT, 2), GROUNDS),
    "background-size": Allowed(some(_COVER, 2), GROUNDS),
    "backdrop-filter": Allowed(one(blur, words("none")), GROUNDS),
    "border": Allowed(some(any_of(_LINE, _WIDTH, color), 3)),
    "border-color": Allowed(some(color, 4), tells_color=True),
    "border-radius": Allowed(some(any_of(length(0, 999, percent=50), slash), 9)),
    "border-style": Allowed(some(_LINE, 4)),
    "border-width": Allowed(some(_WIDTH, 4)),
    "box-shadow": Allowed(listed(shadow(offset=24, blur=60, spread=8), 4), GROUNDS, tells_color=True),
    "accent-color": Allowed(one(color), tells_color=True),
    # Room
    "margin": Allowed(some(any_of(_SPACE, words("auto")), 4)),
    "padding": Allowed(some(_SPACE, 4), GROUNDS),
    "gap": Allowed(some(length(0, 100), 2), GROUNDS),
    "width": Allowed(one(_SIZE, words("auto", "fit-content", "max-content", "min-content")), WIDE),
    "min-width": Allowed(one(_SIZE, words("auto")), WIDE),
    "max-width": Allowed(one(_SIZE, words("none")), WIDE),
    "height": Allowed(one(_SIZE, words("auto")), HIGH),
    "max-height": Allowed(one(_SIZE, words("none")), HIGH),
    "min-height": Allowed(one(_SIZE, words("auto")), WIDE),
    # How parts stand
    "align-items": Allowed(one(_ALIGNED), ROWS),
    "align-self": Allowed(one(_ALIGNED)),
    "justify-content": Allowed(one(_SPREAD), ROWS),
    "flex-direction": Allowed(one(words("row", "column")), ROWS),
    "flex-wrap": Allowed(one(words("wrap", "nowrap")), ROWS),
    "object-fit": Allowed(one(words("contain", "cover", "scale-down", "none", "fill"))),
    "display": Allowed(one(words("block", "inline-block", "flex", "inline-flex"))),
    "cursor": Allowed(one(words("auto", "default", "pointer", "text", "not-allowed", "help"))),
    "opacity": Allowed(one(number(0.5, 1)), SEEN_THROUGH),
    "transition": Allowed(listed(some(any_of(_CHANGING, time(1), _EASING), 4), 6)),
    "transition-duration": Allowed(one(time(1))),
}
PROPERTIES |= dict(_each("margin-", "", _SIDES, Allowed(one(_SPACE, words("auto")))))
PROPERTIES |= dict(_each("padding-", "", _SIDES, Allowed(one(_SPACE), GROUNDS)))
PROPERTIES |= dict(_each("border-", "", _SIDES[:4], Allowed(some(any_of(_LINE, _WIDTH, color), 3))))
PROPERTIES |= dict(_each("border-", "-width", _SIDES[:4], Allowed(one(_WIDTH))))
PROPERTIES |= dict(_each("border-", "-style", _SIDES[:4], Allowed(one(_LINE))))
PROPERTIES |= dict(_each("border-", "-color", _SIDES[:4], Allowed(one(color), tells_color=True)))
_CORNERS = ("top-left", "top-right", "bottom-left", "bottom-right")
PROPERTIES |= dict(_each("border-", "-radius", _CORNERS, Allowed(some(length(0, 999, percent=50), 2))))
# What a property may be besides, where it may.
BESIDES = {"display": Allowed(one(words("none")), HIDEABLE)}
