"""All languages of a brand as one JSON value: what a version keeps, and what a draft is compared by. What one of them
says and shows is `branding.description`.

    {"brandings": {"": {"accent_color": "#1f6feb", "pictures": {"favicon": [digest, width, height, is_dark]}}},
     "words": {"": {"de": {"Continue": [["Los"], ["Weiter"]]}}}}

What a branding leaves empty isn't in it, so that a field which comes later needs no other shape. `words`, as
`branding.words.drafts` tells them, aren't there if all is said as the product says it.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from branding.brands.fallback import Brandings
from branding.description import FIELDS, BrandingValues, Picture
from branding.words.drafts import NO_WORDS, BrandsWords, changed_words, languages_of
from common.text.languages import tag_of
from common.versions import version_of

Content = Mapping[str, Any]
EMPTY: Content = {"brandings": {}}
WORDS = "words"


def written(brandings: Brandings, words: BrandsWords = NO_WORDS) -> dict[str, Any]:
    """Brandings as they are kept, with words; the addresses of their pictures are digests."""
    kept = {"brandings": {locale: _written(brandings[locale]) for locale in sorted(brandings)}}
    return kept | ({WORDS: words} if words else {})


def read(content: Content, address_of: Callable[[str], str] = str) -> dict[str, BrandingValues]:
    """The brandings by locale; `address_of` makes a picture's address of its digest."""
    return {locale: _read(kept, address_of) for locale, kept in content["brandings"].items()}


def words_in(content: Content) -> BrandsWords:
    """The words that are published with them."""
    words: BrandsWords = content.get(WORDS, NO_WORDS)
    return words


def digests_in(content: Content) -> list[str]:
    """The digests of all pictures it names, each once."""
    brandings = content["brandings"].values()
    return sorted({digest for kept in brandings for digest, *_ in kept.get("pictures", {}).values()})


def changes_between(before: Content, after: Content) -> list[str]:
    """The places that differ, as `locale/field`, or `locale/words`; a language that came or went is `locale/`."""
    old, new = before["brandings"], after["brandings"]
    whole = [f"{locale}/" for locale in old.keys() ^ new.keys() if locale]
    return (
        sorted(whole)
        + [
            f"{locale}/{name}"
            for locale in sorted(old.keys() | new.keys())
            for name in _names(old.get(locale, {}), new.get(locale, {}))
        ]
        + [f"{tag_of(language)}/{WORDS}" for language in languages_of(changed_words(words_in(before), words_in(after)))]
    )


def count_changes(before: Content, after: Content) -> int:
    """How many fields, pictures and sentences differ; a language that came or went counts as well."""
    sentences = count_sentences(before, after)
    return len(changes_between(before, after)) - len(sentences) + sum(sentences.values())


def count_sentences(before: Content, after: Content) -> dict[str, int]:
    """How many sentences are said otherwise, by the tag of their language."""
    changed = changed_words(words_in(before), words_in(after))
    return dict(Counter(tag_of(language) for _flow, language, _sentence in changed))


def seen_as(content: Content) -> str:
    """A short name for it, by which somebody tells what they have looked at."""
    return version_of(content)


def _written(values: BrandingValues) -> dict[str, Any]:
    kept = {name: getattr(values, name) for name in FIELDS if getattr(values, name) not in ("", None)}
    pictures = {
        kind: [picture.url, picture.width, picture.height, picture.is_dark]
        for kind, picture in sorted(values.pictures.items())
    }
    return kept | ({"pictures": pictures} if pictures else {})


def _read(kept: Mapping[str, Any], address_of: Callable[[str], str]) -> BrandingValues:
    pictures = {kind: Picture(address_of(digest), *rest) for kind, (digest, *rest) in kept.get("pictures", {}).items()}
    return BrandingValues(**{name: kept[name] for name in FIELDS if name in kept}, pictures=pictures)


def _names(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The fields, then the kinds of pictures, that differ in one language."""
    fields = [name for name in FIELDS if old.get(name) != new.get(name)]
    before, after = old.get("pictures", {}), new.get("pictures", {})
    return fields + sorted(kind for kind in before.keys() | after.keys() if before.get(kind) != after.get(kind))
