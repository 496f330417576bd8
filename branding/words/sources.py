"""Where the sentences come from that customers read in other words than the product's: how many from which place."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from branding.models import Theme
from branding.words.drafts import BrandsWords
from branding.words.in_force import Texts, sayable, texts_of
from branding.words.products import languages_read
from branding.words.where import EVERYWHERE, Where, of_brand
from common.text.spoken import Languages

Places = Sequence[tuple[Where, Mapping[str, Texts]]]
"""What is said in each place, by language; what is said in a later one comes before those ahead of it."""


class WordsSource(NamedTuple):
    """A place and a language, and how many of the sentences that are read come from there."""

    where: Where
    language: str
    number: int


def places_by_flow(tenants: BrandsWords, theme: Theme | None, themes: BrandsWords) -> dict[str, Places]:
    """The places from which customers of a theme, or of none, read outside of those user flows that say something in
    words of their own ("") and in each of these, by its ID.
    """
    said = dict(texts_of(tenants))
    last = [(of_brand(theme), dict(texts_of(themes)).get("", {}))] if theme else []
    return {
        flow: [(EVERYWHERE, said.get("", {})), *([(Where(UUID(flow)), said[flow])] if flow else []), *last]
        for flow in dict.fromkeys(["", *said])
    }


def sources(languages: Languages, places: Places) -> list[WordsSource]:
    """Where the sentences come from, the nearest place first: what is said in a language of the tenant's own is nearer
    than what is said in the one that it falls back to, and what is said in that of a region than in its language.
    """
    found: dict[str, tuple[Where, str]] = {}
    order = [(where, language) for language in languages_read(languages) for where, _texts in places]
    texts_in = dict(places)
    for where, language in order:
        for sentence, _forms in sayable(texts_in[where].get(language, {}), language, languages[0]):
            found[sentence.text] = where, language
    counts = Counter(found.values())
    return [WordsSource(*source, counts[source]) for source in reversed(order) if counts[source]]
