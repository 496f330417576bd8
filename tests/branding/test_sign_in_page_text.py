"""The small mark-up of sign-in page texts: what it offers, and that nothing else ever becomes HTML."""

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branding.policies import link_problem
from branding.words.markup import html_of_label, html_of_text

SAFE = {"p", "a", "strong", "em", "u"}
PIECES = (
    "** __ * _ ++ [ ] ( ) ]( https://a.example javascript:x mailto:a@b.c word <script> </p> &amp; & \" ' {{ x }} \\"
).split(" ")
marks = st.lists(st.sampled_from([*PIECES, " ", "\n", "\n\n", "{% debug %}"]), max_size=30).map("".join)


class Reader(HTMLParser):
    """Notes every tag, keeps the visible text, and fails on tags that aren't closed in their order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: Any, attrs: Any) -> None:
        self.open.append(tag)
        self.tags.add(tag)
        if tag == "a":
            assert [name for name, _ in attrs] == ["href", "rel", "target"]
            assert dict(attrs)["rel"] == "noopener noreferrer"
            self.links.append(dict(attrs)["href"])
        else:
            assert not attrs

    def handle_endtag(self, tag: Any) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: Any) -> None:
        self.text += data

    def handle_comment(self, data: Any) -> None:
        pytest.fail("a comment")


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open
    return reader


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain", "<p>plain</p>"),
        ("**bold** and __bold__", "<p><strong>bold</strong> and <strong>bold</strong></p>"),
        ("*it* and _it_", "<p><em>it</em> and <em>it</em></p>"),
        ("++under++", "<p><u>under</u></p>"),
        ("**bold _and italic_**", "<p><strong>bold <em>and italic</em></strong></p>"),
        ("one\r\n\r\ntwo\n \n\nthree", "<p>one</p><p>two</p><p>three</p>"),
        ("snake_case_name 2*3*4 a ** b", "<p>snake_case_name 2*3*4 a ** b</p>"),
        ("**a _b** c_", "<p><strong>a _b</strong> c_</p>"),
        ("{{ settings.SECRET_KEY }} {% debug %} %s ${x}", "<p>{{ settings.SECRET_KEY }} {% debug %} %s ${x}</p>"),
        ("<img onerror=x>", "<p>&lt;img onerror=x&gt;</p>"),
        ("[x](javascript:alert)", "<p>[x](javascript:alert)</p>"),
        ('[x](https://a.example/"onclick=1)', "<p>[x](https://a.example/&quot;onclick=1)</p>"),
        ("  ", ""),
    ],
)
def test_a_text_becomes_this_html(text: str, html: str) -> None:
    assert html_of_text(text) == html


def test_a_link_opens_apart_and_tells_nothing_of_where_it_stood() -> None:
    html = html_of_text("Ask [**us**](https://acme.example/help?a=1&b=2)")

    assert html == (
        '<p>Ask <a href="https://acme.example/help?a=1&amp;b=2" rel="noopener noreferrer" target="_blank">'
        "<strong>us</strong></a></p>"
    )


def test_in_a_label_only_links_are_mark_up() -> None:
    html = html_of_label("I accept the [**terms**](https://acme.example/terms) _gladly_")

    assert read(html).links == ["https://acme.example/terms"]
    assert read(html).text == "I accept the **terms** _gladly_"


@given(st.one_of(marks, st.text(max_size=200)))
def test_whatever_is_typed_only_our_tags_come_out_and_they_nest(text: str) -> None:
    reader = read(html_of_text(text.replace("\x00", "")))

    assert reader.tags <= SAFE
    assert all(link_problem(link) == "" for link in reader.links)


@given(st.text(alphabet=st.characters(exclude_characters="*_+[]()\x00\r", exclude_categories=["Cs"]), max_size=200))
def test_a_text_without_marks_is_shown_letter_by_letter(text: str) -> None:
    assert "".join(read(html_of_text(text)).text.split()) == "".join(text.split())


@pytest.mark.parametrize("text", ["**a " * 256, "**__++*_" * 128, "[a](b" * 200, "_a " * 341, "*a" * 512, "[" * 1024])
def test_no_text_takes_long_to_read(text: str) -> None:
    assert html_of_text(text)
