"""A sentence is kept as its words and what stands in their places, and said in the language of whoever reads it."""

import pytest
from django.utils.translation import override

from common.text.translation import KeptSentence

ANSWERED = KeptSentence("The mail server answered %(code)s.", {"code": 421})


def test_what_was_written_is_read_in_the_readers_language() -> None:
    read = KeptSentence.read(ANSWERED.written(512))

    with override("de"):
        assert str(read) == "Der Mailserver hat mit 421 geantwortet."
    assert read.in_english == "The mail server answered 421."


def test_a_sentence_within_another_is_read_so_too() -> None:
    refused = KeptSentence("The ID token was refused. %(problem)s", {"problem": KeptSentence("It has expired (exp).")})
    assert refused.in_english == "The ID token was refused. It has expired (exp)."
    with override("de"):
        assert str(KeptSentence.read(refused.written(512))) == "Das ID-Token wurde abgelehnt. Es ist abgelaufen (exp)."


@pytest.mark.parametrize(
    "kept",
    ["", "Nothing listens.", "100% of it", '["half', '["a"]', '["a", {}, 3]', "[1, 2]", '["%(b)s", {"a": 1}]'],
)
def test_what_an_older_release_kept_is_said_as_it_stands(kept: str) -> None:
    assert KeptSentence.read(kept).in_english in {kept, "a"}
    assert str(KeptSentence.read(kept)) in {kept, "a"}


def test_what_has_no_room_is_kept_in_english() -> None:
    assert ANSWERED.written(20) == "The mail server answ"
    assert KeptSentence.read(ANSWERED.written(40)) == KeptSentence(ANSWERED.in_english)


def test_what_the_first_release_has_kept_with_another_apostrophe_is_read_like_the_sentence_of_today() -> None:
    kept = KeptSentence.of(["%(host)s couldn't be reached.", {"host": "mail.acme.example"}])
    assert str(kept) == "mail.acme.example couldn’t be reached."
    with override("de"):
        assert str(kept) == "mail.acme.example war nicht erreichbar."
