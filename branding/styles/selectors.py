"""Which parts of a page a brand's own CSS may name: those of the model product, and links in them."""

from collections.abc import Iterator, Sequence
from typing import Any

from branding.styles.sheet import Compound, Selector

BACKGROUND, HEADER, HEADER_LOGO = "ext-background-image", "ext-header", "ext-header-logo"
MIDDLE, SPLIT_MAIN = "ext-middle", "ext-vertical-split-main-section"
SPLIT_PICTURE = "ext-vertical-split-background-image-container"
BOX, TITLE, SUBTITLE, TEXT = "ext-sign-in-box", "ext-title", "ext-subtitle", "ext-boilerplate-text"
BUTTON, PRIMARY, SECONDARY = "ext-button", "ext-primary", "ext-secondary"
INPUT, TEXT_BOX, HAS_ERROR, ERROR = "ext-input", "ext-text-box", "ext-has-error", "ext-error"
PROVIDERS = "ext-promoted-fed-cred-box"
FOOTER, FOOTER_LINKS, FOOTER_ITEM, DEBUG_ITEM = "ext-footer", "ext-footer-links", "ext-footer-item", "ext-debug-item"
# The name of the model product, and what that is on a page here.
_BOX_OF_TEXT = ":is(.field input:not([type=checkbox],[type=radio],.code),.field select,.field textarea)"
PARTS = {
    BACKGROUND: ":is(.full,.split .picture)",
    HEADER: ".masthead",
    HEADER_LOGO: ":is(.masthead img)",
    MIDDLE: ".page",
    SPLIT_MAIN: ":is(.split .page)",
    SPLIT_PICTURE: ":is(.split .picture)",
    BOX: ".card",
    TITLE: ":is(.card h1)",
    SUBTITLE: ".lead",
    BUTTON: ":is(.primary,.secondary)",
    PRIMARY: ".primary",
    SECONDARY: ".secondary",
    ERROR: ".wrong",
    INPUT: _BOX_OF_TEXT,
    TEXT_BOX: _BOX_OF_TEXT,
    HAS_ERROR: "[aria-invalid=true]",
    TEXT: ".texts",
    PROVIDERS: ".providers",
    FOOTER: ".foot",
    FOOTER_LINKS: ":is(.foot nav)",
    FOOTER_ITEM: ":is(.foot nav a)",
    DEBUG_ITEM: ".reference",
}
# How exactly each of them is named, where that isn't by one class: by so many classes, and so many elements.
_WEIGHTS = {
    **dict.fromkeys((BACKGROUND, SPLIT_MAIN, SPLIT_PICTURE), (2, 0)),
    **dict.fromkeys((HEADER_LOGO, TITLE, FOOTER_LINKS), (1, 1)),
    **dict.fromkeys((INPUT, TEXT_BOX), (2, 1)),
    **dict.fromkeys(("body", "img", "label"), (0, 1)),
    FOOTER_ITEM: (1, 2),
    "a": (1, 1),
}
# Links, and buttons that look like links; a link that looks like a button is styled as one.
_LINK = ":is(a:not(.primary,.secondary,.tile),.link)"
ANYWHERE = {"body": "body", "a": _LINK}
INSIDE = {"a": _LINK, "img": "img", "label": "label"}
# All links here lead somewhere, and buttons that look like links aren't any: that of links needs no saying.
STATES = {"link": ""} | {name: f":{name}" for name in ("hover", "focus", "focus-visible", "active", "disabled")}
PLACEHOLDER = "placeholder"
_ENDS = f"::{PLACEHOLDER}"
# More parts, or states of one part, than anybody needs; each makes a page slower.
MOST_PARTS, MOST_STATES = 4, 2


def selectors_in(prelude: Sequence[Any]) -> Iterator[tuple[Sequence[Any], Selector | None]]:
    """Each selector of a list as its tokens, and as it may be used: None if it may not."""
    alternative: list[Any] = []
    for node in [*prelude, None]:
        if node is None or node == ",":
            yield alternative, _selector(alternative)
            alternative = []
        elif node.type != "comment":
            alternative.append(node)


def _selector(tokens: Sequence[Any]) -> Selector | None:
    css, compounds, weight = "", list[Compound](), (0, 0)
    for position, (combinator, part) in enumerate(_parts(tokens)):
        read = _compound(part, is_first=position == 0)
        if read is None or position == MOST_PARTS:
            return None
        written, compound = read
        css += f"{combinator}{written}"
        compounds.append(compound)
        weight = _sum(weight, _weight_of(compound))
    typed = " ".join("".join(node.serialize() for node in tokens).split()) if css else ""
    return Selector(css, tuple(compounds), weight, typed) if css else None


def _weight_of(compound: Compound) -> tuple[int, int]:
    weight = (len(compound.states), 1 if PLACEHOLDER in compound.names else 0)
    for name in compound.names - {PLACEHOLDER}:
        weight = _sum(weight, _WEIGHTS.get(name, (1, 0)))
    return weight


def _sum(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] + other[0], one[1] + other[1]


def _parts(tokens: Sequence[Any]) -> Iterator[tuple[str, list[Any]]]:
    """The parts of a selector, each with what sets it apart from the one before: a space, or a `>`.

    Where one is missing beside a `>`, an empty one comes.
    """
    combinator, compound, comes = "", list[Any](), True
    for node in tokens:
        is_child = node == ">"
        if not is_child and node.type != "whitespace":
            if not comes and not compound:
                combinator = combinator or " "
            compound.append(node)
        elif compound or (is_child and (comes or combinator)):
            yield combinator, compound
            combinator, compound, comes = (">" if is_child else ""), [], False
        elif is_child:
            combinator = ">"
    if compound or combinator:
        yield combinator, compound


def _compound(tokens: list[Any], *, is_first: bool) -> tuple[str, Compound] | None:
    """An element or nothing, classes and states, such as `.ext-button.ext-primary:hover`, as it is written."""
    element, classes, states, marks = "", list[str](), list[str](), list[str]()
    for node in tokens:
        if node.type == "literal" and node.value in {".", ":"}:
            marks.append(node.value)
        elif node.type != "ident":
            return None
        elif marks == ["."] and node.value in PARTS and not states:
            classes.append(node.value)
            marks = []
        elif marks == [":"] and node.lower_value in STATES:
            states.append(STATES[node.lower_value])
            marks = []
        elif marks in ([":", ":"], [":"]) and node.lower_value == PLACEHOLDER:
            states.append(_ENDS)
            marks = []
        elif not (marks or element or classes or states) and node.lower_value in (ANYWHERE if is_first else INSIDE):
            element = node.lower_value
        else:
            return None
    if marks or not (element or classes) or len(states) > MOST_STATES or _ENDS in states[:-1]:
        return None
    named = (ANYWHERE | INSIDE)[element] if element else ""
    written = named + "".join(PARTS[each] for each in dict.fromkeys(classes)) + "".join(dict.fromkeys(states))
    names = frozenset([*classes, *([element] if element else []), *([PLACEHOLDER] if _ENDS in states else [])])
    return written, Compound(names, frozenset(state[1:] for state in states if state not in {"", _ENDS}))
