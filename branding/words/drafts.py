"""The words of a brand's draft as one value, which a version keeps.

    {"": {"de": {"Continue": [["Los"], ["Weiter"]]}}, "<ID of a user flow>": {...}}

By the ID of the flow, "" for all of them, language and sentence: what is said, and what the product said then.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from branding.models import ChangedSentence, Theme

Said = tuple[str, str, str]
"""A flow ("" for all), a language and a sentence."""
BrandsWords = Mapping[str, Mapping[str, Mapping[str, Sequence[Any]]]]
NO_WORDS: BrandsWords = {}


def words_of(theme: Theme | None) -> dict[str, Any]:
    """What the draft of a theme, or of the tenant's own brand, says otherwise."""
    told: dict[str, Any] = {}
    for row in ChangedSentence.objects.of_brand(theme).order_by("language", "sentence"):
        of_language = told.setdefault(str(row.user_flow or ""), {}).setdefault(row.language, {})
        of_language[row.sentence] = [row.texts, row.instead_of]
    return told


def replace_words(theme: Theme | None, words: BrandsWords) -> None:
    """Let the draft say just this; whoever does so has locked the brand."""
    ChangedSentence.objects.of_brand(theme).delete()
    ChangedSentence.objects.bulk_create(
        ChangedSentence(
            theme=theme,
            user_flow=UUID(flow) if flow else None,
            language=language,
            sentence=sentence,
            texts=texts,
            instead_of=instead_of,
        )
        for flow, language, sentence, texts, instead_of in sentences_in(words)
    )


def sentences_in(words: BrandsWords) -> Iterator[tuple[str, str, str, Sequence[str], Sequence[str]]]:
    """Flow, language, sentence, what is said and what the product said, of all of them."""
    for flow, languages in words.items():
        for language, sentences in languages.items():
            for sentence, (texts, instead_of) in sentences.items():
                yield flow, language, sentence, texts, instead_of


def changed_words(before: BrandsWords, after: BrandsWords) -> dict[Said, tuple[Sequence[str], Sequence[str]]]:
    """The sentences that are said otherwise, each with what is said before and after: nothing where it is said as it is
    without the brand's words.
    """
    old, new = _texts_in(before), _texts_in(after)
    said = sorted(old.keys() | new.keys())
    return {each: (old.get(each, ()), new.get(each, ())) for each in said if old.get(each) != new.get(each)}


def languages_of(said: Iterable[Said]) -> list[str]:
    """The languages of these sentences."""
    return sorted({language for _flow, language, _sentence in said})


def _texts_in(words: BrandsWords) -> dict[Said, Sequence[str]]:
    return {(flow, language, sentence): texts for flow, language, sentence, texts, _instead_of in sentences_in(words)}
