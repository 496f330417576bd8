"""A tenant's published words as pages and mails look them up, kept in the process until something of them changes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from branding.models import ChangedSentence
from branding.words.drafts import BrandsWords
from branding.words.products import languages_read, says_alike
from branding.words.slots import filled_in, has_markup
from branding.words.table import Sentence, form_of, forms_of, sentences
from branding.words.where import Where
from common.text.spoken import Languages, Wording
from tenants.known import KnownPart, NeededBy

# Of each brand the newest version; the tenant's own has no theme. They are chosen first, so that no other is unpacked.
_PUBLISHED = """
    SELECT jsonb_build_object(
        'brands', (
            SELECT jsonb_agg(jsonb_build_array(version.theme_id, version.content -> 'words'))
                FILTER (WHERE version.content ? 'words')
            FROM branding_brandversion version
            JOIN (
                SELECT DISTINCT ON (theme_id) id
                FROM branding_brandversion
                WHERE number IS NOT NULL
                ORDER BY theme_id, number DESC
            ) newest USING (id)
        ),
        'themes', (
            SELECT jsonb_object_agg(themed.client_id, themed.theme_id) FROM branding_themedapplication themed
        )
    )
"""
Texts = Mapping[str, Sequence[str]]
"""By sentence, its forms in a language."""


class _Said(NamedTuple):
    one: Mapping[str, Wording]
    counted: Mapping[str, Sequence[Wording]]


class TenantsWords:
    """What is said otherwise, by language; of the layers, a later one comes before those ahead of it."""

    def __init__(self, layers: Sequence[Mapping[str, Texts]]) -> None:
        self.layers = layers
        self._said: dict[Languages, _Said] = {}

    def find(self, languages: Languages, message: str) -> Wording | None:
        """What is said in place of a message of the catalogue."""
        return self._in(languages).one.get(message)

    def find_counted(self, languages: Languages, message: str, number: int) -> Wording | None:
        """The same for a message that counts, named by its singular."""
        forms = self._in(languages).counted.get(message)
        return forms[form_of(languages[0])(number)] if forms else None

    def _in(self, languages: Languages) -> _Said:
        said = self._said.get(languages)
        if said is None:
            # Whoever comes at the same time makes the same.
            layers = [
                (code, layer[code]) for code in languages_read(languages) for layer in self.layers if code in layer
            ]
            said = self._said[languages] = _said_in(languages[0], layers)
        return said


def _said_in(catalogue: str, layers: Iterable[tuple[str, Texts]]) -> _Said:
    """What these layers of a language each say to readers of a catalogue, a later one before those ahead of it."""
    one: dict[str, Wording] = {}
    counted: dict[str, Sequence[Wording]] = {}
    for language, texts in layers:
        for sentence, forms in sayable(texts, language, catalogue):
            for message in sentence.messages:
                wordings = [_wording(form, message[-1]) for form in forms]
                if sentence.counts:
                    counted[message[0]] = wordings
                else:
                    one[message[0]] = wordings[0]
    return _Said(one, counted)


def sayable(texts: Texts, language: str, catalogue: str) -> Iterator[tuple[Sentence, Sequence[str]]]:
    """Those of the sentences of a language that pages say so to readers of this catalogue, in its forms."""
    for text, forms in texts.items():
        sentence = sentences().get(text)
        # A release may have another sentence in its place, or another number of forms.
        if sentence is not None and _fits(sentence, forms, language, catalogue):
            yield sentence, forms


def _fits(sentence: Sentence, forms: Sequence[str], language: str, catalogue: str) -> bool:
    return len(forms) == forms_of(sentence, catalogue) and says_alike(sentence, catalogue, language)


def _wording(text: str, message: str) -> Wording:
    html = filled_in(text, message, as_html=True)
    return Wording(html if has_markup(message) else filled_in(text, message, as_html=False), html)


class PublishedWords:
    """What a tenant has published, as `drafts` tells it, by theme ("" is its own brand), and who has which theme."""

    def __init__(self, brands: Mapping[str, BrandsWords], theme_of: Mapping[str, str]) -> None:
        self._said = {(theme, flow): texts for theme, words in brands.items() for flow, texts in texts_of(words)}
        self._theme_of = theme_of
        self._made: dict[tuple[tuple[str, str], ...], TenantsWords] = {}

    def find(self, user_flow: UUID | None, client_id: str) -> TenantsWords | None:
        """What is said otherwise in this flow to customers of this application, if anything is."""
        places = (("", ""), ("", str(user_flow or "")), (self._theme_of.get(client_id, ""), ""))
        said = tuple(place for place in dict.fromkeys(places) if place in self._said)
        if not said:
            return None
        if said not in self._made:
            # Whoever comes at the same time makes the same.
            self._made[said] = TenantsWords([self._said[place] for place in said])
        return self._made[said]

    def said_in(self, user_flow: UUID) -> Mapping[str, Texts]:
        """What is said in words of this flow's own, by language."""
        return self._said.get(("", str(user_flow)), {})


def texts_of(words: BrandsWords) -> Iterator[tuple[str, Mapping[str, Texts]]]:
    """By flow what is said in each language."""
    for flow, languages in words.items():
        yield flow, {language: {text: said[0] for text, said in texts.items()} for language, texts in languages.items()}


def _published_from(told: Mapping[str, Any]) -> PublishedWords:
    return PublishedWords({theme or "": words for theme, words in told["brands"] or ()}, told["themes"] or {})


_published = KnownPart(_PUBLISHED, _published_from, needed_by=NeededBy.PAGES)


def words_in_force(user_flow: UUID | None = None, client_id: str = "") -> TenantsWords | None:
    """The words of the tenant being served, in this user flow and to customers of the application of this client ID, if
    given; None where it says all as the product does.
    """
    return _published.get().find(user_flow, client_id)


def are_words_published(user_flow: UUID) -> bool:
    """Whether customers of this user flow read just the words of its own that the draft has."""
    drafted: dict[str, dict[str, Sequence[str]]] = {}
    for row in ChangedSentence.objects.filter(user_flow=user_flow):
        drafted.setdefault(row.language, {})[row.sentence] = row.texts
    return drafted == _published.get().said_in(user_flow)


def words_as_if(words: BrandsWords, where: Where, besides: Mapping[str, Texts] | None = None) -> TenantsWords:
    """What would be said there if these words of a brand were published, and what is said `besides` in a language."""
    published = words_in_force() if where.theme else None
    own = dict(texts_of(words))
    places = dict.fromkeys(("", str(where.user_flow or "")))
    layers = [*(published.layers if published else ()), *(own[place] for place in places if place in own)]
    return TenantsWords([*layers, besides or {}])
