import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from html import escape
from threading import Event, Thread
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from common.web.kept_pages import MOST_PAGES, KeptPage, KeptPages, NotKept, named, text_mark

EVIL = """<script>alert(1)</script>'"&/ü"""


def test_whatever_a_reader_has_typed_is_written_as_the_page_writes_it() -> None:
    mark, id_mark, reader = text_mark(), uuid4(), uuid4()
    html = f'<b title="{escape(mark)}">{escape(mark)}</b><a href="/{id_mark}/?next={quote(mark)}&amp;x">{id_mark}</a>'
    page = KeptPage(html, {"text": mark, "id": str(id_mark)})

    filled = page.filled({"text": EVIL, "id": str(reader)})

    assert filled == (
        f'<b title="{escape(EVIL)}">{escape(EVIL)}</b><a href="/{reader}/?next={quote(EVIL)}&amp;x">{reader}</a>'
    )
    assert page.filled({"text": "", "id": "1"}) == '<b title=""></b><a href="/1/?next=&amp;x">1</a>'


@pytest.mark.parametrize("write", [str, lambda mark: mark[:-1], lambda mark: mark.replace("&", "-")])
def test_a_page_that_writes_a_text_in_another_way_is_not_kept(write: Any) -> None:
    mark = text_mark()
    with pytest.raises(NotKept):
        KeptPage(f"<p>{escape(mark)}</p><p>{write(mark)}</p>", {"text": mark})


def test_nobody_can_write_a_mark() -> None:
    assert text_mark() != text_mark()
    assert re.fullmatch(r"[0-9a-f]{32}&", text_mark())


@dataclass(frozen=True)
class Rules:
    pages: Any


class Account:
    """Something of somebody's, which may be another one the next time."""


def test_a_page_goes_by_all_that_it_was_rendered_from() -> None:
    facts = {"rules": Rules(("a",)), "look": {"logo": "x"}, "ways": ["a", 1, None]}
    assert named(facts) == named({**facts})
    for other in ({"rules": Rules(("b",))}, {"look": {"logo": "y"}}, {"ways": ["a", 2, None]}):
        assert named({**facts, **other}) != named(facts)
    for unsure in (Account(), Rules(["a"]), {"of": [Account()]}):
        with pytest.raises(NotKept):
            named({**facts, "rules": unsure})


def test_the_oldest_page_gives_way() -> None:
    pages, made = KeptPages(), KeptPage("", {"text": text_mark()})

    def not_again() -> KeptPage:
        raise AssertionError

    for key in range(MOST_PAGES + 1):
        pages.get(key, lambda: made)
    assert pages.get(MOST_PAGES, not_again) is pages.get(1, not_again) is made
    with pytest.raises(AssertionError):
        pages.get(0, not_again)


def test_two_pages_that_come_at_once_take_the_place_of_two_old_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    pages, made, may_go_on = KeptPages(), KeptPage("", {"text": text_mark()}), Event()
    other = Thread(target=lambda: pages.get("other", lambda: made))

    class LookedThrough(dict[Hashable, KeptPage]):
        def __iter__(self) -> Iterator[Hashable]:
            keys = super().__iter__()
            if other.ident is None:
                other.start()
                other.join(0.1)
            return keys

        def __setitem__(self, key: Hashable, page: KeptPage) -> None:
            if key == "other":
                may_go_on.wait(5)
            super().__setitem__(key, page)

    monkeypatch.setattr(pages, "_pages", LookedThrough(dict.fromkeys(range(MOST_PAGES), made)))
    assert pages.get("one", lambda: made) is made
    may_go_on.set()
    other.join()
    assert sorted(map(str, {"one", "other", 0, 1} & pages._pages.keys())) == ["one", "other"]
