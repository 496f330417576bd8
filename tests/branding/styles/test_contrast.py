"""A brand's own CSS of which something can't be read: Ada is told which pair, where, and what would do there."""

import re
import time

import pytest

from branding.looks.colors import DARK_QUIET, LIGHT_QUIET
from branding.policies import MOST_CSS, contrast
from branding.styles.contrast import Faint, Judged, judge, mended
from branding.styles.parts import NAMELESS, pages_by_scheme
from tenants.models import Tenant
from tests.branding.brands import DEFAULT, NOTHING, draft
from tests.branding.styles.css import OLD_FILE
from tests.browser import Browser
from tests.house_rules.sources import DOCS, ROOT

IN_THE_DARK = "@media (prefers-color-scheme: dark) {{ {} }}"
EDGELESS = [
    "light 1 .ext-input.ext-text-box #ffffff on #ffffff",
    "dark 1 .ext-input.ext-text-box #15181d on #15181d",
]


def judged(source: str, *, layout: str = "full_screen", has_picture: bool = False, **fields: str) -> Judged:
    return judge(source, pages_by_scheme(fields, layout=layout, has_picture=has_picture, header=""))


def faint(source: str, **about: str) -> list[Faint]:
    return list(judged(source, **about).faint)  # type: ignore[arg-type]


def mended_by_buttons(source: str) -> str:
    """The style sheet after every button that there is was pressed, again and again."""
    for _ in range(12):
        pair = next((each for each in faint(source) if each.fix), None)
        if pair is None:
            break
        source = source + pair.rule if pair.rule else mended(source, pair.place, pair.typed, pair.fix)
    return source


