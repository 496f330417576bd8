"""A page of the documentation as HTML: with anchors, links among the pages, and code to copy."""

import posixpath
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from documentation.pages import DocumentationPage, pages, take_slug

IMAGES = "images"
MOST_LEVELS = 3


@dataclass(frozen=True)
class Heading:
    """One line of a page's contents."""

    text: str
    anchor: str
    level: int


@dataclass(frozen=True)
class RenderedPage:
    """What `portal/documentation/page.html` shows: the page without its title, and its contents."""

    html: SafeString
    contents: tuple[Heading, ...]


@cache
def render(page: DocumentationPage) -> RenderedPage:
    """The page, rendered once in a process. HTML in the text isn't let through: it is written out."""
    tokens = _markdown.parse(page.path.read_text(encoding="utf-8"))
    contents = tuple(_name_headings(tokens))
    for token, inline, end in zip(tokens, tokens[1:], tokens[2:], strict=False):
        _lead_on(inline, page)
        if token.type == "th_open" and not inline.content:
            # The corner of a table is no heading of anything.
            token.tag = end.tag = "td"
    html = _markdown.renderer.render(_without_title(tokens), _markdown.options, {})
    # Made of our own files, in which the parser has escaped all HTML.
    return RenderedPage(mark_safe(html), contents)  # noqa: S308


def _name_headings(tokens: Sequence[Token]) -> list[Heading]:
    """Give each heading its anchor, and return those that the contents name."""
    taken: set[str] = set()
    found = []
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            text = "".join(child.content for child in inline.children or ())
            anchor, level = take_slug(text, taken), int(token.tag[1])
            token.attrSet("id", anchor)
            if 1 < level <= MOST_LEVELS:
                found.append(Heading(text, anchor, level))
    return found


def _lead_on(inline: Token, page: DocumentationPage) -> None:
    """Let links and images lead to where the portal serves them; a link to what it doesn't serve is none."""
    ends: list[str] = []
    for token in inline.children or ():
        if token.type == "image":
            place = posixpath.normpath(posixpath.join(page.shelf, str(token.attrGet("src"))))
            token.attrSet("src", _url("documentation-image", place.removeprefix(f"{IMAGES}/")))
        elif token.type == "link_open":
            _lead_link_on(token, page)
            ends.append(token.tag)
        elif token.type == "link_close":
            token.tag = ends.pop()


def _lead_link_on(token: Token, page: DocumentationPage) -> None:
    address = _address(str(token.attrGet("href")), page)
    if not address:
        token.tag, token.attrs = "span", {}
        return
    token.attrSet("href", address)
    if urlsplit(address).netloc:
        token.attrSet("rel", "noopener")


def _address(target: str, page: DocumentationPage) -> str:
    """Where a link of the page leads: to another page, within this one, elsewhere; "" to a file of the source."""
    parts = urlsplit(target)
    if parts.scheme or not parts.path:
        return target
    place = posixpath.normpath(posixpath.join(page.shelf, parts.path)).removesuffix(".md")
    if place not in pages():
        return ""
    return _url("documentation-page", place) + (f"#{parts.fragment}" if parts.fragment else "")


def _url(name: str, argument: str) -> str:
    return reverse(f"portal:{name}", args=[argument], urlconf=settings.HOME_URLCONF)


def _without_title(tokens: list[Token]) -> list[Token]:
    """The title stands in the head of the page."""
    is_titled = bool(tokens) and tokens[0].type == "heading_open" and tokens[0].tag == "h1"
    return tokens[3:] if is_titled else tokens


def _code_block(_renderer: object, tokens: Sequence[Token], index: int, *_: object) -> str:
    return render_to_string("portal/components/code_block.html", {"code": tokens[index].content.rstrip("\n")})


# Tables may be wider than a phone, and scroll by themselves.
def _table_open(*_: object) -> str:
    return '<div class="table-wrap" tabindex="0" role="group" aria-label="Table"><table class="list-table">'


def _table_close(*_: object) -> str:
    return "</table></div>"


_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
_RULES: dict[str, Callable[..., str]] = {
    "fence": _code_block,
    "code_block": _code_block,
    "table_open": _table_open,
    "table_close": _table_close,
}
for _rule, _function in _RULES.items():
    _markdown.add_render_rule(_rule, _function)
