"""Sentences as lists and editors show them: what customers read in a language, and where that comes from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from branding.languages.offered import offer
from branding.models import ChangedSentence
from branding.words.in_force import Texts, sayable
from branding.words.products import languages_read, products_texts
from branding.words.table import Sentence, sentences
from branding.words.where import EVERYWHERE, Where

Kept = Mapping[str, ChangedSentence]


@dataclass(frozen=True)
class SentenceRow:
    """One sentence in one language. `own` are its forms as they are said otherwise, none if they aren't, and `before`
    what customers would read then: the tenant's, in one of its user flows or themes or in a language behind this one,
    or the product's.
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

    def takes(self, row: SentenceRow) -> bool:
        """Whether the row is one of them."""
        said = " ".join([row.sentence.text, *row.before, *row.own]).casefold()
        return (
            all(word in said for word in self.words.casefold().split())
            and (not self.page or self.page in row.sentence.pages)
            and (not self.only_changed or bool(row.own))
            and (not self.only_outdated or row.is_outdated)
        )


def rows_in(language: str, where: Where = EVERYWHERE) -> Iterator[SentenceRow]:
    """All sentences in this language, as they are said there in the draft."""
    own, behind = _kept(language, where), texts_behind(language, where)
    for text, sentence in sentences().items():
        product = products_texts(sentence, language)
        before, kept = behind.get(text, product), own.get(text)
        yield SentenceRow(sentence, product, before, kept.texts if kept else (), kept.instead_of if kept else ())


def texts_behind(language: str, where: Where = EVERYWHERE) -> Texts:
    """What the draft says to readers of this language there that isn't said in it just there."""
    spoken = offer().spoken_as(language)
    nearest_last = [(code, place) for code in languages_read(spoken) for place in dict.fromkeys([EVERYWHERE, where])]
    said: dict[str, Sequence[str]] = {}
    for code, place in nearest_last[:-1]:
        texts = {text: row.texts for text, row in _kept(code, place).items()}
        said |= {sentence.text: forms for sentence, forms in sayable(texts, code, spoken[0])}
    return said


def no_longer_said(language: str, where: Where = EVERYWHERE) -> list[ChangedSentence]:
    """Changed sentences that the product doesn't say any more."""
    return [row for text, row in _kept(language, where).items() if text not in sentences()]


def chosen(rows: Iterable[SentenceRow], wanted: Filter) -> list[SentenceRow]:
    """Those that the filter takes: first what is just as it is looked for, then what begins so, then what has it in
    itself, and last what has its words apart.
    """
    looked_for = " ".join(wanted.words.casefold().split())
    return sorted((row for row in rows if wanted.takes(row)), key=lambda row: _distance(row, looked_for))


def _distance(row: SentenceRow, looked_for: str) -> int:
    texts = [text.casefold() for text in (row.sentence.text, *row.before, *row.own)]
    nearer = (
        looked_for in texts,
        any(text.startswith(looked_for) for text in texts),
        any(looked_for in text for text in texts),
    )
    return nearer.index(True) if True in nearer else len(nearer)


def _kept(language: str, where: Where) -> Kept:
    return {row.sentence: row for row in ChangedSentence.objects.filter(language=language, **where.columns)}