@pytest.mark.parametrize(
    ("source", "told"),
    [
        # A text on the card, and on a ground of its own.
        (".ext-title { color: #999 }", ["light 1 .ext-title #999999 on #ffffff"]),
        (".ext-title { color: #999; background: #000 }", []),
        (".ext-boilerplate-text { background: silver }", ["light 1 .ext-boilerplate-text a #3f4fd3 on #c0c0c0"]),
        # What is inherited, down to what says otherwise.
        ("body { color: #aaa }", ["light 1 .ext-sign-in-box #aaaaaa on #ffffff"]),
        (
            ".ext-sign-in-box { color: #aaa }\n.ext-title { color: inherit }",
            ["light 1 .ext-sign-in-box #aaaaaa on #ffffff"],
        ),
        # What lies behind: the brand's own colours, and what the style sheet says of a part around.
        ("a { color: #4a6fe0 }", ["light 1 .ext-footer a #4a6fe0 on #f2f4f7"]),
        (".ext-header { background: #565c67; color: #000 }", ["light 1 .ext-header #000000 on #565c67"]),
        (".ext-sign-in-box { background: #16181d }", ["light 1 .ext-sign-in-box #16181d on #16181d"]),
        (
            ".ext-footer { color: #777 }\n.ext-background-image { background: #777 }",
            [
                "light 1 .ext-footer #777777 on #777777",
            ],
        ),
        # Of several rules the more exact, then the later one.
        (".ext-sign-in-box .ext-title { color: #000 }\n.ext-title { color: #ccc }", []),
        (".ext-title { color: #000 }\n.ext-title { color: #ccc }", ["light 2 .ext-title #cccccc on #ffffff"]),
        (".ext-title { color: #ccc; color: #000 }", []),
        # States: where one says nothing else, what is said without it holds.
        (
            ".ext-button.ext-primary { background: #0067b8 }\n.ext-button.ext-primary:hover { background: #9cf }",
            [
                "light 2 .ext-button.ext-primary:hover #ffffff on #99ccff",
            ],
        ),
        ("a:focus { color: #bbb }", ["light 1 .ext-footer a:focus #bbbbbb on #f2f4f7"]),
        (".ext-sign-in-box:hover .ext-title { color: #eee }", ["light 1 .ext-title:hover #eeeeee on #ffffff"]),
        (".ext-button:disabled { color: #eee }", []),
        # Light and dark: a colour of which nothing is said is one of light pages.
        (IN_THE_DARK.format("a { color: #335 }"), ["dark 1 .ext-sign-in-box a #333355 on #15181d"]),
        (".ext-title { color: #15181d }", []),
        # The width of the window: the card of a phone has no background around it.
        ("@media (max-width: 500px) { .ext-title { color: #ddd } }", ["light 1 .ext-title #dddddd on #ffffff"]),
        ("@media (min-width: 2000px) { .ext-title { color: #ddd } }", ["light 1 .ext-title #dddddd on #ffffff"]),
        # Fields: their edge needs 3:1, one side that can be seen is enough, and so is a ground that can.
        (".ext-input.ext-text-box { border-color: #ddd }", ["light 1 .ext-input.ext-text-box #dddddd on #ffffff"]),
        (".ext-input { border: 1px solid; color: #949494 }", ["light 1 .ext-input.ext-text-box #949494 on #ffffff"]),
        (".ext-input { border-color: #eee #eee #333 }", []),
        (".ext-input { border-color: #ddd; border-bottom: 2px solid #222 }", []),
        (
            ".ext-input { border-color: #222; background: #222; color: #fff }\n.ext-input::placeholder { color: #ccc }",
            [],
        ),
        # Of a field without any edge only its ground is left.
        *((f".ext-input {{ {none} }}", EDGELESS) for none in ("border: 0", "border-style: none", "border-width: 0")),
        (
            ".ext-input { border: 0 solid red; background: #eee }",
            ["light 1 .ext-input.ext-text-box #eeeeee on #ffffff"],
        ),
        ("@media (max-width: 500px) { .ext-input { border: none } }", EDGELESS),
        (".ext-sign-in-box .ext-input { border: 0; border-color: #222 }", EDGELESS),
        # A line or a ring in a colour is one of light pages.
        (".ext-input { border: 0; border-bottom: 1px solid #777 }", EDGELESS[1:]),
        (".ext-input { border: 0; box-shadow: 0 0 0 1px #777 }", EDGELESS[1:]),
        (
            ".ext-title, .ext-input { border: 0; box-shadow: 0 0 0 1px #ddd }",
            [*EDGELESS[1:], "light 1 .ext-input.ext-text-box #dddddd on #ffffff"],
        ),
        (
            IN_THE_DARK.format(".ext-input { border: 0; background: #999 } .ext-input::placeholder { color: #000 }"),
            ["dark 1 .ext-input.ext-text-box #eceef1 on #999999"],
        ),
        (
            ".ext-input.ext-has-error { border-color: #fcc }",
            ["light 1 .ext-input.ext-text-box.ext-has-error #ffcccc on #ffffff"],
        ),
        (
            ".ext-input::placeholder { color: #bbb }",
            ["light 1 .ext-input.ext-text-box::placeholder #bbbbbb on #ffffff"],
        ),
        # What is seen through.
        (".ext-title { color: rgb(0 0 0 / 60%) }", []),
        (".ext-title { color: #00000099; background: #666 }", ["light 1 .ext-title #292929 on #666666"]),
        (".ext-footer { background: rgba(0, 0, 0, .6) }", ["light 1 .ext-footer #565c67 on #666666"]),
        (
            ".ext-button.ext-primary { opacity: .5 }",
            [
                "light 1 .ext-button.ext-primary #ffffff on #9fa7e9",
                "dark 1 .ext-button.ext-primary #8a8c8e on #2a3478",
            ],
        ),
        # Through which no colour could be read: first it isn't seen through any more, then its colour is mended.
        (
            ".ext-button.ext-primary { color: #fff; background: #777; opacity: .7 }",
            [
                "light 1 .ext-button.ext-primary #ffffff on #a0a0a0",
            ],
        ),
        (
            ".ext-button.ext-primary { color: #f93367; opacity: .5 }",
            ["light 1 .ext-button.ext-primary #fc99b3 on #9fa7e9", "dark 1 .ext-button.ext-primary #8a8c8e on #2a3478"],
        ),
        # Of a gradient each colour may stand behind.
        (".ext-title { background: linear-gradient(90deg, #fff, #444) }", ["light 1 .ext-title #16181d on #444444"]),
        (".ext-title { background: linear-gradient(#fff, #444), red; background: none }", []),
    ],
)
def test_a_pair_that_cant_be_told_apart_is_named_and_its_button_mends_it(source: str, told: list[str]) -> None:
    found = faint(source)

    assert [f"{pair.scheme} {pair.place.line} {pair.name} {pair.front} on {pair.back}" for pair in found] == told
    assert all(pair.fix and contrast(pair.front, pair.back) < pair.needed for pair in found)
    assert faint(mended_by_buttons(source)) == []


