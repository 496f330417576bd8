"""Pages as they stand on a screen: the two sizes looked at, and what may be wrong with none."""

import time
from collections.abc import Sequence
from typing import Literal
from weakref import WeakKeyDictionary

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page, ViewportSize

DESK: ViewportSize = {"width": 1360, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROWEST: ViewportSize = {"width": 320, "height": 640}
"""What 1280 pixels are at four times the size (WCAG 1.4.10)."""
LOOKS: tuple[tuple[ViewportSize, Literal["light", "dark"]], ...] = ((PHONE, "dark"), (DESK, "light"))
OF_THE_LOOK = ("color-contrast", "link-in-text-block", "scrollable-region-focusable")
"""What axe finds in one look and not in another: the other rules read what is on the page, and that stays."""

# Where text stands that is of none of the kinds given, one of each kind, marked: contrast is asked of these alone. Of a
# kind are those that have the same colours, letters and attributes, on the same ground: the rows of a list, but not one
# that stands out; the frame of each page, but not in another look. The ground is what the elements around bring of
# colours and pictures, and where they are taken out of the flow. Returns what is marked, with its kind: 53 bits.
KINDS = """(known) => {
    const digest = (...parts) => {
        const text = JSON.stringify(parts);
        let [one, other] = [0, 1];
        for (let place = 0; place < text.length; place++) {
            const letter = text.charCodeAt(place);
            one = Math.imul(one ^ letter, 2654435761);
            other = Math.imul(other ^ letter ^ (one >>> 15), 1597334677);
        }
        return (other >>> 11) * 2 ** 32 + (one >>> 0);
    };
    const grounds = new Map(), seen = new Set(known), found = new Map();
    const nothing = ["rgba(0, 0, 0, 0)", "none", "1", "none", "normal"].join();
    const groundOf = (each) => {
        if (!each) return matchMedia("(prefers-color-scheme: dark)").matches;
        if (grounds.has(each)) return grounds.get(each);
        const style = getComputedStyle(each);
        const [behind, name] = [groundOf(each.parentElement), each.getAttribute("class")];
        const own = [style.backgroundColor, style.backgroundImage, style.opacity, style.filter, style.mixBlendMode];
        const isPlain = own.join() === nothing && ["static", "relative"].includes(style.position)
            && !each.control?.disabled && !each.matches("[disabled], [aria-disabled], [inert], [aria-hidden]");
        const ground = isPlain ? behind : digest(behind, name, own, style.position, each.getAttributeNames());
        grounds.set(each, ground);
        return ground;
    };
    for (const each of document.body.querySelectorAll("*")) {
        const text = [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
        if (!text && !each.matches("input, select, textarea")) continue;
        const style = getComputedStyle(each);
        const kind = digest(
            groundOf(each), each.localName, each.getAttribute("class"), each.getAttributeNames(), each.type,
            Math.min(each.textContent.trim().length, 2), each.control?.disabled, each.checkVisibility(),
            style.color, style.fontSize, style.fontWeight, style.textShadow, style.position,
        );
        if (seen.has(kind)) continue;
        each.setAttribute("data-one-of-a-kind", "");
        seen.add(kind);
        found.set(each, kind);
    }
    return found;
}"""
# Whether anything can be scrolled, the page itself apart.
SCROLLS = """[...document.body.querySelectorAll("*")].some((each) =>
    (each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight)
    && /auto|scroll/.test(getComputedStyle(each).overflow))"""
# What axe found wrong, without all that it found right: to bring that here takes as long as to find it. Of what it
# couldn't tell, as something lay over it, another of its kind is asked on the next page. What a look matters to is
# asked where it can matter: where there is text of a kind not met yet, or something scrolls.
AXE = f"""async ([rules, known]) => {{
    const kinds = ({KINDS})(known);
    if (rules.length && !kinds.size && !{SCROLLS}) return [{{ violations: [] }}, []];
    axe.configure({{ rules: [{{ id: "color-contrast", selector: "[data-one-of-a-kind]" }}] }});
    const {{ violations, incomplete }} = await axe.run({{
        resultTypes: ["violations", "incomplete"], elementRef: true, preload: {{ assets: ["media"] }},
        ...(rules.length ? {{ runOnly: rules }} : {{ rules: {{ "target-size": {{ enabled: true }} }} }}),
    }});
    for (const each of kinds.keys()) each.removeAttribute("data-one-of-a-kind");
    for (const {{ id, nodes }} of incomplete)
        if (id === "color-contrast") nodes.forEach((node) => kinds.delete(node.element));
    return [{{ violations }}, [...kinds.values()]];
}}"""
SETTLE = """() => document.getAnimations()
    .filter((each) => each.effect.getComputedTiming().endTime !== Infinity).forEach((each) => each.finish())"""
# Controls that lie over each other, apart from those inside another: each pair as its two elements, to read.
OVERLAPPING = """() => {
    // Behind a dialog nothing can be reached.
    const within = document.querySelector("dialog:modal") ?? document;
    const controls = [...within.querySelectorAll("a.btn, button, input:not([type=hidden]), select, textarea")]
        .filter((each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
        .filter((each) => !each.closest(".visually-hidden") && !each.matches(".visually-hidden"));
    // A bar that stays in sight lies over what is scrolled behind it; asked is where it lies in its form.
    const bars = [...document.querySelectorAll(".save-bar")];
    bars.forEach((bar) => { bar.style.position = "static"; });
    const boxes = controls.map((each) => each.getBoundingClientRect());
    bars.forEach((bar) => { bar.style.position = ""; });
    const lies = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
    const inside = (a, b) => a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
    const pairs = [];
    for (let one = 0; one < boxes.length; one++)
        for (let other = one + 1; other < boxes.length; other++)
            if (lies(boxes[one], boxes[other])
                && !inside(boxes[one], boxes[other]) && !inside(boxes[other], boxes[one]))
                pairs.push(controls[one].outerHTML.slice(0, 120) + " | " + controls[other].outerHTML.slice(0, 120));
    return pairs;
}"""

# Controls that stick out of the card they stand in, or stand below the bar that saves their form: each to read. What
# scrolls by itself, such as a wide table, may be wider than its card.
LEAVING = """() => {
    const within = document.querySelector("dialog:modal") ?? document;
    const controls = [...within.querySelectorAll("a.btn, button, input:not([type=hidden]), select, textarea")]
        .filter((each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
        .filter((each) => !each.closest(".visually-hidden") && !each.matches(".visually-hidden"));
    const scrolls = (each) => each.scrollWidth > each.clientWidth + 1
        && ["auto", "scroll"].includes(getComputedStyle(each).overflowX);
    const scroller = (each, card) => each !== card && (scrolls(each) || scroller(each.parentElement, card));
    const sticksOut = (each) => {
        const card = each.closest(".panel, .notice, .secret, .palette, .toolbar");
        if (!card || scroller(each.parentElement, card)) return false;
        const [box, around] = [each.getBoundingClientRect(), card.getBoundingClientRect()];
        return box.left < around.left - 1 || box.right > around.right + 1
            || box.top < around.top - 1 || box.bottom > around.bottom + 1;
    };
    const isBelow = (each) => {
        const bar = each.form?.querySelector(".save-bar");
        if (!bar || bar.contains(each) || !each.form.contains(each)) return false;
        return Boolean(bar.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING);
    };
    return controls.filter((each) => sticksOut(each) || isBelow(each)).map((each) => each.outerHTML.slice(0, 160));
}"""


_known: WeakKeyDictionary[Page, set[int]] = WeakKeyDictionary()
"""The kinds whose contrast is known to be right, of each page that was looked at: those of the pages it has shown."""


def wait_until(page: Page, expression: str, *, seconds: float = 20) -> None:
    """Ask the page until it is so. (Playwright waits by evaluating text inside the page, which our policy forbids.)"""
    until = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < until, f"{page.url}: never came true: {expression}"
        page.wait_for_timeout(50)


def visit(page: Page, address: str) -> None:
    """Go there, find a page rather than a refusal, and check it in every look."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.ok, f"{address}: {answer.status}"
    check_in_every_look(page)


def check(page: Page, rules: Sequence[str] = ()) -> None:
    """Nothing for axe to find, nothing sticks out of the window, no control lies over another or leaves its card.

    With `rules`, axe asks for these alone.
    """
    _ask_axe(page, rules)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    assert page.evaluate(OVERLAPPING) == [], page.url
    assert page.evaluate(LEAVING) == [], page.url


def check_in_every_look(page: Page) -> None:
    """`check` on a phone in the dark and at a desk in the light: colours are the same at every width.

    The page is loaded once: no script of ours asks for the width or the colours, so it would come out the same. At the
    desk axe asks only for what a look matters to. What stands at a desk alone is the portal's frame, the same on each
    page; `check_as_if_new_in_every_look` asks for all of it.
    """
    rules: tuple[Sequence[str], ...] = ((), OF_THE_LOOK)
    looks = [*zip(LOOKS, rules, strict=True)]
    # Beginning with the look of the page before: to change it costs as much as to load a page.
    for (size, colors), asked in sorted(looks, key=lambda look: look[0][0] != page.viewport_size):
        _look(page, size, colors)
        check(page, asked)


def check_as_if_new_in_every_look(page: Page) -> None:
    """`check_in_every_look`, with all rules in both."""
    for size, colors in LOOKS:
        _look(page, size, colors)
        check(page)


def _look(page: Page, size: ViewportSize, colors: Literal["light", "dark"]) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=colors)


def _ask_axe(page: Page, rules: Sequence[str]) -> None:
    page.evaluate(SETTLE)
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
        if page in _known:
            # What is looked at once more goes on to further pages: there it is from the start.
            page.add_init_script(AXE_SCRIPT)
    known = _known.setdefault(page, set())
    found, kinds = page.evaluate(AXE, [[*rules], [*known]])
    results = AxeResults(found)
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"
    known |= {*kinds}


def check_down_to_narrowest(page: Page) -> None:
    """`check`, and nothing sticks out of the narrowest window either."""
    check(page)
    before = page.viewport_size
    page.set_viewport_size(NARROWEST)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    if before:
        page.set_viewport_size(before)
