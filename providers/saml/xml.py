"""Reading XML of strangers: nothing in it is resolved, expanded or fetched, and what nobody needs is refused."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from lxml import etree

from common.text.translation import gettext_noop as _
from providers.errors import AnswerRefused

# lxml carries no types.
Element: TypeAlias = Any
NAMES = {
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "md": "urn:oasis:names:tc:SAML:2.0:metadata",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xenc": "http://www.w3.org/2001/04/xmlenc#",
    "xenc11": "http://www.w3.org/2009/xmlenc11#",
}
MAX_BYTES = 256 * 1024
# By which a signature may find what it signs.
ID_ATTRIBUTES = ("ID", "Id", "id", "{http://www.w3.org/XML/1998/namespace}id")


def tag(name: str) -> str:
    """The name as lxml writes it: of "saml:Assertion", with its namespace."""
    prefix, _colon, local = name.partition(":")
    return f"{{{NAMES[prefix]}}}{local}"


def parsed(document: bytes, *, may_have_comments: bool = False) -> Element:
    """The root of a document of UTF-8 without declarations, entities and instructions. Raises `AnswerRefused`.

    Comments are cut out of texts by some readers and not by others: a response has none.
    """
    if len(document) > MAX_BYTES:
        raise AnswerRefused(_("The XML has more than %(most)s KiB."), most=MAX_BYTES // 1024)
    try:
        text = document.decode("utf-8-sig")
    except ValueError as error:
        raise AnswerRefused(_("The XML isn’t in UTF-8.")) from error
    if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper() or ("<!" in text and not may_have_comments):
        raise AnswerRefused(_("The XML has a document type, an entity, a comment or a CDATA section."))
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise AnswerRefused(_("The XML isn’t well-formed.")) from error
    if any(
        not isinstance(each.tag, str) and not (may_have_comments and each.tag is etree.Comment) for each in root.iter()
    ):
        raise AnswerRefused(_("The XML has a comment, an entity or a processing instruction."))
    return root


def children(parent: Element, name: str) -> Iterator[Element]:
    """The children of this name."""
    yield from parent.iterchildren(tag(name))


def only(parent: Element, name: str) -> Element:
    """The one child of this name. Raises `AnswerRefused` if there is none, or more."""
    found = list(children(parent, name))
    if len(found) != 1:
        raise AnswerRefused(
            _("It has %(number)s %(element)s where there has to be one."),
            number=len(found),
            element=name.partition(":")[2],
        )
    return found[0]


def text_of(element: Element) -> str:
    """The text of an element that has nothing but text. Raises `AnswerRefused` if it has more."""
    if len(element):
        raise AnswerRefused(_("There is more than text in %(element)s."), element=etree.QName(element).localname)
    return (element.text or "").strip()


def check_ids(root: Element) -> None:
    """Nothing is called the same as something else. Raises `AnswerRefused`."""
    named = [value for each in root.iter() for name in ID_ATTRIBUTES if (value := each.get(name)) is not None]
    if len(named) != len(set(named)):
        raise AnswerRefused(_("Two elements have the same ID."))
