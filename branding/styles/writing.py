"""From the tree to what a browser loads."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import dropwhile, groupby

from branding.looks.choices import DARK, LIGHT
from branding.policies import DARK_SURFACE, LIGHT_SURFACE
from branding.styles.reading import read_sheet
from branding.styles.selectors import ERROR, PARTS
from branding.styles.sheet import Declaration, Media, Rule, Selector

logger = logging.getLogger(__name__)

# Pages on which somebody decides about access to their account have no such mark: the brand's own CSS spares them.
# Twice, so that what a brand says comes before what pages say of the same part.
SCOPE = ".styled.styled"
_MUST_BE_READ = ":is(.notice,.careful,.account,.wrong)"
# What must be read whatever is around it. Letters and grounds of these come from nowhere else: important ones, since a
# brand may name errors and links as exactly as it likes.
GUARD = (
    f".styled {_MUST_BE_READ},.styled {_MUST_BE_READ} :is(a,.link){{font-family:system-ui,sans-serif!important;"
    "font-style:normal!important;letter-spacing:normal!important;word-spacing:normal!important;"
    "text-transform:none!important;text-shadow:none!important;box-shadow:none!important}"
    f".styled {_MUST_BE_READ}{{line-height:1.5!important}}"
    ".styled :is(.notice,.careful,.account){color:var(--ink)}"
    ".styled .account{background:var(--surface)}"
    ".styled .notice.done{color:var(--green-ink)}"
    ".styled .wrong{border-radius:var(--radius-mark)!important;background:var(--surface)}"
    f".styled {_MUST_BE_READ} :is(a,.link)"
    "{color:inherit!important;background:none!important;font-size:inherit!important}"
)


@lru_cache(maxsize=256)
def css_of(source: str, *, scheme: str = "") -> str:
    """What pages load of a brand's own CSS; "" where nothing of it holds. With a `scheme` they are always in that.

    Colours that aren't said for light or dark pages are those of light ones: on dark pages they would meet others than
    they were chosen for. Nothing is marked as important: it comes first as it is.

    A page without its brand's CSS is better than none: what goes wrong is logged, and nothing holds.
    """
    try:
        return _css_of(source, scheme)
    except Exception:
        logger.exception("A style sheet can't be written; pages go without it")
        return ""


def _css_of(source: str, scheme: str) -> str:
    rules = read_sheet(source).rules
    pieces = [piece for rule in rules for piece in _pieces(rule)]
    if pieces:
        pieces.append((Media(), GUARD))
        pieces += _grounds(rules)
    if scheme in {LIGHT, DARK}:
        pieces = [(replace(media, scheme=""), css) for media, css in pieces if media.scheme in {"", scheme}]
    written = [_in_media(media, [css for _, css in group]) for media, group in groupby(pieces, lambda piece: piece[0])]
    return "".join(written)


def _grounds(rules: Sequence[Rule]) -> list[tuple[Media, str]]:
    """What errors stand on whose colour a brand says: that on which it was judged, whatever the brand's card is."""
    says = any(
        each.name == "color" and any(PARTS[ERROR] in selector.css for selector in rule.selectors)
        for rule in rules
        for each in rule.declarations
    )
    grounds = ((LIGHT, LIGHT_SURFACE), (DARK, DARK_SURFACE)) if says else ()
    return [(Media(scheme=each), f"{SCOPE} {PARTS[ERROR]}{{background:{color}}}") for each, color in grounds]


def _pieces(rule: Rule) -> Iterator[tuple[Media, str]]:
    """The rule by when its declarations hold, in two blocks at most: however they are mixed, each keeps its place.

    What tells no colour holds on light pages twice, if it comes after what tells one: it may take that back.
    """
    always = [each for each in rule.declarations if not each.tells_color]
    light = list(dropwhile(lambda each: not each.tells_color, rule.declarations))
    if rule.media.scheme:
        always, light = list(rule.declarations), []
    if always:
        yield rule.media, _block(rule.selectors, always)
    if light:
        yield Media(rule.media.conditions, LIGHT), _block(rule.selectors, light)


def _block(selectors: tuple[Selector, ...], declarations: list[Declaration]) -> str:
    inside = ";".join(f"{each.name}:{each.value}" for each in declarations)
    return f"{','.join(f'{SCOPE} {selector.css}' for selector in selectors)}{{{inside}}}"


def _in_media(media: Media, blocks: list[str]) -> str:
    scheme = (f"(prefers-color-scheme:{media.scheme})",) if media.scheme else ()
    conditions = " and ".join((*media.conditions, *scheme))
    return f"@media {conditions}{{{''.join(blocks)}}}\n" if conditions else "".join(blocks) + "\n"