@pytest.mark.parametrize(
    ("source", "after"),
    [
        (".ext-title { color: #999 }", ".ext-title { color: #737373 }"),
        # Whatever it is typed like, and whatever stands around it.
        (
            "/* ä\r\n */ .ext-title\r\n{COLOR:\tRGB( 153,153 ,153 )/**/;}",
            "/* ä\n */ .ext-title\n{COLOR:\t#737373/**/;}",
        ),
        (".ext-title { color: lightgrey; font-weight: 700 }", ".ext-title { color: #707070; font-weight: 700 }"),
        (
            ".ext-title { background: linear-gradient(#fff 0, #444) }",
            ".ext-title { background: linear-gradient(#fff 0, #848484) }",
        ),
        # What can be seen through stays so, unless nothing of that kind would do.
        (".ext-title { color: #77777799 }", ".ext-title { color: #1a1a1a99 }"),
        (".ext-title { color: #00000099; background: #777 }", ".ext-title { color: #000000; background: #777 }"),
        # What stands on a ground has to be read on it, all of it; and then what the style sheet says itself.
        (".ext-sign-in-box { background: #333 }\n.ext-title { color: #fff }", None),
        # Two texts for which no ground would do: the one that has no colour of its own gets one.
        (".ext-button { background: #777 }", None),
        (IN_THE_DARK.format(".ext-button { background: #777 }"), None),
        # A field between two grounds gets another edge; one without an edge gets one, and nothing else does.
        (".ext-input { background: #f3dfea }\n.ext-sign-in-box { background: #e4d2f9 }", None),
        (
            ".ext-title, .ext-input { border: 0 solid red; }",
            ".ext-title, .ext-input { border: 0 solid red; }\n.ext-input { border: 1px solid #8f8f8f; }\n",
        ),
    ],
)
def test_the_nearest_colour_that_can_be_read_is_typed_in_its_place(source: str, after: str | None) -> None:
    made = mended_by_buttons(source)

    assert after in {None, made}
    assert made != source
    assert faint(made) == []


@pytest.mark.parametrize(
    ("source", "is_mended"),
    [
        ("a { color: #888 }\n.ext-footer { background: #000; color: #eee }", True),
        ("a { color: #888 }\n.ext-footer { background: #222; color: #eee }", False),
        (".ext-title, .ext-footer { color: #999 }\n.ext-background-image { background: #345 }", False),
    ],
)
def test_no_two_buttons_undo_each_other_and_what_has_none_says_why(source: str, *, is_mended: bool) -> None:
    """A colour is one for a light card and a dark ground: what would do on one alone is never proposed."""
    made = mended_by_buttons(source)

    left = faint(made)
    assert not any(pair.fix for pair in left)
    assert (left == []) is is_mended
    assert all(contrast(*pair.clash) > 8 for pair in left)


@pytest.mark.parametrize("layout", ["full_screen", "split"])
def test_of_our_own_no_text_stands_on_a_picture_and_css_that_puts_it_there_is_told(layout: str) -> None:
    assert judged(".ext-title { color: #111 }", layout=layout, has_picture=True).on_picture == []
    bare = ".ext-sign-in-box, .ext-footer { background: none }"
    is_told = layout == "full_screen"
    named = judged(bare, layout=layout, has_picture=True).on_picture
    assert (".ext-title" in named) is is_told
    assert all(NAMELESS not in name for name in named)
    # Nothing stands there of what isn't shown, as long as it isn't.
    header = ".ext-header { display: none; background: none }"
    assert judged(header, layout=layout, has_picture=True).on_picture == []
    again = f"{header} @media (min-width: 900px) {{ .ext-header {{ display: flex }} }}"
    assert judged(again, layout=layout, has_picture=True).on_picture == [".ext-header"] * is_told
    # A colour lies below the picture; another picture takes its place.
    below = judged(f".ext-background-image {{ background-color: #fff }} {bare}", layout=layout, has_picture=True)
    assert bool(below.on_picture) is is_told
    instead = f".ext-background-image {{ background: linear-gradient(#fff, #eee) }} {bare}"
    assert judged(instead, layout=layout, has_picture=True).on_picture == []


