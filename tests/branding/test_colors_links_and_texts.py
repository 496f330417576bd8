"""What may stand in a branding: colours to be read on, links that lead somewhere safe, texts that show all they are."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branding.policies import (
    DARK_SURFACE,
    LIGHT_SURFACE,
    READABLE,
    accent_problem,
    color_problem,
    contrast,
    link_problem,
    readable_on,
    text_color_on,
    text_problem,
)

colors = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#abcdef", "#abcdef") == 1


@given(colors)
def test_the_text_on_every_accent_can_be_read(accent: Any) -> None:
    assert accent_problem(accent) == ""
    assert contrast(accent, text_color_on(accent)) >= READABLE


@given(colors, st.sampled_from([LIGHT_SURFACE, DARK_SURFACE]))
def test_links_can_be_read_whatever_the_accent(accent: Any, surface: Any) -> None:
    link = readable_on(surface, accent)

    assert contrast(link, surface) >= READABLE
    assert link == accent or contrast(accent, surface) < READABLE


@pytest.mark.parametrize(
    "color", ["red", "#fff", "#12345g", "#1234567", "red;}body{", "var(--x)", "#12345６", "#123456\n"]
)
def test_what_isnt_six_hexadecimal_digits_is_no_color(color: str) -> None:
    assert color_problem(color)
    assert accent_problem(color)


@pytest.mark.parametrize(
    "link",
    [
        "https://acme.example",
        "https://acme.example/privacy?lang=en#top",
        "HTTPS://ACME.EXAMPLE:8443/a%20b",
        "https://xn--bcher-kva.example/",
        "mailto:privacy@acme.example",
    ],
)
def test_links_to_pages_and_mail_addresses_are_fine(link: str) -> None:
    assert link_problem(link) == ""


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "http://acme.example",
        "//evil.example",
        "/relative",
        "https:evil.example",
        "https://",
        "https://ada:secret@acme.example",
        "https://acme.example\\@evil.example",
        "https://bücher.example",
        "https://аcme.example",
        "https://acme.example:99999",
        "https://acme.example/\n",
        "https://a b.example",
        'https://acme.example/"onclick=',
        "mailto:a@acme.example?bcc=eve@globex.example",
        "mailto:a@acme.example,eve@globex.example",
        "mailto:",
        "https://acme.example/" + "a" * 128,
    ],
)
def test_links_that_could_mislead_or_do_harm_are_refused(link: str) -> None:
    assert link_problem(link)


@given(st.text())
def test_any_text_as_a_link_is_answered_and_never_fails(text: str) -> None:
    problem = link_problem(text)

    assert problem or text.lower().startswith(("https://", "mailto:"))


def test_a_text_has_a_length_and_says_which() -> None:
    assert text_problem("x" * 64, limit=64) == ""
    assert text_problem("x" * 65, limit=64) == "This text has 65 characters; at most 64 are allowed."


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u2066", "\x00", "\x1b", "\u2028", "\ufeff"])
def test_invisible_characters_that_change_what_is_read_are_refused(hidden: str) -> None:
    assert text_problem(f"pay{hidden}pal", limit=64)


def test_scripts_that_need_joiners_and_emojis_keep_them() -> None:
    assert text_problem("می\u200cخواهم 👩\u200d💻", limit=64) == ""


def test_only_texts_of_several_lines_have_line_breaks() -> None:
    assert text_problem("one\n\ntwo", limit=64, has_lines=True) == ""
    assert text_problem("one\ntwo", limit=64)
