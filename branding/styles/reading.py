"""From what somebody typed to the tree of what pages allow, and to a list of what they don't."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import tinycss2

from branding.looks.choices import DARK
from branding.policies import DARK_SURFACE, LIGHT_SURFACE, READABLE, color_problem, contrast
from branding.styles.media import media_in
from branding.styles.properties import BESIDES, PROPERTIES
from branding.styles.selectors import ERROR, selectors_in
from branding.styles.sheet import Declaration, LeftOut, Media, Rule, Selector, Sheet, SourcePosition
from branding.styles.values import color, significant
from common.text.translation import gettext as _

# A page has a few dozen parts; what tells more of them, makes it slow.
MOST_SELECTORS = 1000
# Each is judged for each selector of its rule.
MOST_DECLARATIONS = 20_000
_LONGEST_TOLD = 60


def read_sheet(source: str) -> Sheet:
    """What pages use of a style sheet, and what is left out of it, by line: all of it if the parser gives up on it."""
    reader = _Reader()
    try:
        rules = tuple(reader.rules(tinycss2.parse_stylesheet(source, skip_comments=True, skip_whitespace=True)))
    except ValueError:  # a number of more digits than Python reads
        return Sheet(left_out=[LeftOut(1, _("This can’t be read as CSS."))])
    return Sheet(rules, sorted(set(reader.left_out), key=lambda each: (each.line, each.reason)))


@dataclass(frozen=True)
class _Typed:
    """A declaration as it was typed, and what it can be written as, each with the parts of a page on which it may."""

    line: int
    name: str
    value: str
    written: Sequence[tuple[frozenset[str], str]]
    places: tuple[SourcePosition, ...]


class _Reader:
    """One reading: it notes what it leaves out, and stops at so many selectors and declarations."""

    def __init__(self) -> None:
        self.left_out: list[LeftOut] = []
        self.selectors = 0
        self.declarations = 0

    def rules(self, nodes: Sequence[Any], media: Media | None = None) -> Iterator[Rule]:
        for node in nodes:
            if node.type == "qualified-rule":
                yield from self._rule(node, media or Media())
            elif node.type == "at-rule" and node.lower_at_keyword == "media" and node.content is not None and not media:
                yield from self._media(node)
            elif node.type == "at-rule":
                self._leave_out(
                    node.source_line, _("Pages don’t support @%(name)s here."), name=_short(node.at_keyword)
                )
            else:
                self._leave_out(node.source_line, _("This can’t be read as CSS."))

    def _media(self, node: Any) -> Iterator[Rule]:
        alternatives = media_in(node.prelude)
        if not alternatives:
            told = _("Pages support min-width, max-width and prefers-color-scheme, but not “%(condition)s”.")
            self._leave_out(node.source_line, told, condition=_text(node.prelude))
        inside = tinycss2.parse_stylesheet(node.content, skip_comments=True, skip_whitespace=True)
        for media in alternatives:
            yield from self.rules(inside, media)

    def _rule(self, node: Any, media: Media) -> Iterator[Rule]:
        selectors = dict.fromkeys(self._selectors(node))
        declarations = self._typed(node)
        self.declarations += len(selectors) * len(declarations)
        if self.declarations > MOST_DECLARATIONS:
            told = _(
                "A style sheet may have %(most)d declarations, each counted once for each selector; these are more."
            )
            self._leave_out(node.source_line, told, most=MOST_DECLARATIONS)
            return
        told_alike: dict[tuple[Declaration, ...], list[Selector]] = {}
        for selector in selectors:
            kept = tuple(self._declarations(declarations, selector, media))
            told_alike.setdefault(kept, []).append(selector)
        for kept, alike in told_alike.items():
            if kept:
                yield Rule(media, tuple(alike), kept)

    def _selectors(self, node: Any) -> Iterator[Selector]:
        for tokens, selector in selectors_in(node.prelude):
            self.selectors += 1
            if self.selectors > MOST_SELECTORS:
                told = _("A style sheet may have %(most)d selectors; these are more.")
                self._leave_out(node.source_line, told, most=MOST_SELECTORS)
                return
            if selector is None:
                told = _("“%(selector)s” isn’t among the parts of a page that can be styled.")
                self._leave_out(node.source_line, told, selector=_text(tokens))
            else:
                yield selector

    def _typed(self, node: Any) -> list[_Typed]:
        """The declarations of a rule whose properties are known. Their values are read once, whatever the selectors."""
        typed = []
        for each in tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True):
            if each.type != "declaration":
                self._leave_out(each.source_line, _("This can’t be read as CSS."))
            elif each.lower_name not in PROPERTIES:
                self._leave_out(each.source_line, _("Pages don’t support “%(name)s”."), name=_short(each.name))
            else:
                tokens = significant(each.value)
                written = list(_written(each.lower_name, tokens))
                # What can't be written may be nested without end.
                places = tuple(_places(tokens)) or tuple(_place(node) for node in tokens[:1]) if written else ()
                typed.append(_Typed(each.source_line, each.lower_name, _text(each.value), written, places))
        return typed

    def _declarations(self, typed: Sequence[_Typed], selector: Selector, media: Media) -> Iterator[Declaration]:
        for each in typed:
            written = next((written for parts, written in each.written if selector.subject & parts), None)
            if written is None:
                told = _("%(name)s can’t be “%(value)s” here.")
                self._leave_out(each.line, told, name=each.name, value=each.value)
            elif each.name == "color" and ERROR in selector.subject and not _can_be_read(written, media):
                told = _("An error in the colour %(value)s can hardly be read; 4.5:1 is needed.")
                self._leave_out(each.line, told, value=each.value)
            else:
                tells_color = PROPERTIES[each.name].tells_color or "#" in written
                yield Declaration(each.name, written, tells_color, each.places)

    def _leave_out(self, line: int, sentence: str, **told: Any) -> None:
        self.left_out.append(LeftOut(line, sentence % told if told else sentence))


def _written(name: str, tokens: Sequence[Any]) -> Iterator[tuple[frozenset[str], str]]:
    """What the value is written as, with the parts of a page on which the property may be that."""
    for known in (PROPERTIES.get(name), BESIDES.get(name)):
        if known and (written := known.check(tokens)) is not None:
            yield known.of, written


def _places(tokens: Sequence[Any]) -> Iterator[SourcePosition]:
    """Where the colours stand, those of gradients as well, in their order."""
    for node in tokens:
        if color(node) not in {None, "currentcolor"}:
            yield _place(node)
        elif node.type == "function":
            yield from _places(node.arguments)


def _place(node: Any) -> SourcePosition:
    return SourcePosition(node.source_line, node.source_column)


def _can_be_read(written: str, media: Media) -> bool:
    """Whether an error in this colour can be read on the ground that errors have."""
    surface = DARK_SURFACE if media.scheme == DARK else LIGHT_SURFACE
    return not color_problem(written) and contrast(written, surface) >= READABLE


def _text(tokens: Sequence[Any]) -> str:
    return _short(" ".join(_said(tokens, deep=2).split()))


def _said(tokens: Sequence[Any], deep: int) -> str:
    """The tokens as they were typed, so many brackets deep: whoever opens thousands is not read to the end."""
    return "".join(_said_once(node, deep) for node in tokens)


def _said_once(node: Any, deep: int) -> str:
    inside = getattr(node, "arguments", getattr(node, "content", None))
    if inside is None:
        return str(node.serialize())
    opens = f"{node.name}(" if node.type == "function" else node.type[0]
    closes = ")" if node.type == "function" else node.type[1]
    return f"{opens}{_said(inside, deep - 1) if deep else '…'}{closes}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TOLD else f"{text[:_LONGEST_TOLD]}…"