def test_what_isnt_judged_or_listed_is_told(acme: Tenant, ada_portal: Browser) -> None:
    of_many_widths = "".join(f"@media (min-width:{number}px) {{ a {{ color: #000 }} }}" for number in range(5))
    assert judged(OLD_FILE).is_whole
    assert not judged(of_many_widths).is_whole
    parts = ("title", "subtitle", "boilerplate-text", "footer", "footer-item", "debug-item", "promoted-fed-cred-box")
    states = ("", ":hover", ":focus", ":active")
    of_many_pairs = "".join(f".ext-{part}{state} {{ color: #ccc }}" for part in parts for state in states)
    assert judged(of_many_pairs).more > 0

    typed = NOTHING | {"custom_css": of_many_widths + of_many_pairs, "use": ""}
    page = ada_portal.post(DEFAULT, typed).content.decode()
    assert "This CSS has too many combinations" in page
    assert "They are listed once these are fixed" in page


def test_what_no_colour_in_its_place_mends_says_so(acme: Tenant, ada_portal: Browser) -> None:
    """Quiet texts of the card, which no selector names, and the text of a button, light and dark on one colour."""
    shared = mended_by_buttons(".ext-sign-in-box, .ext-button.ext-primary { background: #333 }")
    assert any(not pair.fix and not pair.clash for pair in faint(shared))

    page = ada_portal.post(DEFAULT, NOTHING | {"custom_css": shared, "use": ""}).content.decode()

    assert "No one colour here suits everything it is used for." in page


@pytest.mark.parametrize(
    ("source", "fields"),
    [
        (
            ".ext-sign-in-box { background: none }\n.ext-footer { background: none; color: #767676 }",
            {"has_picture": True},
        ),
        (".ext-background-image { color: #fff }\n.ext-title, .ext-footer { color: #111 }", {"layout": "split"}),
        (".ext-title { color: #999 }", {"color_scheme": "dark"}),
        ("a { color: #ccc }", {"color_scheme": "dark"}),
        (".ext-input { border-color: #222 #ddd #ddd #ddd }", {"input_style": "outlined"}),
        (".ext-boilerplate-text a { color: #eee }\n.ext-boilerplate-text { display: none }", {}),
    ],
)
def test_nothing_is_told_of_what_nobody_sees_or_knows(source: str, fields: dict[str, str]) -> None:
    """A picture behind it, a part that this layout hasn't or that isn't shown, and pages that are always dark."""
    assert faint(source, **fields) == []  # type: ignore[arg-type]


def test_what_is_asked_of_a_field_follows_its_style() -> None:
    assert faint(".ext-input { border-color: #222 #ddd #ddd #ddd }", input_style="underlined")


def test_a_button_that_comes_too_late_changes_nothing() -> None:
    """Ada has typed on meanwhile; Eve names places that there aren't."""
    (pair,) = faint(".ext-title { color: #999 }")
    for source in (".ext-title {color: #999 }", ".ext-title { color: #9999 }", "", "a"):
        assert mended(source, pair.place, pair.typed, pair.fix) == source
    for place in ((0, 1), (1, 0), (9, 9), (1, 999)):
        assert mended("a{}", pair.place._replace(line=place[0], column=place[1]), "", "x") == "a{}"


def test_style_sheets_that_are_brought_along_are_judged() -> None:
    """In an old one of the model product the footer can't be read, whose text is white there. In the one with which the
    documentation begins all can be.
    """
    ours = re.search("```css\n(.*?)```", (DOCS / "reference" / "custom-css.md").read_text(encoding="utf-8"), re.DOTALL)
    assert ours
    lines = [OLD_FILE.splitlines()[pair.place.line - 1].strip() for pair in faint(OLD_FILE)]
    links = ["a { color: #0067b8; text-decoration: none; }", "a:focus:active { color: #004578; }"]
    assert lines == [*links, "background-color: rgba(0, 0, 0, 0.6);"]
    assert faint(ours[1]) == []


