"""Sentences as lists and editors show them: what customers read in a language, and where that comes from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from branding.models import ChangedSentence
from branding.words.products import products_texts
from branding.words.table import Sentence, sentences
from branding.words.where import EVERYWHERE, Where

Kept = Mapping[str, ChangedSentence]


@dataclass(frozen=True)
class Row:
    """One sentence in one language. `own` are its forms as they are said otherwise, none if they aren't, and `before`
    what customers would read then: the tenant's, in one of its user flows or themes, or the product's.
    """

    sentence: Sentence
    product: Sequence[str]
    before: Sequence[str]
    own: Sequence[str]
    instead_of: Sequence[str]

    @property
    def effective(self) -> Sequence[str]:
        """What customers read."""
        return self.own or self.before

    @property
    def is_outdated(self) -> bool:
        """Whether the product's own text has changed since it was said otherwise."""
        return bool(self.own) and list(self.instead_of) != list(self.product)


@dataclass(frozen=True)
class Filter:
    """Which sentences to show: with all of these words in them, of this page, changed or outdated ones only."""

    words: str = ""
    page: str = ""
    only_changed: bool = False
    only_outdated: bool = False

    def takes(self, row: Row) -> bool:
        """Whether the row is one of them."""
        said = " ".join([row.sentence.text, *row.before, *row.own]).casefold()
        return (
            all(word in said for word in self.words.casefold().split())
            and (not self.page or self.page in row.sentence.pages)
            and (not self.only_changed or bool(row.own))
            and (not self.only_outdated or row.is_outdated)
        )


def rows_in(language: str, where: Where = EVERYWHERE) -> Iterator[Row]:
    """All sentences in this language, as they are said there in the draft."""
    of_all = _kept(language, EVERYWHERE)
    own = of_all if where == EVERYWHERE else _kept(language, where)
    for text, sentence in sentences().items():
        product = products_texts(sentence, language)
        before = of_all[text].texts if where != EVERYWHERE and text in of_all else product
        kept = own.get(text)
        yield Row(sentence, product, before, kept.texts if kept else (), kept.instead_of if kept else ())


def no_longer_said(language: str, where: Where = EVERYWHERE) -> list[ChangedSentence]:
    """Changed sentences that the product doesn't say any more."""
    return [row for text, row in _kept(language, where).items() if text not in sentences()]


def chosen(rows: Iterable[Row], wanted: Filter) -> list[Row]:
    """Those that the filter takes: first what is just as it is looked for, then what begins so, then what has it in
    itself, and last what has its words apart.
    """
    looked_for = " ".join(wanted.words.casefold().split())
    return sorted((row for row in rows if wanted.takes(row)), key=lambda row: _distance(row, looked_for))


def _distance(row: Row, looked_for: str) -> int:
    texts = [text.casefold() for text in (row.sentence.text, *row.before, *row.own)]
    nearer = (
        looked_for in texts,
        any(text.startswith(looked_for) for text in texts),
        any(looked_for in text for text in texts),
    )
    return nearer.index(True) if True in nearer else len(nearer)


def _kept(language: str, where: Where) -> Kept:
    return {row.sentence: row for row in ChangedSentence.objects.filter(language=language, **where.columns)}
