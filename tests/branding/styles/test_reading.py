"""A brand's own CSS as it is read: what pages allow is written anew, what they don't is left out and told by line."""

import re
import time
from http import HTTPStatus

import pytest

from branding.policies import MOST_CSS
from branding.styles import writing
from branding.styles.reading import MOST_SELECTORS, read_sheet
from branding.styles.writing import css_of
from tests.branding.brands import DEFAULT, NOTHING
from tests.branding.styles.css import written
from tests.browser import Browser
from tests.house_rules.sources import DOCS

ELSEWHERE = "https://evil.example/a"


def lines_left_out(source: str) -> list[int]:
    return [each.line for each in read_sheet(source).left_out]


def with_value(name: str, value: str) -> str:
    return f".ext-sign-in-box {{ {name}: {value} }}"


@pytest.mark.parametrize(
    "source",
    [
        f"@import url({ELSEWHERE});",
        f'@import "{ELSEWHERE}";',
        f"@font-face {{ font-family: x; src: url({ELSEWHERE}); unicode-range: U+61 }}",
        f"@namespace url({ELSEWHERE});",
        f"@media screen {{ @import url({ELSEWHERE}); }}",
        *[
            with_value(name, value)
            for name in (
                "background",
                "background-image",
                "cursor",
                "list-style-image",
                "content",
                "src",
                "font-family",
            )
            for value in (
                f"url({ELSEWHERE})",
                f"url('{ELSEWHERE}')",
                f"\\75rl({ELSEWHERE})",
                f"u\\72 l({ELSEWHERE})",
                f"red url({ELSEWHERE})",
                f'image-set("{ELSEWHERE}" 1x)',
                f'-webkit-image-set(url("{ELSEWHERE}") 1x)',
                f'src("{ELSEWHERE}")',
                f"linear-gradient(red, url({ELSEWHERE}))",
                f"var(--x, url({ELSEWHERE}))",
            )
        ],
        f".ext-title {{ --x: url({ELSEWHERE}) }}",
    ],
)
def test_b16_nothing_is_fetched_however_it_is_spelled(source: str) -> None:
    assert written(source) == ""
    assert lines_left_out(source) == [1]


@pytest.mark.parametrize(
    "selector",
    [
        "input[value^=a]",
        ".ext-text-box[value^='a']",
        "input",
        "form:has(:valid)",
        ".ext-text-box:valid",
        ".ext-text-box:placeholder-shown",
        "a:visited",
        ".ext-sign-in-box:not(.x)",
        ".ext-error + a",
        ".ext-error ~ a",
        ".ext-sign-in-box *",
        "*",
        "html",
        ":root",
        ".notice",
        ".ext-sign-in-box .wrong",
        ".ext-title::before",
        ".ext-title::first-letter",
        ".ext-title:nth-child(2)",
        ".EXT-TITLE",
        ".ext-title.",
        "..ext-title",
        ".ext-title >",
        "> .ext-title",
        ".ext-title > > a",
        ".ext-sign-in-box || a",
        "|a",
        "",
    ],
)
def test_b17_no_selector_asks_what_was_typed_or_names_what_is_not_offered(selector: str) -> None:
    source = f"{selector} {{ color: red }}"
    assert written(source) == ""
    assert lines_left_out(source) == [1]


@pytest.mark.parametrize(
    "declaration",
    [
        "display: none",
        "visibility: hidden",
        "opacity: 0",
        "position: fixed",
        "z-index: 2147483647",
        "transform: scale(0)",
        "clip-path: inset(100%)",
        "filter: blur(99px)",
        "overflow: hidden",
        "height: 0",
        "max-height: 1px",
        "width: 0",
        "margin-top: -400px",
        "margin: 0 0 -1px",
        "text-indent: -9999px",
        "font-size: 0",
        "font-size: 10%",
        "font-size: .6em",
        "font-size: 60vw",
        "font-size: smaller",
        "line-height: 10%",
        "line-height: 0",
        "letter-spacing: -1em",
        "color: transparent",
        "color: rgb(0 0 0 / 10%)",
        "box-shadow: 0 0 0 9999px #fff",
        "text-shadow: 0 0 99px #fff",
        'content: "Press Allow"',
        "order: -1",
        "flex-direction: column-reverse",
        "direction: rtl",
        "pointer-events: none",
        "outline: none",
        "text-decoration: line-through",
        "-webkit-text-fill-color: transparent",
        "width: calc(1px - 1px)",
    ],
)
def test_b18_nothing_is_hidden_covered_moved_or_made_up(declaration: str) -> None:
    for selector in ("body", ".ext-sign-in-box", ".ext-error", ".ext-subtitle"):
        source = f"{selector} {{ {declaration} }}"
        assert written(source) == ""
        assert lines_left_out(source) == [1]


