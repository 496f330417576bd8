"""What looks at every page in both looks sees what is wrong in one of them only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page

from tests.house_rules.sources import ROOT, name
from tests.screens import LEAVING, OVERLAPPING, check, check_in_every_look

SCRIPTS = sorted(path for path in (ROOT / "static").rglob("*.js") if "vendor" not in path.parts)
PAGE = "<!doctype html><html lang=en><title>A page</title><style>{}</style><main><h1>Read me</h1></main></html>"


@pytest.fixture
def page(chromium: Chromium) -> Iterator[Page]:
    with chromium.new_context() as context:
        yield context.new_page()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("style", "fault"),
    [
        ("@media (prefers-color-scheme: dark) { h1 { color: #222; background: #111 } }", "color-contrast"),
        (
            "h1 { transition: color 60s } @media (prefers-color-scheme: dark) { h1 { color: #bbb } }",
            "color-contrast",
        ),
        ("@media (max-width: 600px) { h1 { width: 700px } }", "about:blank$"),
        ("@media (min-width: 600px) { h1 { width: 1400px } }", "about:blank$"),
    ],
)
def test_a_fault_of_one_look_is_seen(page: Page, style: str, fault: str) -> None:
    page.set_content(PAGE.format(""))
    check_in_every_look(page)

    page.set_content(PAGE.format(style))
    with pytest.raises(AssertionError, match=fault):
        check_in_every_look(page)


@pytest.mark.browser
def test_what_scrolls_in_one_look_and_is_out_of_reach_is_seen_though_its_text_is_known(page: Page) -> None:
    style = "@media (min-width: 600px) { .narrow { width: 50px; overflow: auto; white-space: nowrap } }"
    page.set_content(PAGE.format(style).replace("<h1>Read me</h1>", "<div><h1>Read me</h1></div>"))
    check_in_every_look(page)

    page.evaluate("document.querySelector('div').className = 'narrow'")
    with pytest.raises(AssertionError, match="scrollable-region-focusable"):
        check_in_every_look(page)


@pytest.mark.browser
def test_what_is_hidden_may_name_what_is_shown_and_stands_in_its_place_afterwards(page: Page) -> None:
    hidden = "<div hidden><i id=it><b>Save</b></i><p><b>Not yet</b></p></div>"
    shown = "<button aria-labelledby=it><svg aria-hidden=true><g><circle r=1></circle></g></svg></button>"
    page.set_content(PAGE.format("").replace("</main>", f"{shown}{hidden}</main>"))
    before = page.content()

    check_in_every_look(page)

    assert page.content() == before


@pytest.mark.browser
def test_an_icon_that_says_something_by_itself_has_to_be_named(page: Page) -> None:
    page.set_content(PAGE.format("").replace("</main>", "<svg role=img><circle r=1></circle></svg></main>"))
    with pytest.raises(AssertionError, match="svg-img-alt"):
        check(page)


@pytest.mark.browser
@pytest.mark.parametrize("style", ["color: #bbb", "background: #345", "opacity: 0.3"])
def test_a_fault_of_one_among_many_is_seen(page: Page, style: str) -> None:
    page.set_content(PAGE.format("").replace("</main>", f"<ul>{'<li>Read me</li>' * 9}</ul></main>"))
    check(page)

    page.add_style_tag(content=f"li:nth-child(7) {{ {style} }}")
    with pytest.raises(AssertionError, match="color-contrast"):
        check(page)


CARD = "<div class=panel style='width: 300px; height: 80px; padding: 10px'>{}</div>"
BOX = "<label>Read <input type=checkbox style='position: relative; {}'></label>"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("inside", "leaves"),
    [
        (BOX.format(""), False),
        (BOX.format("top: 90px"), True),
        (BOX.format("left: 400px"), True),
        ("<div style='overflow-x: auto'><button style='width: 900px'>A table</button></div>", False),
        ("<form><label>Name <input></label><div class=save-bar><button>Save</button></div></form>", False),
        ("<form><div class=save-bar><button>Save</button></div>" + BOX.format("") + "</form>", True),
    ],
)
def test_a_control_that_leaves_its_card_is_seen(page: Page, inside: str, leaves: bool) -> None:
    page.set_content(PAGE.replace("</main>", CARD.format(inside) + "</main>").format(""))

    assert bool(page.evaluate(LEAVING)) == leaves


SAVE = "<button style='position: absolute; {}'>Save</button>"
TALL = "<div style='position: relative; margin-top: {}px; height: 90px'>{}</div>"
WIDE_INPUT = "<input style='width: 300px; height: 40px'>"
COVER = "left: 0; top: 0; width: 300px; height: 60px"
TICK = "<input type=checkbox style='position: absolute; left: 20px; top: 20px'>"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("inside", "is_covered"),
    [
        (TALL.format(0, TICK + SAVE.format(COVER)), True),
        (TALL.format(3000, TICK + SAVE.format(COVER)), True),
        (TALL.format(0, TICK + SAVE.format("left: 28px; top: 0; width: 300px; height: 60px")), True),
        (TALL.format(0, TICK + SAVE.format("left: 60px; top: 0; width: 300px; height: 60px")), False),
        (TALL.format(3000, TICK), False),
        (TALL.format(0, f"{TICK}<p style='position: absolute; margin: 0; {COVER}'>All of it</p>"), True),
        (f"<label>{BOX.format('')} what is told</label>", False),
        (TALL.format(0, f"<label>{TICK}<span style='position: absolute; {COVER}'>Read</span></label>"), False),
        ("<button><svg width=20 height=20><circle r=9 cx=9 cy=9></circle></svg></button>", False),
        (TALL.format(0, WIDE_INPUT + SAVE.format("left: 250px; top: 1px; width: 40px")), False),
        (
            TALL.format(
                0,
                f"{TICK}<details open><summary>All</summary><p style='position: absolute; {COVER}'></p></details>",
            ),
            False,
        ),
        ("<form><label>Name <input></label><div class=save-bar><button>Save</button></div></form>", False),
    ],
)
def test_a_control_under_something_else_is_seen(page: Page, inside: str, is_covered: bool) -> None:
    page.set_content(PAGE.replace("</main>", f"{inside}</main>").format(""))

    assert bool(page.evaluate(OVERLAPPING)) == is_covered
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_no_script_asks_how_wide_or_dark_it_is(path: Path) -> None:
    """So a page that was loaded once is the same page in every look."""
    script = path.read_text(encoding="utf-8")
    assert [word for word in ("matchMedia", "innerWidth", "prefers-color-scheme") if word in script] == []
