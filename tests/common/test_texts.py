"""Whether a text can be read is asked in one place."""

import pytest

from common.text import texts
from common.text.texts import name_problem, unseen_problem

NOT_SEEN = str(texts.NOT_SEEN)


@pytest.mark.parametrize(
    "text",
    [
        *("\u200b", "a\u200b", "\u00ad", "\u2800", "\u3164", "\u200d\u200c", "a\u202eb", "a\u2028"),
        *("An\u200dna", "Anna\u200c", "9\u200d", "日本 \u200d語", "e\u0301\u200d", "Anna\ue000", "Anna\U000e0041"),
    ],
)
def test_what_cannot_be_seen_is_told(text: str) -> None:
    assert unseen_problem(text) == NOT_SEEN
    assert name_problem(text, longest=10) == NOT_SEEN


@pytest.mark.parametrize(
    "text", ["می\u200cخواهم", "👩\u200d👧", "👩🏽\u200d🚀", "❤\ufe0f\u200d🔥", "क्\u200dष", "Café №1", "日本語", ""]
)
def test_what_can_be_seen_is_let_be(text: str) -> None:
    assert unseen_problem(text) == ""


def test_lines_are_for_texts_that_have_lines() -> None:
    assert unseen_problem("one\ntwo") == NOT_SEEN
    assert unseen_problem("one\ntwo", has_lines=True) == ""


@pytest.mark.parametrize("name", ["", "  ", "\u3000", "x" * 11])
def test_a_name_has_a_length(name: str) -> None:
    assert name_problem(name, longest=10) == "Enter a name of 1 to 10 characters."