def test_b18_what_is_small_in_each_part_does_not_become_smaller_from_part_to_part() -> None:
    source = "{} {{ font-size: 75%; line-height: 120% }}"
    for selector, part in (("body", "body"), (".ext-sign-in-box", ".card"), (".ext-error", ".wrong")):
        assert written(source.format(selector)) == f"{part}{{font-size:0.75rem;line-height:1.2}}"
    assert (
        written(".ext-title { font-size: 2em; line-height: 1.5em }") == ":is(.card h1){font-size:2rem;line-height:1.5}"
    )


def test_b18_no_shadow_lies_over_the_ground_of_an_error() -> None:
    for inset in ("", "inset "):
        source = f".ext-error {{ box-shadow: {inset}0 24px 0 8px #b0231f }}"
        assert written(source) == ""
        assert lines_left_out(source) == [1]


def test_b18_an_error_keeps_its_ground_and_a_colour_that_can_be_read_on_it() -> None:
    assert written(".ext-error { background: red; padding: 4px }") == ""
    for color in ("#ffeeee", "inherit", "currentcolor", "#b00000cc"):
        assert written(f".ext-error {{ color: {color} }}") == ""
    assert "color:#b00000" in written(".ext-error { color: #b00000 }")
    assert written("@media (prefers-color-scheme: dark) { .ext-error { color: #b00000 } }") == ""


@pytest.mark.parametrize(
    "source",
    [
        ".ext-title { width: expression(alert(1)) }",
        ".ext-title { behavior: url(#x) }",
        ".ext-title { -moz-binding: url(#x) }",
        '.ext-title { font-family: "</style><script>alert(1)</script>" }',
        ".ext-title { font-family: '\\3c/style\\3e' }",
        "</style><script>alert(1)</script>",
        "@\\69mport 'x';",
    ],
)
def test_b19_nothing_runs(source: str) -> None:
    assert written(source) == ""
    assert read_sheet(source).left_out


