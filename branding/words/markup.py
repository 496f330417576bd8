"""The small mark-up of sign-in page texts, turned into HTML that is safe by construction.

    [text](https://example.com)   a link: https or mailto only
    **bold** or __bold__          *italic* or _italic_          ++underlined++
    two line breaks               a new paragraph

The text is taken apart at its marks; each piece between them is escaped, and only our own tags are set around pieces.
What isn't well-formed mark-up stays as it was typed. Nothing of it is ever read as a template.
"""

import re
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from branding.policies import link_problem


@dataclass(frozen=True)
class _Mark:
    """`tag` becomes the element around the first group; a link's second group is its address."""

    tag: str
    pattern: re.Pattern[str]


_LINK = _Mark("a", re.compile(r"\[([^\[\]]+)\]\(([^()\s]+)\)"))
# A mark opens before and closes after something other than a space; underscores and single asterisks also keep clear of
# letters, so that snake_case and 2*3*4 stay what they are.
_EMPHASIS = (
    _Mark("strong", re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*", re.DOTALL)),
    _Mark("strong", re.compile(r"(?<!\w)__(?=\S)(.+?)(?<=\S)__(?!\w)", re.DOTALL)),
    _Mark("u", re.compile(r"\+\+(?=\S)(.+?)(?<=\S)\+\+", re.DOTALL)),
    _Mark("em", re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]*[^\s*])\*(?![\w*])")),
    _Mark("em", re.compile(r"(?<!\w)_(?=[^\s_])([^_]*[^\s_])_(?!\w)")),
)
_PARAGRAPH_BREAK = re.compile(r"\n[ \t]*\n\s*")


def html_of_text(text: str) -> SafeString:
    """The HTML of a sign-in page text: paragraphs of emphasised text and links. Empty for an empty text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        return SafeString("")
    paragraphs = [_html(paragraph, (_LINK, *_EMPHASIS)) for paragraph in _PARAGRAPH_BREAK.split(text)]
    return mark_safe("".join(f"<p>{paragraph}</p>" for paragraph in paragraphs))  # noqa: S308 - pieces are escaped


def html_of_label(text: str) -> SafeString:
    """The HTML of a label, in which links are the only mark-up."""
    return mark_safe(_html(text, (_LINK,)))  # noqa: S308 - pieces are escaped


def _html(text: str, marks: tuple[_Mark, ...]) -> str:
    """Build the HTML of a piece of text in which these marks count."""
    built: list[str] = []
    position = 0
    coming = [(mark, mark.pattern.search(text)) for mark in marks]
    while True:
        # A search goes on from where the last element ended; a mark that isn't found won't be further on either.
        coming = [
            (mark, match if match.start() >= position else mark.pattern.search(text, position))
            for mark, match in coming
            if match
        ]
        found = [(match.start(), order) for order, (_, match) in enumerate(coming) if match]
        if not found:
            return "".join([*built, escape(text[position:])])
        mark, match = coming[min(found)[1]]
        if match:
            built += [escape(text[position : match.start()]), _element(mark, match, marks)]
            position = match.end()


def _element(mark: _Mark, match: re.Match[str], marks: tuple[_Mark, ...]) -> str:
    """Build one element; inside it, its own tag doesn't count again, so nesting ends."""
    if mark is _LINK and link_problem(match[2]):
        return str(escape(match[0]))
    inner = _html(match[1], tuple(other for other in marks if other.tag != mark.tag))
    if mark is _LINK:
        return f'<a href="{escape(match[2])}" rel="noopener noreferrer" target="_blank">{inner}</a>'
    return f"<{mark.tag}>{inner}</{mark.tag}>"