@pytest.mark.parametrize(
    "source",
    [
        "".join(f".ext-button:hover{{color:#{number:03x}}}" for number in range(800)),
        "".join(f"@media(min-width:{number}px){{a:focus{{color:#eee}}}}" for number in range(600)),
        "a{background:linear-gradient(#aaa,#bbb,#ccc,#ddd,#eee)}" * 400,
        ".ext-middle{background:linear-gradient(#aaa,#bbb,#ccc)}.ext-button{color:#eee;opacity:.5}" * 280,
        "a,.ext-footer-item,.ext-input:hover{color:#ddd;border-color:#eee;background:#fff}" * 300,
        ".ext-title{" + "color:#eee;" * 2000 + "}",
    ],
)
def test_b20_the_largest_sheet_is_judged_in_little_time(source: str) -> None:
    began = time.process_time()
    faint(source[:MOST_CSS])
    assert time.process_time() - began < 2


def _see_through(part: str, state: str) -> str:
    colors = [f"#{number % 16:x}{number * 7 % 16:x}{number * 3 % 16:x}8" for number in range(24)]
    stops = ",".join(map(" ".join, zip(colors[::2], colors[1::2], strict=True)))
    return f"{part}{state}{{background:linear-gradient({stops});color:#777a;border-color:#8888}}"


def test_b20_see_through_gradients_on_each_other_are_judged_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eve paints each part in 24 colours, in each state and width, all of which lie on what is around."""
    judged = 0

    def counted(front: str, back: str) -> float:
        nonlocal judged
        judged += 1
        return contrast(front, back)

    monkeypatch.setattr("branding.styles.contrast.contrast", counted)
    parts = ("body", ".ext-middle", ".ext-sign-in-box", ".ext-title", ".ext-boilerplate-text", "a", ".ext-footer")
    controls = (".ext-button.ext-primary", ".ext-button.ext-secondary", ".ext-input.ext-text-box", ".ext-header")
    states = ("", ":hover", ":focus", ":active", ":focus-visible")
    css = "".join(_see_through(part, state) for part in (*parts, *controls) for state in states)
    css += "".join(f"@media (min-width:{width}px){{a,.ext-button{{color:#778a}}}}" for width in (400, 600, 800, 1000))
    assert len(css) < MOST_CSS

    found = faint(css)

    assert found
    assert judged < 30_000
    judged = 0
    assert faint(css) == found
    assert judged == 0


def test_ada_presses_the_button_and_nothing_is_saved(acme: Tenant, ada_portal: Browser) -> None:
    typed = NOTHING | {"custom_css": "/* Ours */\r\n.ext-title { color: #999 }", "username_hint": "you@acme.example"}
    page = ada_portal.post(DEFAULT, typed | {"use": ""}).content.decode()
    assert "Line 2: .ext-title" in page
    assert "#999999 on #ffffff. 4.5:1 is needed." in page
    [use] = re.findall(r'name="use" value="(css_at[^"]+)"', page)

    form = ada_portal.post(DEFAULT, typed | {"use": use.replace("&amp;", "&")}).context["form"]
    assert form["custom_css"].value() == "/* Ours */\n.ext-title { color: #737373 }"
    assert form["username_hint"].value() == "you@acme.example"


def test_what_is_hard_to_read_is_told_and_saved_all_the_same(acme: Tenant, ada_portal: Browser) -> None:
    ada_portal.post(DEFAULT, NOTHING | {"custom_css": ".ext-title { color: #999 }"})

    assert "Line 1: .ext-title" in ada_portal.get(DEFAULT).content.decode()
    draft(acme, surface_color="#fff7f0", custom_css=".ext-title { color: #765 }")
    assert "Line 1: .ext-title" not in ada_portal.get(DEFAULT).content.decode()


@pytest.mark.parametrize(("sheet", "quiet"), [("tokens.css", LIGHT_QUIET), ("dark.css", DARK_QUIET)])
def test_quiet_colours_are_judged_as_pages_have_them(sheet: str, quiet: dict[str, str]) -> None:
    css = (ROOT / "static" / sheet).read_text(encoding="utf-8")

    assert {name: re.findall(rf"--{name}: (#\w+);", css) for name in quiet} == {name: [quiet[name]] for name in quiet}
