"""Pages as they stand on a screen: the two sizes looked at, and what may be wrong with none."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal
from weakref import WeakSet

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Page, ViewportSize

DESK: ViewportSize = {"width": 1360, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROWEST: ViewportSize = {"width": 320, "height": 640}
"""What 1280 pixels are at four times the size (WCAG 1.4.10)."""
LOOKS: tuple[tuple[ViewportSize, Literal["light", "dark"]], ...] = ((PHONE, "dark"), (DESK, "light"))
OF_THE_LOOK = ("color-contrast", "link-in-text-block", "scrollable-region-focusable")
"""What axe finds in one look and not in another: the other rules read what is on the page, and that stays."""
TRIES = 4
"""On so many pages axe is asked for the contrast of a kind that it can't tell."""

# Where text stands that is of none of the kinds given, one of each kind, marked: contrast is asked of these alone. Of a
# kind are those that have the same colours, letters and attributes, on the same ground: the rows of a list, but not one
# that stands out; the frame of each page, but not in another look or another brand. The ground is what the elements
# around and what is painted before and after them bring of colours and pictures, where they are taken out of the flow,
# and what a brand says of colours. Returns what is marked, with its kind: 53 bits. Left out are what nobody sees,
# controls that axe never asks about (`never`: its color-contrast-matches), and attributes that change no colour.
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
    const sheets = [...document.styleSheets].map((each) => each.href ?? each.ownerNode.textContent);
    const ofBrand = sheets.filter((each) => !each.startsWith(`${location.origin}/static/`));
    const bottom = digest(ofBrand, matchMedia("(prefers-color-scheme: dark)").matches);
    const never = "option, input:is("
        + "[type=hidden], [type=range], [type=color], [type=checkbox], [type=radio], [type=image])";
    const changeNothing = new RegExp("^(id|name|value|href|for|type|auto.*|spellcheck|inputmode|min|max|minlength"
        + "|maxlength|step|required|pattern|rows|cols|datetime|title|lang|placeholder|aria-(described|labelled)by"
        + "|aria-(label|controls))$");
    const attributes = (each) => each.getAttributeNames().filter((name) => !changeNothing.test(name));
    const brought = (style) =>
        [style.backgroundColor, style.backgroundImage, style.opacity, style.filter, style.mixBlendMode].join();
    const painted = (each) => ["::before", "::after"].map((which) => getComputedStyle(each, which))
        .map((style) => style.content === "none" ? "" : [brought(style), style.position]);
    const grounds = new Map(), seen = new Set(known), found = new Map();
    const nothing = "rgba(0, 0, 0, 0),none,1,none,normal";
    const groundOf = (each) => {
        if (!each) return bottom;
        if (grounds.has(each)) return grounds.get(each);
        const style = getComputedStyle(each);
        const [behind, own] = [groundOf(each.parentElement), brought(style)];
        const isInFlow = ["static", "relative"].includes(style.position);
        const isOff = Boolean(each.control?.disabled) || each.matches(
            ":disabled, [disabled], [aria-disabled], [inert], [aria-hidden]");
        const isPlain = own === nothing && isInFlow && !isOff;
        const placed = isInFlow && !isOff ? "" : [style.position, each.getAttribute("class"), each.getAttributeNames()];
        const ground = isPlain ? behind : digest(behind, own, painted(each), placed);
        grounds.set(each, ground);
        return ground;
    };
    for (const each of document.body.querySelectorAll("*")) {
        const text = [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
        if (!text && !each.matches("input, select, textarea")) continue;
        if (each.matches(never) || !each.checkVisibility({ visibilityProperty: true })) continue;
        const style = getComputedStyle(each);
        const kind = digest(
            groundOf(each), each.localName, each.getAttribute("class"), each.type, each.control?.disabled,
            attributes(each), Math.min(each.textContent.trim().length, 2),
            style.color, style.fontSize, style.fontWeight, style.textShadow, style.position,
        );
        if (seen.has(kind)) continue;
        each.setAttribute("data-one-of-a-kind", "");
        seen.add(kind);
        found.set(each, kind);
    }
    return found;
}"""
# Whether anything scrolls in which nothing takes the focus, the page itself apart: where the keyboard may not get.
STUCK = """() => {
    const focusable = ":is(a[href], button, input, select, textarea, summary, [tabindex])"
        + ":not(:disabled, [type=hidden], [tabindex^='-'], [inert] *)";
    const takesFocus = (each) => each.matches(focusable) && each.checkVisibility({ visibilityProperty: true });
    return [...document.body.querySelectorAll("*")].some((each) =>
        (each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight)
        && /auto|scroll/.test(getComputedStyle(each).overflow)
        && ![each, ...each.querySelectorAll("*")].some(takesFocus));
}"""
# Empties what nobody is shown in this look, and the shapes of icons: half of what axe would go through to leave it out.
# What has an id may be meant by something that is shown, and sounds and areas it asks for though they are hidden: those
# stay. Returns what puts everything back in its place.
EMPTY = """() => {
    const kept = "[id], iframe, style, script, template, select, textarea, area, audio, video";
    const more = ":not(path, circle, rect, line, polyline, polygon, ellipse, g), [id], [role], [tabindex]";
    const parts = [];
    const gather = (each) => {
        if (each.matches(kept)) return;
        if (each.querySelector(kept)) [...each.children].forEach(gather);
        else parts.push(each);
    };
    const look = (each) => {
        if (getComputedStyle(each).display === "none") gather(each);
        else if (each.localName !== "svg") [...each.children].forEach(look);
        else if (!each.querySelector(more)) parts.push(each);
    };
    look(document.body);
    const emptied = parts.map((each) => [each, [...each.childNodes]]);
    for (const each of parts) each.replaceChildren();
    return () => emptied.forEach(([each, within]) => each.replaceChildren(...within));
}"""
# What axe found wrong, without all that it found right: to bring that here takes as long as to find it. Of what it
# couldn't tell, as something lay over it, others of its kind are asked on the next pages. What a look matters to is
# asked where it can matter: where there is text of a kind not met yet, or something scrolls that nobody gets to. Comes
# with the kinds that were asked about: those that could be told, and the others.
FOUND = f"""async (rules, known) => {{
    const kinds = ({KINDS})(known);
    if (rules.length && !kinds.size && !({STUCK})()) return [[], [], []];
    axe.configure({{ rules: [{{ id: "color-contrast", selector: "[data-one-of-a-kind]" }}] }});
    const {{ violations, incomplete }} = await axe.run({{
        resultTypes: ["violations", "incomplete"], elementRef: true, preload: {{ assets: ["media"] }},
        ...(rules.length ? {{ runOnly: rules }} : {{ rules: {{ "target-size": {{ enabled: true }} }} }}),
    }});
    for (const each of kinds.keys()) each.removeAttribute("data-one-of-a-kind");
    const unclear = incomplete.flatMap(({{ id, nodes }}) => id === "color-contrast" ? nodes : [])
        .map(({{ element }}) => kinds.get(element)).filter(Boolean);
    return [violations, [...kinds.values()].filter((each) => !unclear.includes(each)), unclear];
}}"""
AXE = f"""async (rules, known) => {{
    const putBack = ({EMPTY})();
    try {{ return await ({FOUND})(rules, known); }} finally {{ putBack(); }}
}}"""
SETTLE = """() => document.getAnimations()
    .filter((each) => each.effect.getComputedTiming().endTime !== Infinity).forEach((each) => each.finish())"""
# Controls that lie over each other, apart from those inside another, and those that can't be pressed, as something else
# is hit in their middle: each pair as its two elements, to read. A control's label and what lies around it don't count,
# nor does a menu that was opened over it.
OVERLAPPING = """() => {
    // Behind a dialog nothing can be reached, and what password managers read isn't for people.
    const within = document.querySelector("dialog:modal") ?? document;
    const controls = [...within.querySelectorAll("a.btn, button, input:not([type=hidden]), select, textarea")]
        .filter((each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
        .filter((each) => !each.closest(".visually-hidden") && !each.matches(".hidden[tabindex='-1']"));
    // A bar that stays in sight lies over what is scrolled behind it; asked is where it lies in its form.
    const bars = [...document.querySelectorAll(".save-bar")];
    bars.forEach((bar) => { bar.style.position = "static"; });
    const boxes = controls.map((each) => each.getBoundingClientRect());
    const lies = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
    const inside = (a, b) => a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
    const pairs = [];
    const found = (one, other) => pairs.push(one.outerHTML.slice(0, 120) + " | " + other.outerHTML.slice(0, 120));
    for (let one = 0; one < boxes.length; one++)
        for (let other = one + 1; other < boxes.length; other++)
            if (lies(boxes[one], boxes[other])
                && !inside(boxes[one], boxes[other]) && !inside(boxes[other], boxes[one]))
                found(controls[one], controls[other]);

    const hit = (each) => {
        const box = each.getBoundingClientRect();
        return document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    };
    const isReached = (each, met) => met !== null
        && (each.contains(met) || met.contains(each) || [...(each.labels ?? [])].some((label) => label.contains(met))
            || Boolean(met.closest("details[open], :popover-open") && !met.closest("details[open]")?.contains(each)));
    const scrolled = new Map();
    for (const each of controls) {
        if (isReached(each, hit(each))) continue;
        // Out of sight, or behind something that stays in sight: asked again in the middle of the window.
        for (let one = each.parentElement; one; one = one.parentElement)
            if (!scrolled.has(one)) scrolled.set(one, [one.scrollLeft, one.scrollTop]);
        each.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
        const met = hit(each);
        if (met && !isReached(each, met)) found(each, met);
    }
    scrolled.forEach(([left, top], one) => one.scrollTo({ left, top, behavior: "instant" }));
    bars.forEach((bar) => { bar.style.position = ""; });
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


# All of it, asked at once: each question takes some milliseconds on its way. Nothing, where axe isn't in the page yet.
LOOK = f"""async ([rules, known]) => {{
    if (!("axe" in window)) return null;
    ({SETTLE})();
    const [violations, clear, unclear] = await ({AXE})(rules, known.split(" ").map(Number));
    const isTooWide = document.documentElement.scrollWidth > innerWidth;
    return {{ violations, clear, unclear, isTooWide, overlapping: ({OVERLAPPING})(), leaving: ({LEAVING})() }};
}}"""

_with_axe: WeakSet[Page] = WeakSet()
_known: set[int] = set()
"""The kinds whose contrast this process knows to be right, or has asked for often enough."""
_unclear: Counter[int] = Counter()


def wait_until(page: Page, expression: str, *, seconds: float = 20) -> None:
    """Ask the page until it is so. (Playwright waits by evaluating text inside the page, which our policy forbids.)"""
    until = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < until, f"{page.url}: never came true: {expression}"
        page.wait_for_timeout(50)


def visit(page: Page, address: str, question: str = "") -> list[Any]:
    """Go there, find a page rather than a refusal, and check it in every look. Returns what it answers to the question,
    at the desk and on the phone.
    """
    answer = page.goto(address)
    assert answer is not None
    assert answer.ok, f"{address}: {answer.status}"
    return check_in_every_look(page, question)


def check(page: Page, rules: Sequence[str] = ()) -> None:
    """Nothing for axe to find, nothing sticks out of the window, no control lies over another or leaves its card.

    With `rules`, axe asks for these alone.
    """
    found = page.evaluate(LOOK, [[*rules], " ".join(map(str, _known))])
    if found is None:
        _bring_axe(page)
        check(page, rules)
        return
    results = AxeResults({"violations": found["violations"]})
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"
    _unclear.update(found["unclear"])
    _known.update(found["clear"], (kind for kind in found["unclear"] if _unclear[kind] == TRIES))
    assert not found["isTooWide"], page.url
    assert found["overlapping"] == [], page.url
    assert found["leaving"] == [], page.url


def _bring_axe(page: Page) -> None:
    page.evaluate(AXE_SCRIPT)
    if page in _with_axe:
        # What is looked at once more goes on to further pages: there it is from the start.
        page.add_init_script(AXE_SCRIPT)
    _with_axe.add(page)


def check_in_every_look(page: Page, question: str = "") -> list[Any]:
    """`check` on a phone in the dark and at a desk in the light: colours are the same at every width. Returns what the
    page answers to a question (an expression, or a function), at the desk and on the phone.

    The page is loaded once: no script of ours asks for the width or the colours, so it would come out the same. At the
    desk axe asks only for what a look matters to. What stands at a desk alone is the portal's frame, the same on each
    page; `check_as_if_new_in_every_look` asks for all of it.
    """
    rules: tuple[Sequence[str], ...] = ((), OF_THE_LOOK)
    looks = [*zip(LOOKS, rules, strict=True)]
    # Beginning with the look of the page before: to change it costs as much as to load a page.
    answers = {}
    for (size, colors), asked in sorted(looks, key=lambda look: look[0][0] != page.viewport_size):
        _look(page, size, colors)
        check(page, asked)
        answers[size["width"]] = page.evaluate(question) if question else None
    return [answers[size["width"]] for size in (DESK, PHONE)]


def check_as_if_new_in_every_look(page: Page) -> None:
    """`check_in_every_look`, with all rules in both."""
    for size, colors in LOOKS:
        _look(page, size, colors)
        check(page)


def _look(page: Page, size: ViewportSize, colors: Literal["light", "dark"]) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=colors)


def check_down_to_narrowest(page: Page) -> None:
    """`check`, and nothing sticks out of the narrowest window either."""
    check(page)
    before = page.viewport_size
    page.set_viewport_size(NARROWEST)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    if before:
        page.set_viewport_size(before)