@pytest.mark.parametrize(
    "source",
    [
        "a," * (MOST_CSS // 2) + "a{color:red}",
        "(" * MOST_CSS,
        "a{color:" + "rgb(" * (MOST_CSS // 4),
        ".ext-title{" * (MOST_CSS // 11),
        "@media screen{" * (MOST_CSS // 14),
        "a{color:red}" * (MOST_CSS // 12),
        ".ext-header .ext-header .ext-header .ext-header .ext-header{}",
        "\\" * MOST_CSS,
        "/*" * MOST_CSS,
    ],
)
def test_b20_the_largest_sheet_costs_little_and_has_a_bounded_number_of_selectors(source: str) -> None:
    began = time.process_time()
    css = written(source)
    assert time.process_time() - began < 2
    assert css.count("color") <= MOST_SELECTORS + 1


@pytest.mark.parametrize(
    ("source", "css"),
    [
        (
            "body { font-family: Segoe UI, 'Noto Sans', sans-serif }",
            'body{font-family:"Segoe UI","Noto Sans",sans-serif}',
        ),
        (".ext-sign-in-box { padding: 0 2rem 10% }", ".card{padding:0 2rem 10%}"),
        (".ext-title, .ext-subtitle { text-align: center }", ":is(.card h1),.lead{text-align:center}"),
        (".ext-header > img { height: 40px !important }", ".masthead>img{height:40px}"),
        (".ext-footer-links { display: none }", ":is(.foot nav){display:none}"),
        (".ext-button { BORDER-RADIUS: 0 }", ":is(.primary,.secondary){border-radius:0}"),
        (".ext-title { f\\6fnt-weight: b\\6fld }", ":is(.card h1){font-weight:bold}"),
        (".ext-title { color: red; line-height: 1.50 }", None),
        (
            "@media screen and (max-width: 600px) { .ext-middle { padding: 12px } }",
            "@media (max-width:600px){.page{padding:12px}}",
        ),
    ],
)
def test_what_pages_allow_is_written_anew(source: str, css: str | None) -> None:
    assert css is None or written(source) == css
    assert lines_left_out(source) == []


@pytest.mark.parametrize("value", ["color()", "linear-gradient(color(), red)", f"{'1' * 5000}px", f"{'1' * 5000}"])
def test_b20_a_value_that_the_parser_trips_over_is_left_out_and_can_be_corrected(
    ada_portal: Browser, value: str
) -> None:
    """Eve pastes it; Ada's pages go on, and so does the form in which it is to be corrected."""
    source = with_value("background", value)
    assert lines_left_out(source) == [1]
    assert written(source) == ""

    page = ada_portal.post(f"{DEFAULT}preview", NOTHING | {"custom_css": source})

    assert page.status_code == HTTPStatus.OK


_STATES = (":hover", ":focus", ":active", ":link", ":disabled")
_MANY = ",".join(f"{part}{a}{b}" for part in ("a", ".ext-input") for a in _STATES for b in _STATES if a != b)


@pytest.mark.parametrize(
    "source",
    [
        "a," * 1000 + "a{" + "color:red;gap:0;" * 1000 + "}",
        f"{_MANY}{{{'color:red;gap:0;' * 1200}}}",
        f"{_MANY}{{{'color:red;gap:0;' * 200}}}",
        f"{_MANY}{{background:linear-gradient({'x ' * 10_000})}}",
        f"@media screen,all,screen,all{{{_MANY}{{{'color:red;gap:0;' * 1200}}}}}",
    ],
)
def test_b20_a_small_sheet_becomes_no_large_one(source: str) -> None:
    began = time.process_time()
    css = css_of(source)
    assert time.process_time() - began < 2
    assert len(css) < 10 * MOST_CSS


def test_b20_more_declarations_than_pages_bear_are_told_and_left_out() -> None:
    source = f".ext-title{{gap:0}}\n{_MANY}{{{'color:red;gap:0;' * 1200}}}\n.ext-title{{color:red}}"
    told = "A style sheet may have 20000 declarations, each counted once for each selector; these are more."
    assert [(each.line, each.reason) for each in read_sheet(source).left_out] == [(2, told), (3, told)]
    assert written(source) == ":is(.card h1){gap:0}"


def test_a_later_declaration_comes_before_an_earlier_one_on_light_pages_and_on_dark_ones() -> None:
    source = ".ext-title { border: 1px solid red; border-width: 2px; border-color: navy; border: none }"
    always = ":is(.card h1){border-width:2px;border:none}"
    light = ":is(.card h1){border:1px solid #ff0000;border-width:2px;border-color:#000080;border:none}"
    assert written(source).splitlines() == [always, f"@media (prefers-color-scheme:light){{{light}}}"]


def test_b20_css_that_cant_be_written_costs_a_page_its_css_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(writing, "read_sheet", lambda _source: 1 / 0)
    assert css_of(".ext-title { color: #010203 }") == ""
    assert "ZeroDivisionError" in caplog.text


def test_colours_are_those_of_light_pages_unless_they_are_said_for_dark_ones() -> None:
    """A file written for light pages leaves dark ones as they are, where its colours would meet others."""
    source = """
        .ext-title { color: navy; font-weight: bold }
        @media (prefers-color-scheme: dark) { .ext-title { color: #dde } }
    """
    assert written(source).splitlines() == [
        ":is(.card h1){font-weight:bold}",
        "@media (prefers-color-scheme:light){:is(.card h1){color:#000080;font-weight:bold}}",
        "@media (prefers-color-scheme:dark){:is(.card h1){color:#ddddee}}",
    ]


def test_a_brand_that_is_always_light_has_no_colours_of_dark_pages_and_asks_no_browser() -> None:
    source = """
        .ext-title { color: navy }
        @media (prefers-color-scheme: dark) and (min-width: 600px) { .ext-title { color: #dde } }
    """
    assert css_of(source, scheme="light").startswith(".styled.styled :is(.card h1){color:#000080}")
    assert css_of(source, scheme="dark").startswith("@media (min-width:600px){.styled.styled :is(.card h1){color:#dd")


def test_an_error_in_a_colour_of_the_brand_stands_on_what_that_was_judged_on() -> None:
    ground = ".styled.styled .wrong{background:#ffffff}"
    assert ground in css_of(".ext-error { color: #b00000 }")
    assert ground not in css_of(".ext-error { font-weight: bold }")


def test_what_is_left_out_is_told_by_its_line_and_the_rest_is_kept() -> None:
    source = (
        "/* Ours */\n.ext-title {\n color: #123;\n position: fixed\n}\n.ext-title, main { font-size: 20px }\n@page {}\n"
    )
    told = [(each.line, each.reason) for each in read_sheet(source).left_out]
    assert told == [
        (4, "Pages don’t support “position”."),
        (6, "“main” isn’t among the parts of a page that can be styled."),
        (7, "Pages don’t support @page here."),
    ]
    assert "color:#112233" in written(source)
    assert ":is(.card h1){font-size:20px}" in written(source)


def test_the_starter_file_and_the_documented_names_are_all_allowed() -> None:
    page = (DOCS / "reference" / "custom-css.md").read_text(encoding="utf-8")
    (starter,) = re.findall(r"```css\n(.*?)```", page, flags=re.DOTALL)
    assert read_sheet(starter).left_out == []
    for name in re.findall(r"^\| `(\.ext[^`]*)`", page, flags=re.MULTILINE):
        assert name.strip(".") in starter or written(f"{name} {{ font-weight: bold }}")
